package org.velella.gpu.bench;

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
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** What is measured, as chains of layers. */
final class Networks {
  private final Network.Builder builder = Network.builder();
  private String last = "input";
  private int count;

  private Networks(Shape input) {
    builder.node(last, new InputOperation(input));
  }

  /** Leaky neurons alone, with tau 2, threshold 1 and a hard reset to 0. */
  static Network lif(int neurons) {
    return new Networks(Shape.of(neurons)).leaky(2).end();
  }

  /** One linear layer; its weights are those of peers.py. */
  static Network linear(int inputs, int outputs) {
    return new Networks(Shape.of(inputs)).linear(weights(inputs, outputs)).end();
  }

  /** The same behind neurons that pass on an input of 1 as a spike at once. */
  static Network spikeLinear(int inputs, int outputs) {
    return new Networks(Shape.of(inputs)).fire().linear(weights(inputs, outputs)).end();
  }

  /** Weights {@code [outputs, inputs]} as in peers.py. */
  static Tensor weights(int inputs, int outputs) {
    float[] values = Numbers.fill(new float[inputs * outputs], 7, -0.5f, 0x1p-5f);
    return Tensor.of(Shape.of(outputs, inputs), values);
  }

  /** Three layers of leaky neurons on images of 28 x 28. */
  static Network mlp() {
    return new Networks(Shape.of(784))
        .dense(784, 1024)
        .leaky(2)
        .dense(1024, 1024)
        .leaky(2)
        .dense(1024, 10)
        .leaky(2)
        .end();
  }

  /** The seed's example for FashionMNIST: two convolutions, two linear layers. */
  static Network cnn(int channels) {
    return new Networks(Shape.of(1, 28, 28))
        .conv(1, channels)
        .fire()
        .pool()
        .conv(channels, channels)
        .fire()
        .pool()
        .add("flatten", new FlattenOperation(0, -1))
        .dense(channels * 49, channels * 16)
        .fire()
        .dense(channels * 16, 10)
        .fire()
        .end();
  }

  private Networks add(String kind, Operation operation) {
    String name = kind + count++;
    builder.node(name, operation).edge(last, name);
    last = name;
    return this;
  }

  private Networks linear(Tensor weight) {
    return add("fc", new LinearOperation(weight, null));
  }

  private Tensor random(Shape shape) {
    int fanIn = shape.size() / shape.dim(0);
    float scale = (float) (2 * Math.sqrt(6.0 / fanIn));
    return Tensor.of(
        shape, Numbers.fill(new float[shape.size()], 1_000_003L * count, -0.4f, scale));
  }

  private Networks dense(int inputs, int outputs) {
    return linear(random(Shape.of(outputs, inputs)));
  }

  private Networks conv(int in, int out) {
    Shape one = Shape.of(1, 1);
    Tensor weight = random(Shape.of(out, in, 3, 3));
    add("conv", new ConvOperation(2, weight, null, one, one, one, one, 1));
    float[] ones = new float[out];
    java.util.Arrays.fill(ones, 1);
    Shape shape = Shape.of(out);
    Tensor scale = Tensor.of(shape, ones);
    Tensor zeros = Tensor.of(shape, new float[out]);
    return add("bn", new BatchNormOperation(scale, zeros, zeros, scale, 1e-5));
  }

  private Networks pool() {
    Shape two = Shape.of(2, 2);
    return add(
        "pool",
        new PoolOperation(
            PoolOperation.Mode.MAXIMUM, two, two, Shape.of(0, 0), PoolOperation.Divisor.WINDOW));
  }

  private Networks fire() {
    return add("if", new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.HARD), Map.of()));
  }

  private Networks leaky(double tau) {
    return add(
        "lif",
        new NeuronOperation(
            NeuronModels.lif(InputDecay.ON, ResetKind.HARD),
            Map.of("tau", ParameterValue.of(tau))));
  }

  private Network end() {
    return builder.node("output", new OutputOperation()).edge(last, "output").build();
  }
}
