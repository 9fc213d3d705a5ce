package org.velella.equation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the grammar of equation texts: a model line, then one statement per line. */
final class Parser extends ExpressionParser {
  /** Every input is an argument of a kernel, and more than a few are a mistake. */
  static final int MAX_INPUTS = 16;

  /** A word where a line begins, and a name like any other elsewhere. */
  private static final String INPUT = "input";

  private static final String METHOD = "method";
  private static final String DT = "dt";

  private final List<Statement> statements = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private final Map<String, Unit> units = new LinkedHashMap<>();
  private Method method;

  private Parser(List<Token> tokens) {
    super(tokens);
  }

  /**
   * What a text says, before names and types are checked.
   *
   * @param inputs names of the inputs; the usual one if the text has no line about them
   * @param statements in written order
   * @param units of inputs and parameters that have one, by name
   * @param method of the equations, or null
   * @param end of the text
   */
  record Parsed(
      String name,
      List<String> inputs,
      List<Statement> statements,
      Map<String, Unit> units,
      Method method,
      Position end) {
    /** With another method. */
    Parsed with(Method other) {
      return new Parsed(name, inputs, statements, units, other, end);
    }
  }

  static Parsed parse(String text) {
    return new Parser(Lexer.tokens(text)).model();
  }

  private Parsed model() {
    skipEmptyLines();
    if (!token().is("model")) {
      throw unexpected("a text begins with 'model NAME'");
    }
    take();
    String name = name("a model needs a name");
    endLine("after the model's name");
    skipEmptyLines();
    while (token().kind() != Token.Kind.TEXT_END) {
      statementLine();
      skipEmptyLines();
    }
    List<String> all = inputs.isEmpty() ? List.of(Scope.INPUT) : List.copyOf(inputs);
    return new Parsed(name, all, List.copyOf(statements), units, method, token().at());
  }

  private void endLine(String where) {
    if (token().kind() != Token.Kind.LINE_END && token().kind() != Token.Kind.TEXT_END) {
      throw unexpected("expected the end of the line " + where);
    }
  }

  private String name(String need) {
    Token token = token();
    if (token.kind() != Token.Kind.NAME) {
      throw unexpected(need + " of letters, digits and _");
    }
    if (isReserved(token.text())) {
      throw unexpected("this word has a meaning of its own and cannot be a name");
    }
    take();
    return token.text();
  }

  private void statementLine() {
    if (token().is(INPUT)) {
      inputLine();
      return;
    }
    if (token().is(METHOD)) {
      methodLine();
      return;
    }
    if (isEquation() || token().is(Statement.Kind.LET.keyword())) {
      integrated();
      return;
    }
    Statement.Kind kind =
        token().kind() == Token.Kind.NAME ? Statement.Kind.keywords().get(token().text()) : null;
    if (kind == null) {
      String words = String.join(", ", Statement.Kind.keywords().keySet());
      throw unexpected("a line begins with one of %s, %s, or is dv/dt = …".formatted(INPUT, words));
    }
    take();
    statement(kind);
    while (token().is(",")) {
      take();
      statement(kind);
    }
    endLine("or ',' after the expression");
  }

  /** Whether {@code dNAME/dt} comes next. */
  private boolean isEquation() {
    return token().kind() == Token.Kind.NAME
        && token().text().matches("d.+")
        && ahead(1).is("/")
        && ahead(2).is(DT);
  }

  private void integrated() {
    boolean let = token().is(Statement.Kind.LET.keyword()) && !isEquation();
    if (let) {
      take();
    }
    do {
      if (token().is(",")) {
        take();
      }
      if (let) {
        statement(Statement.Kind.LET);
      } else {
        equation();
      }
    } while (token().is(","));
    endLine("or ',' after the expression");
  }

  private void equation() {
    if (!isEquation()) {
      throw unexpected("expected another equation, dv/dt = …");
    }
    Token name = take();
    take();
    take();
    expect("=", "after d…/dt");
    statements.add(
        new Statement(Statement.Kind.EQUATION, name.text().substring(1), expression(), name.at()));
  }

  /** {@code method rk4} or {@code method rk4 substeps 2}. */
  private void methodLine() {
    Position at = take().at();
    if (method != null) {
      throw new EquationException(at, "found a second 'method'; all equations have one");
    }
    if (statements.stream().anyMatch(each -> each.kind().isIntegrated())) {
      throw new EquationException(at, "'method' comes before the equations");
    }
    method = method();
    endLine("after the method");
  }

  private Method method() {
    Method.Kind kind = Method.kind(token().text());
    if (kind == null) {
      throw unexpected("methods are " + Method.known());
    }
    take();
    if (!token().is("substeps")) {
      return Method.of(kind);
    }
    if (kind == Method.Kind.EXACT) {
      throw unexpected("'method exact' needs no substeps");
    }
    take();
    double count = token().kind() == Token.Kind.NUMBER ? token().value() : 0;
    if (count != Math.rint(count) || count < 1 || count > Method.MOST_SUBSTEPS) {
      throw unexpected("expected a whole number from 1 to " + Method.MOST_SUBSTEPS);
    }
    take();
    return new Method(kind, (int) count);
  }

  /**
   * The method of a text such as {@code rk4 substeps 2}.
   *
   * @throws EquationException if it is none
   */
  static Method method(String text) {
    Parser parser = new Parser(Lexer.tokens(text));
    Method method = parser.method();
    if (parser.token().kind() != Token.Kind.TEXT_END) {
      throw parser.unexpected("expected the end of the method");
    }
    return method;
  }

  private void inputLine() {
    if (!statements.isEmpty()) {
      throw unexpected("'input' lines come before all others, behind the model's name");
    }
    do {
      take();
      input();
    } while (token().is(","));
    endLine("or ',' after the name");
  }

  private void input() {
    Position at = token().at();
    String name = name("'input' needs a name");
    if (inputs.contains(name)) {
      throw new EquationException(at, "'" + name + "' is an input already; choose another name");
    }
    if (inputs.size() == MAX_INPUTS) {
      throw new EquationException(at, "a neuron has %d inputs at most".formatted(MAX_INPUTS));
    }
    inputs.add(name);
    unit(name);
  }

  /** A unit in brackets behind a name, if there is one. */
  private void unit(String name) {
    if (!token().is("[")) {
      return;
    }
    take();
    Position at = token().at();
    StringBuilder text = new StringBuilder();
    while (!token().is("]")) {
      if (token().kind() == Token.Kind.LINE_END || token().kind() == Token.Kind.TEXT_END) {
        throw unexpected("expected ']' behind a unit");
      }
      text.append(text.isEmpty() ? "" : " ").append(take().text());
    }
    take();
    try {
      units.put(name, Unit.parse(text.toString()));
    } catch (IllegalArgumentException e) {
      throw new EquationException(at, "found a unit that is none: " + e.getMessage());
    }
  }

  private void statement(Statement.Kind kind) {
    Position at = token().at();
    if (kind == Statement.Kind.REQUIRE) {
      statements.add(new Statement(kind, "", expression(), at));
      return;
    }
    String name = name("'" + kind.keyword() + "' needs a name");
    if (kind == Statement.Kind.PARAMETER) {
      unit(name);
    }
    expect("=", "after the name");
    statements.add(new Statement(kind, name, expression(), at));
  }
}
