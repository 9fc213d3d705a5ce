package org.velella.rate;

import java.util.Map;
import java.util.SplittableRandom;
import org.velella.layer.LinearOperation;
import org.velella.module.StepMode;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkModule;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Dense networks of tests, and what they and their spiking ones compute. */
final class RateNets {
  private RateNets() {}

  static NeuronOperation relu() {
    return new NeuronOperation(NeuronModels.relu(), Map.of());
  }

  static LinearOperation linear(int outputs, int inputs, float[] bias, float... weights) {
    return new LinearOperation(
        Tensor.of(Shape.of(outputs, inputs), weights),
        bias == null ? null : Tensor.of(Shape.of(outputs), bias));
  }

  static LinearOperation random(SplittableRandom random, int outputs, int inputs) {
    float[] weights = new float[outputs * inputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) ((2 * random.nextDouble() - 1) / Math.sqrt(inputs) * 1.7);
    }
    float[] bias = new float[outputs];
    for (int i = 0; i < outputs; i++) {
      bias[i] = (float) (0.2 * random.nextDouble() - 0.1);
    }
    return linear(outputs, inputs, bias, weights);
  }

  /** input - layers with rectifiers between them - output; named fc1, relu1, fc2 and so on. */
  static Network chain(LinearOperation... layers) {
    Network.Builder builder =
        Network.builder().node("input", new InputOperation(Shape.of(layers[0].inputs())));
    String last = "input";
    for (int i = 1; i <= layers.length; i++) {
      builder.node("fc" + i, layers[i - 1]).edge(last, "fc" + i);
      last = "fc" + i;
      if (i < layers.length) {
        builder.node("relu" + i, relu()).edge(last, "relu" + i);
        last = "relu" + i;
      }
    }
    return builder.node("output", new OutputOperation()).edge(last, "output").build();
  }

  static CalibrationData data(int width, float... values) {
    return new CalibrationData() {
      @Override
      public long samples() {
        return values.length / width;
      }

      @Override
      public Tensor rows(long from, int count) {
        return Tensor.of(Shape.of(values.length / width, width), values)
            .rows((int) from, (int) from + count);
      }
    };
  }

  /** The mean output over T steps of a held input, {@code [N, outputs]}. */
  static double[][] means(Network network, int steps, int width, float... values) {
    int samples = values.length / width;
    float[] held = new float[steps * values.length];
    for (int step = 0; step < steps; step++) {
      System.arraycopy(values, 0, held, step * values.length, values.length);
    }
    NetworkModule module = new NetworkModule(network);
    module.setStepMode(StepMode.MULTI_STEP);
    Shape shape =
        network.outputShape(network.inputs().get(0).name()).prepend(samples).prepend(steps);
    Tensor out = NdArrays.toTensor(module.forward(NdArrays.toArray(Tensor.of(shape, held))));
    int outputs = out.size() / steps / samples;
    double[][] means = new double[samples][outputs];
    for (int i = 0; i < out.size(); i++) {
      means[i / outputs % samples][i % outputs] += out.floats()[i] / steps;
    }
    return means;
  }

  static int argmax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
