package org.velella.equation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks names, types and the order of a parsed text, and compiles it. */
final class EquationChecker {
  private final Scope scope;
  private final ConstantTable table;
  private final List<Statement> steps = new ArrayList<>();
  private final List<Statement> fires = new ArrayList<>();
  private final Parser.Parsed parsed;
  private final List<Statement> integrated = new ArrayList<>();
  private final Set<String> internal = new HashSet<>();
  private Integration integration;
  private Statement output;

  private EquationChecker(Parser.Parsed parsed) {
    this.parsed = parsed;
    scope = new Scope(parsed.inputs());
    table = new ConstantTable(parsed.name());
  }

  static Equations check(Parser.Parsed parsed) {
    EquationChecker checker = new EquationChecker(parsed);
    for (Statement statement : parsed.statements()) {
      if (!statement.kind().isIntegrated()) {
        checker.integrate();
      }
      checker.check(statement);
    }
    checker.integrate();
    if (parsed.method() != null && checker.integrated.isEmpty()) {
      throw new EquationException(parsed.end(), "found 'method', but no equation dv/dt = …");
    }
    Statement sent = checker.sent();
    Type type = checker.scope.symbol(sent.name()).type();
    StepProgram program =
        StepCompiler.compile(
            parsed, checker.table.memories(), checker.steps, sent.name(), type, checker.internal);
    return new Equations(parsed, checker.table, program);
  }

  private void check(Statement statement) {
    switch (statement.kind()) {
      case PARAMETER -> parameter(statement);
      case REQUIRE -> requirement(statement);
      case DERIVE -> declare(statement, scope.type(statement.expression(), Scope.Place.CONSTANT));
      case DERIVE32 -> derive32(statement);
      case MEMORY -> {
        scope.type(statement.expression(), Scope.Place.CONSTANT);
        declare(statement, Type.NUMBER);
      }
      case CHARGE -> charge(statement);
      case FIRE -> fire(statement);
      case RESET -> reset(statement);
      case OUTPUT -> output(statement);
      case LET, EQUATION -> equation(statement);
    }
    if (statement.kind().isIntegrated()) {
      integrated.add(statement);
    } else if (statement.kind().inStep()) {
      steps.add(statement);
    } else {
      table.add(statement);
    }
  }

  private void declare(Statement statement, Type type) {
    scope.declare(statement, type);
  }

  private void parameter(Statement statement) {
    scope.type(statement.expression(), Scope.Place.PARAMETER);
    declare(statement, Type.NUMBER);
  }

  private void requirement(Statement statement) {
    Type type = scope.type(statement.expression(), Scope.Place.CONSTANT);
    if (type != Type.CONDITION) {
      throw new EquationException(
          statement.at(), "'require' needs a condition, such as 'tau > 1'; found a number");
    }
  }

  private void derive32(Statement statement) {
    scope.type(statement.expression(), Scope.Place.CONSTANT);
    scope.requireFloat32(statement.expression());
    declare(statement, Type.NUMBER);
  }

  private boolean isMemory(Statement statement) {
    Scope.Symbol symbol = scope.symbol(statement.name());
    return symbol != null && symbol.kind() == Statement.Kind.MEMORY;
  }

  private Type stepType(Statement statement) {
    return scope.type(statement.expression(), Scope.Place.STEP);
  }

  private void charge(Statement statement) {
    Type type = stepType(statement);
    if (!isMemory(statement)) {
      declare(statement, type);
    }
  }

  private void fire(Statement statement) {
    Type type = stepType(statement);
    if (!type.isWhole()) {
      throw new EquationException(
          statement.expression().at(),
          "'fire' needs a condition, such as 'h >= 1', or a whole number from trunc, floor or rint;"
              + " for other numbers use 'output'");
    }
    declare(statement, type);
    fires.add(statement);
  }

  private void reset(Statement statement) {
    stepType(statement);
    if (!isMemory(statement)) {
      throw new EquationException(
          statement.at(),
          "'reset' sets a memory, found '%s'; memories are %s"
              .formatted(statement.name(), table.memories()));
    }
  }

  private void equation(Statement statement) {
    if (integration != null) {
      throw new EquationException(
          statement.at(), "equations stand together; these are after others that are integrated");
    }
    if (parsed.method() == null) {
      throw new EquationException(
          statement.at(),
          "equations need a line 'method NAME' above; methods are " + Method.known());
    }
    Scope.Symbol step = scope.symbol(Integration.STEP);
    if (step == null || !step.visibleIn(Scope.Place.CONSTANT)) {
      throw new EquationException(
          statement.at(),
          "equations need the length of a step; declare it, 'parameter dt = 0.1', in their time");
    }
    Type type = scope.type(statement.expression(), Scope.Place.EQUATION);
    if (statement.kind() == Statement.Kind.LET) {
      declare(statement, type);
      return;
    }
    boolean again =
        integrated.stream()
            .anyMatch(
                each ->
                    each.kind() == Statement.Kind.EQUATION && each.name().equals(statement.name()));
    if (again || !isMemory(statement)) {
      throw new EquationException(
          statement.at(),
          again
              ? "found a second equation of '%s'".formatted(statement.name())
              : "'d%s/dt' needs a memory '%s'; memories are %s"
                  .formatted(statement.name(), statement.name(), table.memories()));
    }
  }

  /** Turns the equations that have been collected, if any, into assignments. */
  private void integrate() {
    if (integration != null || integrated.isEmpty()) {
      return;
    }
    if (integrated.stream().allMatch(each -> each.kind() == Statement.Kind.LET)) {
      throw new EquationException(
          integrated.get(0).at(), "'let' names a part of equations, and none dv/dt = … follows");
    }
    Set<String> taken = new HashSet<>(parsed.inputs());
    parsed.statements().forEach(each -> taken.add(each.name()));
    integration =
        new Integration(
            parsed.method(),
            integrated,
            table,
            name -> {
              Scope.Symbol symbol = scope.symbol(name);
              return symbol != null && symbol.visibleIn(Scope.Place.CONSTANT);
            },
            taken);
    for (Statement statement : integration.statements()) {
      steps.add(statement);
    }
    internal.addAll(integration.internal());
  }

  private void output(Statement statement) {
    if (output != null) {
      throw new EquationException(
          statement.at(), "found a second 'output'; '%s' is sent already".formatted(output.name()));
    }
    declare(statement, stepType(statement));
    output = statement;
  }

  private Statement sent() {
    if (output != null) {
      return output;
    }
    if (fires.size() == 1) {
      return fires.get(0);
    }
    Position at = fires.isEmpty() ? parsed.end() : fires.get(1).at();
    throw new EquationException(
        at,
        "found %d 'fire' lines and no 'output'; a neuron sends its one fire variable, or what an"
                .formatted(fires.size())
            + " 'output NAME = …' line says");
  }
}
