package org.velella.neuron;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.module.OperationModule;

/**
 * Neurons as a module: an input for each one of the model, all of one shape, and one output of it.
 * The memories are those of the model, in its order; they start as scalars that take the shape of
 * the first input, or, if parameters differ between neurons, with one value per neuron.
 */
public abstract class NeuronNode extends OperationModule {
  private final NeuronOperation neurons;

  /** Neurons of {@code operation}. */
  protected NeuronNode(NeuronOperation operation) {
    super(operation, initial(operation));
    neurons = operation;
  }

  private static List<NamedMemory> initial(NeuronOperation operation) {
    NeuronModel model = operation.model();
    boolean uniform =
        operation.parameters().values().stream()
            .allMatch(value -> value.scope() == ParameterScope.RUN);
    double[] parameters =
        model.parameters().stream()
            .mapToDouble(name -> operation.parameter(name).values()[0])
            .toArray();
    double[] values = model.initialValues(parameters);
    return IntStream.range(0, values.length)
        .mapToObj(
            m ->
                new NamedMemory(
                    model.memories().get(m),
                    uniform ? MemoryValue.scalar(values[m]) : MemoryValue.empty()))
        .toList();
  }

  /** The equations. */
  public final NeuronModel model() {
    return neurons.model();
  }

  /**
   * The value of a parameter.
   *
   * @throws IllegalArgumentException if the model has none of that name
   */
  public final ParameterValue parameter(String name) {
    ParameterValue value = neurons.parameter(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "Neuron model '%s' has no parameter '%s'; it has %s"
              .formatted(model().name(), name, model().parameters()));
    }
    return value;
  }

  /**
   * Collects the parameters of a node; what is left out has the seed's default.
   *
   * @param <B> the builder itself
   */
  public abstract static class Builder<B extends Builder<B>> {
    private final Map<String, ParameterValue> parameters = new LinkedHashMap<>();

    Builder() {}

    /** This builder. */
    abstract B self();

    /** Potential at which a neuron fires. */
    public B vThreshold(double value) {
      return parameter("v_threshold", value);
    }

    /** Sets any parameter by the name that it has in the equations, also to values per neuron. */
    public B parameter(String name, ParameterValue value) {
      parameters.put(name, value);
      return self();
    }

    final B parameter(String name, double value) {
      return parameter(name, ParameterValue.of(value));
    }

    final void remove(String name) {
      parameters.remove(name);
    }

    /** The neurons; throws IllegalArgumentException if the model refuses a value. */
    final NeuronOperation neurons(NeuronModel model) {
      return new NeuronOperation(model, parameters);
    }
  }

  /**
   * Collects the parameters of a node that resets to {@code v_reset} or by {@code v_threshold}.
   *
   * @param <B> the builder itself
   */
  public abstract static class ResettingBuilder<B extends ResettingBuilder<B>> extends Builder<B> {
    private ResetKind reset = ResetKind.HARD;

    ResettingBuilder() {}

    /** Hard reset to this potential, which is also where a neuron starts. */
    public B vReset(double value) {
      reset = ResetKind.HARD;
      return parameter("v_reset", value);
    }

    /** Soft reset: a spike subtracts the threshold ({@code v_reset=None} in the seed). */
    public B softReset() {
      reset = ResetKind.SOFT;
      remove("v_reset");
      return self();
    }

    final ResetKind reset() {
      return reset;
    }
  }
}
