package org.velella.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.layer.Conv2d;
import org.velella.layer.ConvOptions;
import org.velella.module.StepMode;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkStructure;
import org.velella.network.OutputOperation;
import org.velella.plan.SynapticWork;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;

class PlasticConvTest {
  private static final PlasticWindow LINE = new PlasticWindow(Shape.of(1), Shape.of(0));

  private static INDArray array(int[] shape, float... values) {
    return Nd4j.createFromArray(values).reshape(shape);
  }

  private static float[] floats(INDArray array) {
    return NdArrays.toTensor(array).floats();
  }

  private static float[] weight(PlasticConv module) {
    return floats(module.memory("weight").array());
  }

  /** SpikingJelly's numbers for a Linear, which a kernel of a single place is. */
  @Test
  void aKernelOfOnePlaceLearnsAsALinear() {
    float[] start = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f};
    PlasticConv module =
        new PlasticConv(Shape.of(3, 1), array(new int[] {2, 3, 1}, start), LINE, StdpRule.of(2, 4));
    module.setStepMode(StepMode.SINGLE_STEP);
    int[] in = {1, 3, 1};
    int[] out = {1, 2, 1};
    module.forward(List.of(array(in, 1, 0, 1), array(in, 1, 0, 1), array(out, 0, 1)));
    assertThat(weight(module)).containsExactly(start);

    INDArray x = array(in, 0, 1, 1);
    INDArray output = module.forward(List.of(x, x, array(out, 1, 1))).get(0);

