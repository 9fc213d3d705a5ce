package org.velella.equation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes what does not change from step to step: defaults, derived values, initial memories. Its
 * environment is an array of float64 values with one place per parameter and derived value.
 */
final class ConstantTable {
  /** A name whose value is computed from names declared above it. */
  private record Definition(String name, int place, Float64.Value value) {}

  /** Computes several constants at once. */
  interface Group {
    double[] at(double[] values);
  }

  /** Gives derived values their places in the array of values. */
  private interface Derivation {
    void into(double[] values);
  }

  private final String model;
  private final Map<String, Integer> places = new LinkedHashMap<>();
  private final Map<String, Set<String>> reads = new LinkedHashMap<>();
  private final List<Definition> parameters = new ArrayList<>();
  private final List<Derivation> derived = new ArrayList<>();
  private final List<Definition> memories = new ArrayList<>();
  private final Set<String> initial = new LinkedHashSet<>();
  private final List<Requirement> requirements = new ArrayList<>();

  ConstantTable(String model) {
    this.model = model;
  }

  /** Adds a checked statement, but for those of the step. */
  void add(Statement statement) {
    String name = statement.name();
    Expression expression = statement.expression();
    Float64.Value value = Float64.bind(expression, places);
    switch (statement.kind()) {
      case PARAMETER -> {
        parameters.add(place(name, value));
        reads.put(name, Set.of(name));
      }
      case DERIVE -> {
        reads.put(name, parametersIn(expression));
        derive(place(name, value));
      }
      case DERIVE32 -> {
        reads.put(name, parametersIn(expression));
        derive(place(name, float32(name, expression)));
      }
      case MEMORY -> {
        memories.add(new Definition(name, -1, value));
        initial.addAll(parametersIn(expression));
      }
      case REQUIRE -> {
        List<String> names = List.copyOf(parametersIn(expression));
        requirements.add(new Requirement(Printer.print(expression), names, this, value));
      }
      default -> throw new IllegalArgumentException(statement.kind() + " belongs to the step");
    }
  }

  private void derive(Definition definition) {
    derived.add(values -> values[definition.place()] = definition.value().at(values));
  }

  /** Adds constants that are computed together, and that no text can read. */
  void add(List<String> names, Group group) {
    int first = places.size();
    names.forEach(name -> places.put(name, places.size()));
    derived.add(
        values -> {
          double[] all = group.at(values);
          System.arraycopy(all, 0, values, first, all.length);
        });
  }

  /** An expression of what has been added so far. */
  Float64.Value bind(Expression expression) {
    return Float64.bind(expression, places);
  }

  private Definition place(String name, Float64.Value value) {
    Definition definition = new Definition(name, places.size(), value);
    places.put(name, definition.place());
    return definition;
  }

  private Set<String> parametersIn(Expression expression) {
    Set<String> names = new LinkedHashSet<>();
    if (expression instanceof Expression.Name name) {
      names.addAll(reads.get(name.name()));
    } else if (expression instanceof Expression.Apply apply) {
      apply.operands().forEach(operand -> names.addAll(parametersIn(operand)));
    }
    return names;
  }

  /** An expression computed as a step would: names rounded to float32, then one operation each. */
  private Float64.Value float32(String name, Expression expression) {
    StepProgram program = StepCompiler.constant(name, expression);
    int[] from = program.constants().stream().mapToInt(places::get).toArray();
    return values -> {
      float[] constants = new float[from.length];
      for (int k = 0; k < from.length; k++) {
        constants[k] = (float) values[from[k]];
      }
      return Float32.output(program, constants);
    };
  }

  /** The parameters that initial memories are computed from. */
  Set<String> initialParameters() {
    return Collections.unmodifiableSet(initial);
  }

  /** The parameters that some parameters or derived values are computed from. */
  Set<String> parametersOf(List<String> names) {
    Set<String> all = new LinkedHashSet<>();
    // Constants that are computed together may read any.
    names.forEach(name -> all.addAll(reads.getOrDefault(name, Set.copyOf(parameters()))));
    return all;
  }

  List<String> parameters() {
    return parameters.stream().map(Definition::name).toList();
  }

  List<String> memories() {
    return memories.stream().map(Definition::name).toList();
  }

  List<Requirement> requirements() {
    return List.copyOf(requirements);
  }

  double[] defaults() {
    double[] values = new double[places.size()];
    double[] defaults = new double[parameters.size()];
    for (int p = 0; p < defaults.length; p++) {
      Definition parameter = parameters.get(p);
      defaults[p] = parameter.value().at(values);
      values[parameter.place()] = defaults[p];
    }
    return defaults;
  }

  /** All values for given parameters. */
  double[] environment(double[] given) {
    if (given.length != parameters.size()) {
      throw new IllegalArgumentException(
          "Neuron model '%s' has %d parameters %s, found %d values"
              .formatted(model, parameters.size(), parameters(), given.length));
    }
    double[] values = new double[places.size()];
    for (int p = 0; p < given.length; p++) {
      values[parameters.get(p).place()] = given[p];
    }
    derived.forEach(derivation -> derivation.into(values));
    return values;
  }

  /** The values of some parameters or derived values, rounded once. */
  float[] constants(List<String> names, double[] given) {
    double[] values = environment(given);
    float[] constants = new float[names.size()];
    for (int k = 0; k < constants.length; k++) {
      constants[k] = rounded(names.get(k), values[places.get(names.get(k))], given);
    }
    return constants;
  }

  /** The initial value of each memory, before it is rounded. */
  double[] initialValues(double[] given) {
    double[] values = environment(given);
    double[] begins = new double[memories.size()];
    for (int m = 0; m < begins.length; m++) {
      begins[m] = memories.get(m).value().at(values);
    }
    return begins;
  }

  float[] initialMemories(double[] given) {
    double[] values = initialValues(given);
    float[] begins = new float[values.length];
    for (int m = 0; m < begins.length; m++) {
      begins[m] = rounded(memories.get(m).name(), values[m], given);
    }
    return begins;
  }

  private float rounded(String name, double value, double[] given) {
    float rounded = (float) value;
    if (!Float.isFinite(rounded)) {
      StringBuilder where = new StringBuilder();
      for (int p = 0; p < given.length; p++) {
        where.append(p == 0 ? "" : ", ").append(parameters.get(p).name()).append(" = ");
        where.append(given[p]);
      }
      throw new IllegalArgumentException(
          "'%s' of neuron model '%s' is %s, not a finite float32, for %s"
              .formatted(name, model, value, where));
    }
    return rounded;
  }
}
