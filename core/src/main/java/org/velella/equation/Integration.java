package org.velella.equation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Turns differential equations into assignments. All equations of a text are one system: each stage
 * of a rule evaluates all of them on the same state, and what is no variable of the system stays as
 * it is for the whole step.
 */
final class Integration {
  /** The name of the parameter that is the length of a step. */
  static final String STEP = "dt";

  /** Most equations that a matrix exponential is made for. */
  private static final int MOST_EXACT = 8;

  private final Method method;
  private final List<Statement> lets;
  private final List<Statement> equations;
  private final ConstantTable table;
  private final Predicate<String> isConstant;
  private final Set<String> taken;
  private final Set<String> internal = new HashSet<>();
  private final List<Statement> made = new ArrayList<>();

  /**
   * @param statements the lines {@code let} and {@code dv/dt}, in written order
   * @param table takes constants that the rule needs
   * @param isConstant whether a name stands for a parameter or derived value
   * @param taken names of the text
   */
  Integration(
      Method method,
      List<Statement> statements,
      ConstantTable table,
      Predicate<String> isConstant,
      Set<String> taken) {
    this.method = method;
    this.lets = of(statements, Statement.Kind.LET);
    this.equations = of(statements, Statement.Kind.EQUATION);
    this.table = table;
    this.isConstant = isConstant;
    this.taken = new HashSet<>(taken);
  }

  private static List<Statement> of(List<Statement> statements, Statement.Kind kind) {
    return statements.stream().filter(each -> each.kind() == kind).toList();
  }

  /** Names of variables that no text can read. */
  Set<String> internal() {
    return internal;
  }

  /** The assignments of one step. */
  List<Statement> statements() {
    if (method.kind() == Method.Kind.EXACT) {
      exact();
      return made;
    }
    String h = fraction("step", method.substeps());
    for (int n = 0; n < method.substeps(); n++) {
      switch (method.kind()) {
        case EULER -> euler(h);
        case MIDPOINT -> midpoint(h);
        case RK4 -> rk4(h);
        case EXPONENTIAL_EULER -> exponentialEuler(h);
        case EXACT -> throw new IllegalStateException("done above");
      }
    }
    return made;
  }

  /** A constant: the length of a step by a number. */
  private String fraction(String name, int by) {
    if (by == 1) {
      return STEP;
    }
    Terms terms = new Terms(equations.get(0).at());
    return constant(name, terms.quotient(terms.name(STEP), terms.number(by)), terms);
  }

  private String constant(String name, Expression value, Terms terms) {
    String fresh = fresh(name);
    Position at = equations.get(0).at();
    table.add(new Statement(Statement.Kind.DERIVE, fresh, value, at));
    return fresh;
  }

  private String fresh(String name) {
    StringBuilder fresh = new StringBuilder(name);
    while (!taken.add(fresh.toString())) {
      fresh.append('_');
    }
    return fresh.toString();
  }

  /** A variable of the step that is not there for others. */
  private String assign(String name, Expression value, Position at) {
    String fresh = fresh(name);
    internal.add(fresh);
    made.add(new Statement(Statement.Kind.CHARGE, fresh, value, at));
    return fresh;
  }

  private void set(String memory, Expression value, Position at) {
    made.add(new Statement(Statement.Kind.CHARGE, memory, value, at));
  }

  /** The derivatives at a state: a variable for each equation. */
  private List<String> derivatives(Map<String, Expression> state) {
    Map<String, Expression> by = new LinkedHashMap<>(state);
    for (Statement let : lets) {
      String name = assign(let.name() + "_at", Terms.replace(let.expression(), by), let.at());
      by.put(let.name(), new Expression.Name(name, let.at()));
    }
    List<String> slopes = new ArrayList<>();
    for (Statement equation : equations) {
      Expression slope = Terms.replace(equation.expression(), by);
      slopes.add(assign(equation.name() + "_slope", slope, equation.at()));
    }
    return slopes;
  }

  /** The state some way along slopes: {@code v + h * slope}. */
  private Map<String, Expression> along(String h, List<String> slopes) {
    Map<String, Expression> state = new LinkedHashMap<>();
    for (int i = 0; i < slopes.size(); i++) {
      Statement equation = equations.get(i);
      String name = assign(equation.name() + "_stage", moved(equation, h, slopes.get(i)), at(i));
      state.put(equation.name(), new Expression.Name(name, equation.at()));
    }
    return state;
  }

  private Position at(int equation) {
    return equations.get(equation).at();
  }

  private static Expression moved(Statement equation, String h, String slope) {
    Terms terms = new Terms(equation.at());
    return terms.sum(
        terms.name(equation.name()), terms.apply(Operator.MUL, terms.name(h), terms.name(slope)));
  }

  private void move(String h, List<String> slopes) {
    for (int i = 0; i < slopes.size(); i++) {
      set(equations.get(i).name(), moved(equations.get(i), h, slopes.get(i)), at(i));
    }
  }

  private void euler(String h) {
    move(h, derivatives(Map.of()));
  }

  private void midpoint(String h) {
    String half = fraction("half_step", 2 * method.substeps());
    move(h, derivatives(along(half, derivatives(Map.of()))));
  }

