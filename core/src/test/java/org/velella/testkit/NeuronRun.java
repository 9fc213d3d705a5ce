package org.velella.testkit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.equation.StepEvaluator;
import org.velella.neuron.NeuronModel;

/**
 * Steps neurons of one model by the scalar definition, with the same parameters for all, and keeps
 * what they send and their memories after each step.
 */
public final class NeuronRun {
  private final NeuronModel model;
  private final StepEvaluator evaluator;
  private final float[][] constants;
  private final float[][] memories;
  private final int neurons;

  private NeuronRun(NeuronModel model, double[] parameters, int neurons) {
    this.model = model;
    this.neurons = neurons;
    evaluator = new StepEvaluator(model.program());
    float[] values = model.constants(parameters);
    constants = new float[values.length][];
    for (int k = 0; k < values.length; k++) {
      constants[k] = new float[] {values[k]};
    }
    float[] initial = model.initialMemories(parameters);
    memories = new float[initial.length][neurons];
    for (int m = 0; m < initial.length; m++) {
      Arrays.fill(memories[m], initial[m]);
    }
  }

  /** Fresh neurons; parameters left out take the model's defaults. */
  public static NeuronRun of(NeuronModel model, Map<String, Double> parameters, int neurons) {
    double[] values = model.defaults();
    parameters.forEach(
        (name, value) -> {
          int index = model.parameters().indexOf(name);
          if (index < 0) {
            throw new IllegalArgumentException(model.name() + " has no parameter " + name);
          }
          values[index] = value;
        });
    return new NeuronRun(model, values, neurons);
  }

  /**
   * What all neurons send for one step's inputs, one value per neuron.
   *
   * @param inputs one for each of the model's, or one for all
   */
  public float[] step(float[]... inputs) {
    float[] out = new float[neurons];
    step(evaluator, out, null, inputs);
    return out;
  }

  private void step(StepEvaluator steps, float[] out, float[][] recorded, float[]... inputs) {
    float[][] all = new float[model.inputs().size()][];
    Arrays.setAll(all, i -> inputs[inputs.length == 1 ? 0 : i]);
    int[] starts = new int[all.length];
    steps.step(neurons, all, starts, constants, 0, 0, memories, 0, out, 0, recorded, 0);
  }

  /** As {@link #step(float[])}, but gives a variable of the step instead of what is sent. */
  public float[] step(float[] input, String variable) {
    float[] out = new float[neurons];
    float[][] recorded = {new float[neurons]};
    int value = model.program().variables().get(variable);
    step(new StepEvaluator(model.program(), value), out, recorded, input);
    return recorded[0];
  }

  /** What one neuron sends over time. */
  public static float[] outputs(NeuronModel model, Map<String, Double> parameters, float[] input) {
    NeuronRun run = of(model, parameters, 1);
    float[] out = new float[input.length];
    for (int t = 0; t < input.length; t++) {
      out[t] = run.step(new float[] {input[t]})[0];
    }
    return out;
  }

  /** The memories now, by name, one value per neuron; copies. */
  public Map<String, float[]> memories() {
    Map<String, float[]> byName = new LinkedHashMap<>();
    for (int m = 0; m < memories.length; m++) {
      byName.put(model.memories().get(m), memories[m].clone());
    }
    return byName;
  }

  /** Sets a memory of every neuron. */
  public void load(String name, float[] values) {
    System.arraycopy(values, 0, memories[model.memories().indexOf(name)], 0, neurons);
  }
}
