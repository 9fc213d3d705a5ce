package org.velella.neuron;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.Operation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A population of neurons: a model and the values of its parameters. Its shape is that of its
 * input.
 */
public final class NeuronOperation implements Operation {
  private final NeuronModel model;
  private final Map<String, ParameterValue> parameters;

  /**
   * Neurons of a model; parameters left out take the model's defaults.
   *
   * @throws IllegalArgumentException if the model has no parameter of a given name, or a value is
   *     not finite
   */
  public NeuronOperation(NeuronModel model, Map<String, ParameterValue> parameters) {
    this.model = model;
    Map<String, ParameterValue> all = new LinkedHashMap<>();
    double[] defaults = model.defaults();
    for (int i = 0; i < defaults.length; i++) {
      String name = model.parameters().get(i);
      ParameterValue value = parameters.getOrDefault(name, ParameterValue.of(defaults[i]));
      requireFinite(name, value);
      all.put(name, value);
    }
    for (String name : parameters.keySet()) {
      if (!all.containsKey(name)) {
        throw new IllegalArgumentException(
            "Neuron model '"
                + model.name()
                + "' has no parameter '"
                + name
                + "'; it has "
                + model.parameters());
      }
    }
    this.parameters = all;
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

  public NeuronModel model() {
    return model;
  }

  /** Every parameter of the model with its value, in declaration order. */
  public Map<String, ParameterValue> parameters() {
    return Map.copyOf(parameters);
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
  public Shape outputShape(Shape input) {
    for (ParameterValue value : parameters.values()) {
      value.expand(input);
    }
    return input;
  }

  @Override
  public List<MemorySpec> memories(Shape input) {
    List<String> names = model.program().memories();
    int size = input.size();
    float[][] initial = new float[names.size()][size];
    double[][] spread = new double[parameters.size()][];
    int p = 0;
    boolean perNeuron = false;
    for (String name : model.parameters()) {
      spread[p] = parameters.get(name).expand(input);
      perNeuron |= spread[p].length > 1;
      p++;
    }
    double[] values = new double[spread.length];
    float[] one = null;
    for (int i = 0; i < size; i++) {
      if (one == null || perNeuron) {
        for (int k = 0; k < values.length; k++) {
          values[k] = spread[k][spread[k].length == 1 ? 0 : i];
        }
        one = model.initialMemories(values);
      }
      for (int m = 0; m < one.length; m++) {
        initial[m][i] = one[m];
      }
    }
    List<MemorySpec> specs = new ArrayList<>();
    for (int m = 0; m < names.size(); m++) {
      specs.add(new MemorySpec(names.get(m), MemoryScope.PER_SAMPLE, Tensor.of(input, initial[m])));
    }
    return specs;
  }

  @Override
  public boolean spikes() {
    return model.program().spikes();
  }
}