    assertThat(floats(output)).containsExactly(0.2f + 0.3f, 0.5f + 0.6f);
    float[] change = {0.05f, 0, 0.15f, 0.2f, -0.375f, -0.15f};
    for (int i = 0; i < change.length; i++) {
      assertThat(weight(module)[i]).isCloseTo(start[i] + change[i], within(1e-6f));
    }
  }

  /**
   * By hand: in the second step the traces are 0.5, 1, 0.5, 0.5 and 1, 0.75, 0.75, and the post
   * spike at place 0 meets 0.5 and 1, the pre spike at element 1 meets 0.75 and 1.
   */
  @Test
  void weightsChangeByTheSumOverAllPlaces() {
    PlasticConv module =
        new PlasticConv(Shape.of(1, 4), array(new int[] {1, 1, 2}, 2, 4), LINE, StdpRule.of(2, 4));
    module.setStepMode(StepMode.SINGLE_STEP);
    int[] in = {1, 1, 4};
    int[] out = {1, 1, 3};
    INDArray x = array(in, 1, 0, 1, 1);
    module.forward(List.of(x, x, array(out, 0, 1, 1)));
    assertThat(weight(module)).containsExactly(2, 4);

    x = array(in, 0, 1, 0, 0);
    module.forward(List.of(x, x, array(out, 1, 0, 0)));
    assertThat(weight(module)).containsExactly(2 - 2 * 0.25f, 4);
  }

  /**
   * As the seed does it, in float64: input and trace padded; for each offset of the kernel the
   * elements that it meets, a stride apart; and the sum over places. Each of two samples alone.
   */
  @Seeded
  void stridesAndPaddingAreThoseOfTheSeed(SplittableRandom random) {
    int steps = 4;
    PlasticWindow window = new PlasticWindow(Shape.of(2, 1), Shape.of(1, 2));
    float[] start = new float[2 * 2 * 3 * 2];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) random.nextDouble(0.1, 1);
    }
    INDArray kernel = array(new int[] {2, 2, 3, 2}, start);
    PlasticConv module =
        new PlasticConv(Shape.of(2, 5, 3), kernel, window, StdpRule.of(3, 2).rate(0.1f));
    module.setStepMode(StepMode.MULTI_STEP);
    float[] pre = TestInputs.spikes(random, steps * 2 * 30);
    float[] post = TestInputs.spikes(random, steps * 2 * 2 * 3 * 6);
    INDArray x = array(new int[] {steps, 2, 2, 5, 3}, pre);
    module.forward(List.of(x, x, array(new int[] {steps, 2, 2, 3, 6}, post)));
    for (int n = 0; n < 2; n++) {
      double[] expected = learned(start, pre, post, n, steps);
      for (int e = 0; e < start.length; e++) {
        assertThat((double) weight(module)[n * start.length + e])
            .isCloseTo(expected[e], within(1e-4 * Math.max(1, Math.abs(expected[e]))));
      }
    }
  }

  private static double[] learned(float[] start, float[] pre, float[] post, int n, int steps) {
    double[] w = new double[start.length];
    Arrays.setAll(w, e -> start[e]);
    double[][][] tracePre = new double[2][7][7];
    double[][][] tracePost = new double[2][3][6];
    for (int t = 0; t < steps; t++) {
      double[][][] x = new double[2][7][7];
      double[][][] s = new double[2][3][6];
      for (int i = 0; i < 30; i++) {
        x[i / 15][i / 3 % 5 + 1][i % 3 + 2] = pre[(t * 2 + n) * 30 + i];
      }
      for (int i = 0; i < 36; i++) {
        s[i / 18][i / 6 % 3][i % 6] = post[(t * 2 + n) * 36 + i];
      }
      advance(tracePre, x, 3);
      advance(tracePost, s, 2);
      for (int e = 0; e < w.length; e++) {
        int o = e / 12;
        int c = e / 6 % 2;
        double up = 0;
        double down = 0;
        for (int p = 0; p < 18; p++) {
          int y = 2 * (p / 6) + e / 2 % 3;
          int column = p % 6 + e % 2;
          up += s[o][p / 6][p % 6] * tracePre[c][y][column];
          down += tracePost[o][p / 6][p % 6] * x[c][y][column];
        }
        w[e] += 0.1 * (w[e] * up - w[e] * down);
      }
    }
    return w;
  }

  private static void advance(double[][][] trace, double[][][] spikes, double tau) {
    for (int c = 0; c < trace.length; c++) {
      for (int y = 0; y < trace[c].length; y++) {
        for (int x = 0; x < trace[c][y].length; x++) {
          trace[c][y][x] += spikes[c][y][x] - trace[c][y][x] / tau;
        }
      }
    }
  }

  @Seeded
  void theOutputIsThatOfAConvolution(SplittableRandom random) {
    float[] values = new float[3 * 2 * 6 * 5];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    INDArray x = array(new int[] {3, 2, 6, 5}, values);
    INDArray kernel = array(new int[] {4, 2, 3, 2}, Arrays.copyOf(values, 48));
    PlasticWindow window = new PlasticWindow(Shape.of(2, 1), Shape.of(1, 0));
    PlasticConv learns =
        new PlasticConv(Shape.of(2, 6, 5), kernel, window, StdpRule.of(2, 2).rate(0));
    Conv2d fixed = new Conv2d(kernel, ConvOptions.DEFAULT.withStride(2, 1).withPadding(1, 0));
    learns.setStepMode(StepMode.SINGLE_STEP);
    INDArray expected = fixed.forward(x);
    assertThat(floats(learns.forward(List.of(x, x, expected)).get(0))).isEqualTo(floats(expected));
  }

  private static Network network(PlasticOperation operation) {
    return Network.builder()
        .node("input", new InputOperation(operation.source()))
        .node("node", operation)
        .node("output", new OutputOperation())
        .edge("input", "node", "x")
        .edge("node", "output")
        .build();
  }

  @Test
  void filesKeepWindows() {
    Tensor weight = Tensor.of(Shape.of(1, 2, 3), new float[] {1, 2, 3, 4, 5, 6});
    PlasticWindow window = new PlasticWindow(Shape.of(2), Shape.of(1));
    Network network =
        network(PlasticOperation.of(Shape.of(2, 5), window, weight, StdpRule.of(3, 3)));
    byte[] bytes = NetworkCodec.toBytes(network);
    Network again = NetworkCodec.fromBytes(bytes);

    assertThat(NetworkCodec.toBytes(again)).isEqualTo(bytes);
    assertThat(((PlasticOperation) again.node("node").operation()).window()).isEqualTo(window);
    assertThat(again.outputShape("node")).isEqualTo(Shape.of(1, 3));

    String text =
        """
        {"format": "velella-network", "version": 1,
         "nodes": [{"path": "input", "op": "input", "shape": [2, 4, 4]},
          {"path": "node", "op": "plastic", "source": [2, 4, 4], "target": [1, 4, 4],
           "weight": [1, 2, 3, 3], "padding": 1, "rule": "stdp"},
          {"path": "output", "op": "output"}],
         "edges": [["input", "node", "x"], ["node", "output"]]}
        """;
    Tensor kernel = Tensor.of(Shape.of(1, 2, 3, 3), new float[18]);
    Network written = NetworkStructure.parse(text).build(Map.of("node.weight", kernel));
    assertThat(((PlasticOperation) written.node("node").operation()).window())
        .isEqualTo(PlasticWindow.image(1));
    String wrong = text.replace("\"target\": [1, 4, 4]", "\"target\": [1, 4, 5]");
    assertThatThrownBy(() -> NetworkStructure.parse(wrong).build(Map.of("node.weight", kernel)))
        .hasMessageContaining("PlasticConv2d from shape [2, 4, 4] with weight [1, 2, 3, 3] needs")
        .hasMessageContaining("the target [1, 4, 4]");
  }

  /** As SpikingJelly's op_counter counts a Conv2d: 8 for a corner, 18 for an inner spike. */
  @Test
  void operationsAreThoseOfAConvolution() {
    Tensor ones = Tensor.of(Shape.of(2, 1, 3, 3), new float[18]);
    PlasticOperation conv =
        PlasticOperation.of(Shape.of(1, 4, 4), PlasticWindow.image(1), ones, StdpRule.of(2, 2));
    Network network = network(conv);
    SynapticWork work = SynapticWork.of(network, network.node("node")).orElseThrow();
    assertThat(work.fanOut(0)).isEqualTo(8);
    assertThat(work.fanOut(5)).isEqualTo(18);
  }

  @Test
  void whatAKernelCannotBeIsRefused() {
    INDArray kernel = array(new int[] {1, 2, 2}, 1, 1, 1, 1);
    StdpRule pairs = StdpRule.of(2, 2);
    assertThatThrownBy(() -> new PlasticConv(Shape.of(2, 3), kernel, LINE, MstdpRule.of(2, 2)))
        .hasMessage("PlasticConv1d learns by rule 'stdp' only, found 'mstdp'");
    assertThatThrownBy(() -> new PlasticConv(Shape.of(1, 3), kernel, LINE, pairs))
        .hasMessage(
            "PlasticConv1d with weight [1, 2, 2] and padding [0] cannot take input of shape [1, 3]");
    assertThatThrownBy(() -> new PlasticConv(Shape.of(2, 1), kernel, LINE, pairs))
        .hasMessageContaining("cannot take input of shape [2, 1]");
    assertThatThrownBy(() -> new PlasticWindow(Shape.of(0), Shape.of(0)))
        .hasMessageContaining("found [0] and [0]");
    assertThatThrownBy(() -> new PlasticConv(Shape.of(2, 3), kernel, LINE, pairs.bounds(2, 3)))
        .hasMessage("PlasticConv1d weight must be from 2.0 to 3.0, found 1.0 at index 0");
  }
}
