package org.velella.spark.bench;

import java.util.Map;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** A chain of layers, built one after the other; weights are uniform within a bound. */
final class Chain {
  private static final int FIRST_WEIGHT_SEED = 100;
  private static final double BATCH_NORM_EPSILON = 1e-5;

  private final Network.Builder builder = Network.builder();
  private float gain = 1;
  private String last = "input";
  private int weights;
  private int count;

  Chain(Shape input) {
    builder.node(last, new InputOperation(input));
  }

  /** Makes the weights that follow lie within so many times {@code sqrt(6 / inputs)}. */
  Chain gain(double factor) {
    gain = (float) factor;
    return this;
  }

  private Chain add(String kind, Operation operation) {
    String name = kind + count++;
    builder.node(name, operation).edge(last, name);
    last = name;
    return this;
  }

  private Tensor weight(Shape shape) {
    int fanIn = shape.size() / shape.dim(0);
    float bound = (float) (gain * Math.sqrt(6.0 / fanIn));
    int seed = FIRST_WEIGHT_SEED + weights++;
    return Tensor.of(shape, Hash.floats(shape.size(), seed, 2 * bound, -bound));
  }

  Chain conv(int in, int out, int kernel, int stride, int padding) {
    Shape pad = Shape.of(padding, padding);
    Shape steps = Shape.of(stride, stride);
    Tensor weight = weight(Shape.of(out, in, kernel, kernel));
    return add("conv", new ConvOperation(2, weight, null, steps, pad, pad, Shape.of(1, 1), 1));
  }

  Chain batchNorm(int channels) {
    Shape shape = Shape.of(channels);
    Tensor ones = Tensor.of(shape, Hash.floats(channels, 0, 0, 1));
    Tensor zeros = Tensor.of(shape, new float[channels]);
    return add("bn", new BatchNormOperation(ones, zeros, zeros, ones, BATCH_NORM_EPSILON));
  }

  Chain fire() {
    return add("if", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.HARD), Map.of()));
  }

  /** Windows of two by two. */
  Chain pool(PoolOperation.Mode mode) {
    Shape two = Shape.of(2, 2);
    return add(
        "pool", new PoolOperation(mode, two, two, Shape.of(0, 0), PoolOperation.Divisor.WINDOW));
  }

  Chain linear(int in, int out) {
    return add("fc", new LinearOperation(weight(Shape.of(out, in)), null));
  }

  Chain flatten() {
    return add("flatten", new FlattenOperation(0, -1));
  }

  Network end() {
    return builder.node("output", new OutputOperation()).edge(last, "output").build();
  }
}
