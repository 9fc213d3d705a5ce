package org.velella.equation;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A neuron's equations, parsed and checked: parameters, derived values, memories and the program of
 * one step. Immutable; equal if their canonical texts are.
 *
 * <pre>
 * model lif                                        # comments run to the end of the line
 *   parameter tau = 2, v_threshold = 1, v_reset = 0
 *   require tau > 1
 *   memory v = v_reset
 *   charge h = v + (x - (v - v_reset)) / tau
 *   fire s = h >= v_threshold
 *   reset v = where(s, v_reset, h)
 * </pre>
 *
 * <p>{@code parameter} names a number that users set, with its default and, in brackets behind the
 * name, its unit if it has one, {@code tau [ms] = 20}; {@code require} a condition on parameters;
 * {@code derive} a constant computed in float64 and rounded once; {@code derive32} a constant
 * computed in float32 as a step would; {@code memory} a variable kept from step to step, with its
 * initial value. A step runs its {@code charge}, {@code fire}, {@code reset} and {@code output}
 * lines in written order, in float32, and a name has the value that it was given last. {@code
 * charge} makes a variable or sets a memory, {@code fire} makes a variable that holds a condition
 * or a whole number, {@code reset} sets a memory, {@code output} says what the neuron sends (else
 * the fire variable). {@code input} lines, before all others, name the inputs; without them the
 * input is {@code x}.
 */
public final class Equations {
  private final Parser.Parsed parsed;
  private final String name;
  private final String text;
  private final List<String> parameters;
  private final List<Requirement> requirements;
  private final ConstantTable table;
  private final StepProgram program;
  private final Map<String, Unit> units;

  Equations(Parser.Parsed parsed, ConstantTable table, StepProgram program) {
    this.parsed = parsed;
    this.name = parsed.name();
    this.text = text(parsed);
    this.parameters = table.parameters();
    this.table = table;
    this.program = program;
    this.requirements = table.requirements();
    this.units = Map.copyOf(parsed.units());
  }

  /**
   * Reads a text.
   *
   * @throws EquationException if the text is not a model; the message has line and column, what was
   *     found and what is allowed
   */
  public static Equations parse(String text) {
    return EquationChecker.check(Parser.parse(text));
  }

  private static String text(Parser.Parsed parsed) {
    StringBuilder text = new StringBuilder("model ").append(parsed.name()).append('\n');
    if (!parsed.inputs().equals(List.of(Scope.INPUT))) {
      parsed.inputs().forEach(input -> text.append("  input ").append(input).append('\n'));
    }
    boolean hasMethod = false;
    for (Statement statement : parsed.statements()) {
      if (statement.kind().isIntegrated() && !hasMethod) {
        text.append("  method ").append(parsed.method().text()).append('\n');
        hasMethod = true;
      }
      if (statement.kind() == Statement.Kind.EQUATION) {
        text.append("  d").append(statement.name()).append("/dt = ");
        text.append(Printer.print(statement.expression())).append('\n');
        continue;
      }
      text.append("  ").append(statement.kind().keyword()).append(' ');
      if (statement.kind() != Statement.Kind.REQUIRE) {
        text.append(statement.name()).append(" = ");
      }
      text.append(Printer.print(statement.expression())).append('\n');
    }
    return text.toString();
  }

  public String name() {
    return name;
  }

  /**
   * The same with another method for the differential equations.
   *
   * @param method such as {@code rk4 substeps 2}
   * @throws EquationException if there are no equations, or they are none for the method
   */
  public Equations integratedBy(String method) {
    if (parsed.method() == null) {
      throw new EquationException(
          parsed.end(),
          "model '%s' has no equations dv/dt = … for method '%s'".formatted(name, method));
    }
    return EquationChecker.check(parsed.with(Parser.method(method)));
  }

  /** The canonical text: one statement per line, no comments; it parses to equal equations. */
  public String text() {
    return text;
  }

  /** Parameter names in declaration order. */
  public List<String> parameters() {
    return parameters;
  }

  /** The default of each parameter, in order, in float64. */
  public double[] defaults() {
    return table.defaults();
  }

  /** The conditions on parameters, in written order. */
  public List<Requirement> requirements() {
    return requirements;
  }

  /**
   * Units of inputs and parameters that declare one, by name. They say how values may be written
   * and change nothing that is computed, so they are no part of the canonical text.
   */
  public Map<String, Unit> units() {
    return units;
  }

  /** One step. */
  public StepProgram program() {
    return program;
  }

  /**
   * The parameters that {@code program().constants()} are computed from; others say how memories
   * begin.
   */
  public Set<String> stepParameters() {
    return table.parametersOf(program.constants());
  }

  /** The parameters that initial memories are computed from. */
  public Set<String> initialParameters() {
    return table.initialParameters();
  }

  /**
   * The values of {@code program().constants()}, each computed as its declaration says and rounded
   * to float32 once.
   *
   * @param values one per parameter, in order
   * @throws IllegalArgumentException if a constant is not finite in float32; the message names it
   *     and the parameters
   */
  public float[] constants(double[] values) {
    return table.constants(program.constants(), values);
  }

  /**
   * The initial value of each memory, computed in float64 and rounded to float32 once.
   *
   * @throws IllegalArgumentException if one is not finite in float32
   */
  public float[] initialMemories(double[] values) {
    return table.initialMemories(values);
  }

  /** As {@link #initialMemories}, before rounding. */
  public double[] initialValues(double[] values) {
    return table.initialValues(values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Equations that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
