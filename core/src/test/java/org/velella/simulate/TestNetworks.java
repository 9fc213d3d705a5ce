package org.velella.simulate;

import java.util.Map;
import java.util.SplittableRandom;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.network.FirstStep;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Small networks that spike. */
final class TestNetworks {
  static final NeuronModel LIF =
      NeuronModel.parse(
          """
          model lif
            parameter tau = 2.0, v_threshold = 1.0, v_reset = 0.0
            memory v = v_reset
            charge h = v + (x - (v - v_reset)) / tau
            fire s = h >= v_threshold
            reset v = where(s, v_reset, h)
          """);

  static final NeuronModel IF =
      NeuronModel.parse(
          """
          model if
            parameter v_threshold = 1.0, v_reset = 0.0
            memory v = v_reset
            charge h = v + x
            fire s = h >= v_threshold
            reset v = where(s, v_reset, h)
          """);

  private TestNetworks() {}

  static Tensor weights(SplittableRandom random, double scale, int... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((random.nextDouble() * 2 - 0.5) * scale);
    }
    return Tensor.of(shape, values);
  }

  /** input[5] -> affine -> lif[7] <-> recurrent affine; lif -> readout -> if[3] -> output. */
  static Network recurrent(SplittableRandom random, FirstStep firstStep) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(5)))
        .node("fc", new LinearOperation(weights(random, 1, 7, 5), weights(random, 0.2, 7)))
        .node("hidden.lif", new NeuronOperation(LIF, Map.of("tau", ParameterValue.of(3.0))))
        .node("rec", new LinearOperation(weights(random, 0.5, 7, 7), weights(random, 0.3, 7)))
        .node("readout", new LinearOperation(weights(random, 0.8, 3, 7), null))
        .node("out.if", new NeuronOperation(IF, Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "fc")
        .edge("fc", "hidden.lif")
        .edge("rec", "hidden.lif")
        .edge("hidden.lif", "rec")
        .edge("hidden.lif", "readout")
        .edge("readout", "out.if")
        .edge("out.if", "output")
        .firstStep(firstStep)
        .build();
  }

  /** input[2,6,6] -> conv -> lif -> avgpool -> flatten -> fc -> if -> output. */
  static Network convolutional(SplittableRandom random) {
    Shape one = Shape.of(1, 1);
    Shape two = Shape.of(2, 2);
    return Network.builder()
        .node("input", new InputOperation(Shape.of(2, 6, 6)))
        .node(
            "conv",
            new ConvOperation(
                2,
                weights(random, 0.8, 4, 2, 3, 3),
                weights(random, 0.2, 4),
                one,
                one,
                one,
                one,
                1))
        .node("lif", new NeuronOperation(LIF, Map.of()))
        .node(
            "pool",
            new PoolOperation(
                PoolOperation.Mode.AVERAGE, two, two, Shape.of(0, 0), PoolOperation.Divisor.WINDOW))
        .node("flatten", new FlattenOperation(0, -1))
        .node("fc", new LinearOperation(weights(random, 0.5, 3, 36), null))
        .node("if", new NeuronOperation(IF, Map.of()))
        .node("output", new OutputOperation())
        .edge("input", "conv")
        .edge("conv", "lif")
        .edge("lif", "pool")
        .edge("pool", "flatten")
        .edge("flatten", "fc")
        .edge("fc", "if")
        .edge("if", "output")
        .build();
  }

  /** Random input {@code [T, N, F]}, of which a share is zero. */
  static float[] input(SplittableRandom random, int steps, int samples, int size) {
    float[] values = new float[steps * samples * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(3) == 0 ? (float) (random.nextDouble() * 2) : 0f;
    }
    return values;
  }

  /** A tile input that hands out samples {@code [from, to)} of {@code [T, N, F]}. */
  static TileInput slice(float[] all, int samples, int size, int from, int to) {
    return (firstStep, steps, target) -> {
      int row = (to - from) * size;
      for (int t = 0; t < steps; t++) {
        int at = (Math.toIntExact(firstStep + t) * samples + from) * size;
        System.arraycopy(all, at, target, t * row, row);
      }
    };
  }
}
