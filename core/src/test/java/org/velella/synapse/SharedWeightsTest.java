package org.velella.synapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.StepMode;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.plan.SynapticWork;
import org.velella.synapse.TripletStdpRule.Interactions;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;

/** Weights that the rows of a sample share. */
class SharedWeightsTest {
  private static INDArray array(int[] shape, float... values) {
    return Nd4j.createFromArray(values).reshape(shape);
  }

  private static float[] memory(PlasticLinear module, String name) {
    return NdArrays.toTensor(module.memory(name).array()).floats();
  }

  /** SpikingJelly's numbers of one sample, met by two of three rows: the changes are summed. */
  @Test
  void changesOfRowsAreSummed() {
    float[] start = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f};
    PlasticLinear module = new PlasticLinear(3, array(new int[] {2, 3}, start), StdpRule.of(2, 4));
    module.setStepMode(StepMode.SINGLE_STEP);
    int[] in = {1, 3, 3};
    int[] out = {1, 3, 2};
    INDArray x = array(in, 1, 0, 1, 0, 0, 0, 1, 0, 1);
    module.forward(List.of(x, x, array(out, 0, 1, 0, 0, 0, 1)));
    assertThat(memory(module, "weight")).containsExactly(start);

    x = array(in, 0, 1, 1, 0, 0, 0, 0, 1, 1);
    INDArray output = module.forward(List.of(x, x, array(out, 1, 1, 0, 0, 1, 1))).get(0);

