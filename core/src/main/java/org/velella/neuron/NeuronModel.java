package org.velella.neuron;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.velella.equation.EquationException;
import org.velella.equation.Equations;
import org.velella.equation.Requirement;
import org.velella.equation.StepProgram;
import org.velella.equation.Unit;

/**
 * A neuron as its equations: parameters, memories and one step. Every backend is generated from
 * {@link #program()}. Immutable; two models are equal if their canonical texts are. The language is
 * described at {@link Equations}; built-in ones are in {@link NeuronModels}.
 */
public final class NeuronModel {
  private final Equations equations;
  private final Set<String> stepParameters;

  private NeuronModel(Equations equations) {
    this.equations = equations;
    Set<String> read = new LinkedHashSet<>(equations.stepParameters());
    equations.requirements().forEach(requirement -> read.addAll(requirement.parameters()));
    stepParameters = Collections.unmodifiableSet(read);
  }

  /**
   * The model that a text describes.
   *
   * @throws EquationException if the text cannot be read; it says where, what was found and what is
   *     allowed
   */
  public static NeuronModel parse(String text) {
    return new NeuronModel(Equations.parse(text));
  }

  /**
   * The same model with another method for its differential equations.
   *
   * @param method such as {@code euler}, {@code exact} or {@code rk4 substeps 2}
   * @throws EquationException if the model has no such equations, or they are none for the method
   */
  public NeuronModel integratedBy(String method) {
    return new NeuronModel(equations.integratedBy(method));
  }

  /** The model's name. */
  public String name() {
    return equations.name();
  }

  /**
   * Canonical text of the equations: parse(text()) gives an equal model; used in digests and files.
   */
  public String text() {
    return equations.text();
  }

  /** Names of the inputs in declaration order: {@code x}, unless the text says others. */
  public List<String> inputs() {
    return program().inputs();
  }

  /** Parameter names in declaration order. */
  public List<String> parameters() {
    return equations.parameters();
  }

  /** Default of each parameter, in order. */
  public double[] defaults() {
    return equations.defaults();
  }

  /** Memory names in declaration order. */
  public List<String> memories() {
    return program().memories();
  }

  /** The conditions that the model puts on its parameters. */
  public List<Requirement> requirements() {
    return equations.requirements();
  }

  /**
   * Units of parameters and inputs that declare one, by name. They are no part of what a model
   * computes: models that differ in them alone are equal.
   */
  public Map<String, Unit> units() {
    return equations.units();
  }

  /** The IR of one step. */
  public StepProgram program() {
    return equations.program();
  }

  /**
   * The first condition that parameter values break, such as {@code tau > 1}; empty if they are
   * allowed.
   *
   * @param parameters one value per parameter, in order
   */
  public Optional<Requirement> violated(double[] parameters) {
    for (Requirement requirement : requirements()) {
      if (!requirement.holds(parameters)) {
        return Optional.of(requirement);
      }
    }
    return Optional.empty();
  }

  /**
   * Values of program().constants() in float64 arithmetic (StrictMath), each rounded once to
   * float32.
   *
   * @throws IllegalArgumentException if the parameters break a condition of the model, or a value
   *     is not finite in float32; the message has names, values and what is allowed
   */
  public float[] constants(double[] parameters) {
    violated(parameters)
        .ifPresent(
            requirement -> {
              throw new IllegalArgumentException(refusal(requirement, parameters));
            });
    return equations.constants(parameters);
  }

  /**
   * The parameters on which {@link #constants} depend, or whether they are allowed; others only say
   * how memories begin.
   */
  public Set<String> stepParameters() {
    return stepParameters;
  }

  /** The parameters on which {@link #initialMemories} depend. */
  public Set<String> initialParameters() {
    return equations.initialParameters();
  }

  /** Initial value of each memory, in float64. */
  public double[] initialValues(double[] parameters) {
    return equations.initialValues(parameters);
  }

  /**
   * Initial value of each memory, float64 arithmetic rounded once.
   *
   * @throws IllegalArgumentException if one is not finite in float32
   */
  public float[] initialMemories(double[] parameters) {
    return equations.initialMemories(parameters);
  }

  /** Says which condition parameter values break, and what they are. */
  String refusal(Requirement requirement, double[] values) {
    StringBuilder found = new StringBuilder();
    for (String parameter : requirement.parameters()) {
      found.append(found.isEmpty() ? "" : ", ").append(parameter).append(" = ");
      found.append(values[parameters().indexOf(parameter)]);
    }
    String noun = requirement.parameters().size() == 1 ? "Parameter '%s'" : "Parameters '%s'";
    return (noun + " of neuron model '%s' must satisfy %s, found %s")
        .formatted(
            String.join("', '", requirement.parameters()), name(), requirement.text(), found);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NeuronModel that && equations.equals(that.equations);
  }

  @Override
  public int hashCode() {
    return equations.hashCode();
  }

  @Override
  public String toString() {
    return text();
  }
}