  private void rk4(String h) {
    String half = fraction("half_step", 2 * method.substeps());
    List<String> first = derivatives(Map.of());
    List<String> second = derivatives(along(half, first));
    List<String> third = derivatives(along(half, second));
    List<String> fourth = derivatives(along(h, third));
    String sixth = fraction("sixth_of_step", 6 * method.substeps());
    List<String> sums = new ArrayList<>();
    for (int i = 0; i < equations.size(); i++) {
      Terms terms = new Terms(at(i));
      Expression inner = terms.sum(terms.name(second.get(i)), terms.name(third.get(i)));
      Expression sum =
          terms.sum(
              terms.sum(terms.name(first.get(i)), terms.product(terms.number(2), inner)),
              terms.name(fourth.get(i)));
      sums.add(assign(equations.get(i).name() + "_slopes", sum, at(i)));
    }
    move(sixth, sums);
  }

  /** {@code v + h (e^(a h) - 1) / (a h) dv/dt}, with a the factor of v in its equation. */
  private void exponentialEuler(String h) {
    List<Expression> gains = new ArrayList<>();
    for (int i = 0; i < equations.size(); i++) {
      gains.add(gain(equations.get(i), h));
    }
    List<String> slopes = derivatives(Map.of());
    List<String> next = new ArrayList<>();
    for (int i = 0; i < slopes.size(); i++) {
      Terms terms = new Terms(at(i));
      String name = equations.get(i).name();
      Expression way = terms.product(gains.get(i), terms.name(slopes.get(i)));
      next.add(assign(name + "_next", terms.sum(terms.name(name), way), at(i)));
    }
    for (int i = 0; i < next.size(); i++) {
      set(equations.get(i).name(), new Expression.Name(next.get(i), at(i)), at(i));
    }
  }

  private Expression gain(Statement equation, String h) {
    Terms terms = new Terms(equation.at());
    LinearForm.Splitter splitter = new LinearForm.Splitter(List.of(equation.name()), isConstant);
    Expression factor = split(splitter, equation, "exponential_euler").factors()[0];
    if (factor == null) {
      return terms.name(h);
    }
    Expression z = terms.apply(Operator.MUL, factor, terms.name(h));
    if (splitter.isConstant(factor)) {
      Expression way = terms.product(terms.name(h), terms.growth(z, 0.1, 10));
      return terms.name(constant(equation.name() + "_gain", way, terms));
    }
    String name = assign(equation.name() + "_exponent", z, equation.at());
    Expression growth = terms.growth(terms.name(name), 0.3, 6);
    Expression way = terms.product(terms.name(h), growth);
    return terms.name(assign(equation.name() + "_gain", way, equation.at()));
  }

  /** The linear form of an equation, with what {@code let} lines say in place of their names. */
  private LinearForm split(LinearForm.Splitter splitter, Statement equation, String rule) {
    Map<String, Expression> by = new LinkedHashMap<>();
    for (Statement let : lets) {
      by.put(let.name(), Terms.replace(let.expression(), by));
    }
    try {
      return splitter.split(Terms.replace(equation.expression(), by));
    } catch (LinearForm.NotLinear e) {
      throw new EquationException(
          e.at().at(),
          "'method %s' needs d%s/dt to be linear in %s, and '%s' here is not; other methods are %s"
              .formatted(
                  rule,
                  equation.name(),
                  rule.equals(Method.Kind.EXACT.word())
                      ? "the variables of all equations"
                      : equation.name(),
                  e.at().operator().symbol(),
                  Method.known()));
    }
  }

  /** {@code y = e^(M dt) y + (integral of e^(M s) for s from 0 to dt) (constant + rest)}. */
  private void exact() {
    int count = equations.size();
    if (count > MOST_EXACT) {
      throw new EquationException(
          at(MOST_EXACT),
          "'method exact' takes %d equations at most, found %d".formatted(MOST_EXACT, count));
    }
    List<String> names = equations.stream().map(Statement::name).toList();
    LinearForm.Splitter splitter = new LinearForm.Splitter(names, isConstant);
    LinearForm[] forms = new LinearForm[count];
    for (int i = 0; i < count; i++) {
      forms[i] = split(splitter, equations.get(i), Method.Kind.EXACT.word());
      for (Expression factor : forms[i].factors()) {
        if (factor != null && !splitter.isConstant(factor)) {
          throw new EquationException(
              at(i),
              "'method exact' needs factors that do not change, and '%s' in d%s/dt does; other methods are %s"
                  .formatted(Printer.print(factor), names.get(i), Method.known()));
        }
      }
    }
    Propagator propagator = new Propagator(forms);
    Map<String, String> constants = new LinkedHashMap<>();
    for (String entry : propagator.entries()) {
      constants.put(entry, fresh(entry));
    }
    table.add(List.copyOf(constants.values()), propagator.bind(table));
    List<String> next = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      next.add(assign(names.get(i) + "_next", propagated(i, forms, names, constants), at(i)));
    }
    for (int i = 0; i < count; i++) {
      set(names.get(i), new Expression.Name(next.get(i), at(i)), at(i));
    }
  }

  private Expression propagated(
      int row, LinearForm[] forms, List<String> names, Map<String, String> constants) {
    Terms terms = new Terms(at(row));
    Expression sum = null;
    for (int j = 0; j < names.size(); j++) {
      String factor = constants.get(Propagator.carry(row, j));
      if (factor != null) {
        sum = terms.sum(sum, terms.product(terms.name(factor), terms.name(names.get(j))));
      }
    }
    for (int j = 0; j < names.size(); j++) {
      String factor = constants.get(Propagator.gain(row, j));
      if (factor != null) {
        sum = terms.sum(sum, terms.product(terms.name(factor), forms[j].rest()));
      }
    }
    String pull = constants.get(Propagator.pull(row));
    return pull == null ? sum : terms.sum(sum, terms.name(pull));
  }
}