    assertThat(NdArrays.toTensor(output).floats())
        .containsExactly(0.2f + 0.3f, 0.5f + 0.6f, 0, 0, 0.2f + 0.3f, 0.5f + 0.6f);
    assertThat(memory(module, "trace_pre")).containsExactly(0.5f, 1, 1.5f, 0, 0, 0, 0.5f, 1, 1.5f);
    float[] change = {0.05f, 0, 0.15f, 0.2f, -0.375f, -0.15f};
    for (int i = 0; i < change.length; i++) {
      assertThat(memory(module, "weight")[i]).isCloseTo(start[i] + 2 * change[i], within(1e-6f));
    }
  }

  /**
   * Row 0 has E = e^(-1/2) at step 1, row 1, whose post spike comes first, -e^(-1/4). The rewards
   * of step 2 meet them.
   */
  @Test
  void everyRowHasARewardOfItsOwn() {
    WeightDependence one = WeightDependence.constant(1);
    MstdpRule rule = MstdpRule.of(2, 4).dependences(one, one).rate(0.5f);
    PlasticLinear module = new PlasticLinear(2, array(new int[] {1, 1}, 1), rule);
    module.setStepMode(StepMode.MULTI_STEP);
    int[] shape = {4, 1, 2, 1};
    INDArray x = array(shape, 1, 0, 0, 1, 0, 0, 0, 0);
    INDArray s = array(shape, 0, 1, 1, 0, 0, 0, 0, 0);
    INDArray r = array(new int[] {4, 1, 2}, 0, 0, 0, 0, 3, -1, 9, 9);
    module.forward(List.of(x, x, s, r));
    assertThat(memory(module, "weight")[0])
        .isCloseTo((float) (1 + 0.5 * (3 * Math.exp(-0.5) + Math.exp(-0.25))), within(1e-6f));
    assertThat(module.memory("eligibility").array().shape()).containsExactly(1, 2, 1, 1);
  }

  /** As above, by traces of the eligibilities with tau 5, which go on when these are 0 again. */
  @Test
  void everyRowHasATraceOfItsOwn() {
    WeightDependence one = WeightDependence.constant(1);
    MstdpetRule rule = MstdpetRule.of(2, 4, 5).dependences(one, one).rate(0.5f);
    PlasticLinear module = new PlasticLinear(2, array(new int[] {1, 1}, 1), rule);
    module.setStepMode(StepMode.MULTI_STEP);
    int[] shape = {4, 1, 2, 1};
    INDArray x = array(shape, 1, 0, 0, 1, 0, 0, 0, 0);
    INDArray s = array(shape, 0, 1, 1, 0, 0, 0, 0, 0);
    INDArray r = array(new int[] {4, 1, 2}, 0, 0, 0, 0, 3, -1, 9, 7);
    module.forward(List.of(x, x, s, r));
    double first = Math.exp(-0.5) / 5;
    double second = -Math.exp(-0.25) / 5;
    double sum = 3 * first - second + (9 * first + 7 * second) * Math.exp(-0.2);
    assertThat(memory(module, "weight")[0]).isCloseTo((float) (1 + 0.5 * sum), within(1e-6f));
  }

  /**
   * Row 0 has a pre spike at step 0 and post spikes at 1 and 2, row 1 a post spike at 1 and a pre
   * spike at 2.
   */
  @Test
  void tripletsOfRowsAreSummed() {
    TripletStdpRule rule =
        new TripletStdpRule(
            2, 3, 4, 5, 0.5f, 0.25f, 0.125f, 0.75f, Interactions.ALL_TO_ALL, WeightBounds.NONE);
    PlasticLinear module = new PlasticLinear(2, array(new int[] {1, 1}, 1), rule);
    module.setStepMode(StepMode.MULTI_STEP);
    int[] shape = {3, 1, 2, 1};
    INDArray x = array(shape, 1, 0, 0, 0, 0, 1);
    module.forward(List.of(x, x, array(shape, 0, 0, 1, 1, 1, 0)));
    double up = 0.5 * Math.exp(-0.5) + Math.exp(-1) * (0.5 + 0.25 * Math.exp(-0.2));
    double down = 0.125 * Math.exp(-0.25);
    assertThat(memory(module, "weight")[0]).isCloseTo((float) (1 + up - down), within(1e-6f));
  }

  /** As the seed does it with matrices, in float64; two samples of three rows, each alone. */
  @Seeded
  void rowsLearnAsABatchOfTheSeed(SplittableRandom random) {
    int steps = 5;
    float[] start = new float[20];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) random.nextDouble(0.1, 1);
    }
    PlasticLinear module =
        new PlasticLinear(3, array(new int[] {4, 5}, start), StdpRule.of(3, 2).rate(0.1f));
    module.setStepMode(StepMode.MULTI_STEP);
    float[] pre = TestInputs.spikes(random, steps * 2 * 3 * 5);
    float[] post = TestInputs.spikes(random, steps * 2 * 3 * 4);
    INDArray x = array(new int[] {steps, 2, 3, 5}, pre);
    module.forward(List.of(x, x, array(new int[] {steps, 2, 3, 4}, post)));
    for (int n = 0; n < 2; n++) {
      double[] w = new double[20];
      double[] tracePre = new double[15];
      double[] tracePost = new double[12];
      Arrays.setAll(w, e -> start[e]);
      for (int t = 0; t < steps; t++) {
        int at = t * 2 + n;
        for (int i = 0; i < 15; i++) {
          tracePre[i] += pre[at * 15 + i] - tracePre[i] / 3;
        }
        for (int i = 0; i < 12; i++) {
          tracePost[i] += post[at * 12 + i] - tracePost[i] / 2;
        }
        for (int e = 0; e < 20; e++) {
          double change = 0;
          for (int b = 0; b < 3; b++) {
            change += post[at * 12 + b * 4 + e / 5] * tracePre[b * 5 + e % 5];
            change -= tracePost[b * 4 + e / 5] * pre[at * 15 + b * 5 + e % 5];
          }
          w[e] += 0.1 * w[e] * change;
        }
      }
      for (int e = 0; e < 20; e++) {
        assertThat((double) memory(module, "weight")[n * 20 + e])
            .isCloseTo(w[e], within(1e-4 * Math.max(1, Math.abs(w[e]))));
      }
    }
  }

  /** A kernel of one place on rows is a matrix on rows. */
  @Seeded
  void rowsOfConvolutionsShareTheKernel(SplittableRandom random) {
    INDArray weight = array(new int[] {2, 2}, 0.25f, 0.5f, -0.75f, 0.125f);
    StdpRule rule = StdpRule.of(3, 2).rate(0.25f);
    PlasticLinear matrix = new PlasticLinear(3, weight, rule);
    PlasticConv kernel =
        new PlasticConv(
            Shape.of(3, 2, 1),
            weight.reshape(2, 2, 1),
            new PlasticWindow(Shape.of(1), Shape.of(0)),
            rule);
    matrix.setStepMode(StepMode.MULTI_STEP);
    kernel.setStepMode(StepMode.MULTI_STEP);
    INDArray x = array(new int[] {6, 1, 3, 2}, TestInputs.spikes(random, 36));
    INDArray s = array(new int[] {6, 1, 3, 2}, TestInputs.spikes(random, 36));
    INDArray y = x.reshape(6, 1, 3, 2, 1);
    INDArray output = kernel.forward(List.of(y, y, s.reshape(6, 1, 3, 2, 1))).get(0);
    assertThat(NdArrays.toTensor(output).floats())
        .isEqualTo(NdArrays.toTensor(matrix.forward(List.of(x, x, s)).get(0)).floats());
    assertThat(NdArrays.toTensor(kernel.memory("weight").array()).floats())
        .isEqualTo(memory(matrix, "weight"));
  }

  @Test
  void filesAndCountersKnowRows() {
    Tensor weight = Tensor.of(Shape.of(2, 3), new float[6]);
    PlasticOperation rows =
        PlasticOperation.of(4, Shape.of(3), Shape.of(2), weight, MstdpRule.of(3, 3));
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(4, 3)))
            .node("reward", new InputOperation(Shape.of(4)))
            .node("node", rows)
            .node("output", new OutputOperation())
            .edge("input", "node", "x")
            .edge("reward", "node", "reward")
            .edge("node", "output")
            .build();
    byte[] bytes = NetworkCodec.toBytes(network);
    Network again = NetworkCodec.fromBytes(bytes);

    assertThat(NetworkCodec.toBytes(again)).isEqualTo(bytes);
    assertThat(((PlasticOperation) again.node("node").operation()).sharers()).isEqualTo(4);
    assertThat(again.outputShape("node")).isEqualTo(Shape.of(4, 2));
    SynapticWork work = SynapticWork.of(again, again.node("node")).orElseThrow();
    assertThat(work.fanOut(11)).isEqualTo(2);
    assertThat(work.dense()).isEqualTo(24);
  }

  @Test
  void whatCannotBeSharedIsRefused() {
    INDArray weight = array(new int[] {1, 2}, 1, 1);
    assertThatThrownBy(
            () ->
                PlasticOperation.of(
                    Shape.of(3, 1, 4),
                    new PlasticWindow(Shape.of(1), Shape.of(0)),
                    Tensor.of(Shape.of(1, 1, 2), new float[2]),
                    MstdpetRule.of(3, 3, 3)))
        .hasMessage("PlasticConv1d learns by rule 'stdp' only, found 'mstdpet'");
    assertThatThrownBy(() -> new PlasticLinear(0, weight, StdpRule.of(2, 2)))
        .hasMessage("Weights are shared by one row at least, found 0");
    Tensor kernel = Tensor.of(Shape.of(1, 1, 2, 2), new float[4]);
    assertThatThrownBy(
            () ->
                PlasticOperation.of(
                    Shape.of(0, 1, 3, 4), PlasticWindow.image(0), kernel, StdpRule.of(2, 2)))
        .hasMessage(
            "PlasticConv2d whose weights rows share needs one row at least, found none in source shape [0, 1, 3, 4]");
    Tensor matrix = Tensor.of(Shape.of(1, 2), new float[2]);
    assertThatThrownBy(
            () ->
                new PlasticOperation(
                    Shape.of(0, 2), Shape.of(0, 1), null, matrix, StdpRule.of(2, 2)))
        .hasMessage(
            "PlasticLinear whose weights rows share needs one row at least, found none in source shape [0, 2]");
    assertThatThrownBy(
            () ->
                new PlasticOperation(
                    Shape.of(3, 2), Shape.of(2, 1), null, matrix, StdpRule.of(2, 2)))
        .hasMessage(
            "PlasticLinear whose weights the 3 rows of shape [3, 2] share needs a target of as many rows, found [2, 1]");
  }
}
