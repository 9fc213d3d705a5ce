package org.velella.spark.bench;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.ConvOp;
import org.velella.plan.LinearOp;
import org.velella.plan.StatelessOp;

/** ND4J's ways to the same results. Each is compared with the definition before it is timed. */
final class Nd4jTwins {
  /** Sums of some hundred terms below 1, in another order. */
  private static final double TOLERANCE = 1e-4;

  private Nd4jTwins() {}

  /** A product as users write it, into a new array. */
  static Runnable product(LinearOp op, int frames, float[] input) {
    INDArray x = Nd4j.createFromArray(input).reshape(frames, op.inputs());
    INDArray w = Nd4j.createFromArray(op.weight()).reshape(op.outputs(), op.inputs()).transpose();
    requireNear(op, op.outputs(), input, x.mmul(w).dup('c'));
    return () -> x.mmul(w).close();
  }

  /** A product into a given array, of the order that it is fastest with. */
  static Runnable productInPlace(LinearOp op, int frames, float[] input) {
    INDArray x = Nd4j.createFromArray(input).reshape(frames, op.inputs());
    INDArray w = Nd4j.createFromArray(op.weight()).reshape(op.outputs(), op.inputs()).transpose();
    INDArray y = Nd4j.create(new long[] {frames, op.outputs()}, 'f');
    x.mmuli(w, y);
    requireNear(op, op.outputs(), input, y.dup('c'));
    return () -> x.mmuli(w, y);
  }

  /** A convolution with stride 1 that keeps sizes, channels last, which it is fastest with. */
  static Runnable convolution(ConvOp op, int frames, float[] input) {
    INDArray x =
        Nd4j.createFromArray(input)
            .reshape(frames, op.inChannels(), op.inH(), op.inW())
            .permute(0, 2, 3, 1)
            .dup('c');
    INDArray w =
        Nd4j.createFromArray(op.weight())
            .reshape(op.outChannels(), op.inChannels(), op.kernelH(), op.kernelW())
            .permute(2, 3, 1, 0)
            .dup('c');
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(op.kernelH())
            .kW(op.kernelW())
            .sH(1)
            .sW(1)
            .pH(1)
            .pW(1)
            .dH(1)
            .dW(1)
            .dataFormat("NHWC")
            .paddingMode(PaddingMode.SAME)
            .build();
    int outputs = op.outChannels() * op.outH() * op.outW();
    INDArray y = Nd4j.cnn().conv2d(x, w, config);
    requireNear(op, outputs, input, y.permute(0, 3, 1, 2).dup('c'));
    return () -> Nd4j.cnn().conv2d(x, w, config).close();
  }

  /**
   * LIF neurons of {@link LifDrive} as users write them, step by step on whole arrays.
   *
   * @param spikes how many there must be
   */
  static Runnable lif(String name, float[] input, int steps, long spikes) {
    INDArray x = Nd4j.createFromArray(input).reshape(steps, input.length / steps);
    INDArray out = Nd4j.create(DataType.FLOAT, x.shape());
    Runnable run =
        () -> {
          INDArray v = Nd4j.zeros(DataType.FLOAT, x.size(1));
          for (int t = 0; t < steps; t++) {
            INDArray change = x.getRow(t).sub(v);
            v.addi(change.muli(0.5f));
            INDArray fires = v.gte(1);
            INDArray s = fires.castTo(DataType.FLOAT);
            out.putRow(t, s);
            v.muli(s.rsubi(1));
            change.close();
            fires.close();
            s.close();
          }
          v.close();
        };
    run.run();
    double count = 0;
    for (float spike : out.data().asFloat()) {
      count += spike;
    }
    WrongAnswerException.require(name + " by ND4J", spikes, (long) count);
    return run;
  }

  /** Compares the first, a middle and the last frame of {@code [frames, outputs]}. */
  private static void requireNear(StatelessOp op, int outputs, float[] input, INDArray found) {
    float[] values = found.data().asFloat();
    int frames = values.length / outputs;
    int size = input.length / frames;
    float[] expected = new float[outputs];
    for (int frame : new int[] {0, frames / 2, frames - 1}) {
      new ScalarKernels().stateless(op).run(1, input, frame * size, expected, 0);
      for (int o = 0; o < outputs; o++) {
        float value = values[frame * outputs + o];
        if (!(Math.abs(value - expected[o]) <= TOLERANCE * Math.max(1, Math.abs(expected[o])))) {
          throw new WrongAnswerException(
              "%s by ND4J, frame %d, output %d: expected %s, found %s"
                  .formatted(op.node(), frame, o, expected[o], value));
        }
      }
    }
  }
}
