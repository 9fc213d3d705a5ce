package org.velella.neuron;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.equation.Requirement;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A population of neurons: a model and the values of its parameters. Its shape is that of its
 * inputs.
 */
public final class NeuronOperation implements Operation {
  private final NeuronModel model;
  private final Map<String, ParameterValue> parameters;

  /** Conditions on parameters whose shapes only meet in the shape of the neurons. */
  private final List<Requirement> unchecked = new ArrayList<>();

  /**
   * Neurons of a model; parameters left out take the model's defaults.
   *
   * @throws IllegalArgumentException if the model has no parameter of a given name, a value is not
   *     finite, or values break a condition of the model; the message names the parameter, the
   *     value, its index and what is allowed
   */
  public NeuronOperation(NeuronModel model, Map<String, ParameterValue> parameters) {
    this.model = model;
    requireKnown(parameters);
    Map<String, ParameterValue> all = new LinkedHashMap<>();
    double[] defaults = model.defaults();
    for (int i = 0; i < defaults.length; i++) {
      String name = model.parameters().get(i);
      ParameterValue value = parameters.getOrDefault(name, ParameterValue.of(defaults[i]));
      requireFinite(name, value);
      all.put(name, value);
    }
    this.parameters = Collections.unmodifiableMap(all);
    for (Requirement requirement : model.requirements()) {
      Shape shape = commonShape(requirement);
      if (shape == null) {
        unchecked.add(requirement);
      } else {
        require(requirement, shape);
      }
    }
  }

  private void requireKnown(Map<String, ParameterValue> given) {
    for (String name : given.keySet()) {
      if (!model.parameters().contains(name)) {
        throw new IllegalArgumentException(
            "Neuron model '%s' has no parameter '%s'; it has %s"
                .formatted(model.name(), name, model.parameters()));
      }
    }
  }

  private void requireFinite(String name, ParameterValue value) {
    double[] values = value.values();
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "Parameter '%s' of neuron model '%s' must be finite, found %s at index %d"
                .formatted(name, model.name(), values[i], i));
      }
    }
  }

  /** The one shape of those of a condition's parameters that vary, or null if they have several. */
  private Shape commonShape(Requirement requirement) {
    Shape common = Shape.SCALAR;
    for (String name : requirement.parameters()) {
      ParameterValue value = parameters.get(name);
      if (value.scope() != ParameterScope.RUN) {
        if (common != Shape.SCALAR && !common.equals(value.shape())) {
          return null;
        }
        common = value.shape();
      }
    }
    return common;
  }

  private void require(Requirement requirement, Shape shape) {
    double[] point = new double[parameters.size()];
    double[][] spread = new double[point.length][];
    for (int p = 0; p < point.length; p++) {
      String name = model.parameters().get(p);
      boolean read = requirement.parameters().contains(name);
      ParameterValue value = parameters.get(name);
      spread[p] = read ? value.expand(shape) : Arrays.copyOf(value.values(), 1);
    }
    for (int i = 0; i < shape.size(); i++) {
      fill(point, spread, i);
      if (!requirement.holds(point)) {
        String where = shape.size() == 1 ? "" : " at index " + i;
        throw new IllegalArgumentException(model.refusal(requirement, point) + where);
      }
    }
  }

  private static void fill(double[] point, double[][] spread, int index) {
    for (int p = 0; p < point.length; p++) {
      point[p] = spread[p][spread[p].length == 1 ? 0 : index];
    }
  }

  public NeuronModel model() {
    return model;
  }

  /** Every parameter of the model with its value, in declaration order. */
  public Map<String, ParameterValue> parameters() {
    return parameters;
  }

  /** The value of one parameter. */
  public ParameterValue parameter(String name) {
    return parameters.get(name);
  }

  @Override
  public String kind() {
    return model.name();
  }

  @Override
  public List<String> inputNames() {
    return model.inputs();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException also if values break a condition of the model
   */
  @Override
  public Shape outputShape(Shape input) {
    for (ParameterValue value : parameters.values()) {
      value.expand(input);
    }
    for (Requirement requirement : unchecked) {
      require(requirement, input);
    }
    return input;
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    List<String> names = model.memories();
    float[][] initial = initialMemories(input);
    List<MemorySpec> specs = new ArrayList<>();
    for (int m = 0; m < initial.length; m++) {
      specs.add(new MemorySpec(names.get(m), MemoryScope.PER_SAMPLE, Tensor.of(input, initial[m])));
    }
    return specs;
  }

  private float[][] initialMemories(Shape input) {
    double[][] spread = new double[parameters.size()][];
    boolean perNeuron = false;
    for (int p = 0; p < spread.length; p++) {
      spread[p] = parameters.get(model.parameters().get(p)).expand(input);
      perNeuron |= spread[p].length > 1;
    }
    double[] point = new double[spread.length];
    float[][] initial = new float[model.memories().size()][input.size()];
    for (int i = 0; i < (perNeuron ? input.size() : 1); i++) {
      fill(point, spread, i);
      float[] one = model.initialMemories(point);
      for (int m = 0; m < one.length; m++) {
        if (perNeuron) {
          initial[m][i] = one[m];
        } else {
          Arrays.fill(initial[m], one[m]);
        }
      }
    }
    return initial;
  }

  @Override
  public boolean spikes() {
    return model.program().spikes();
  }
}
