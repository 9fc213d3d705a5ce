package org.velella.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

class FoldingTest {
  private static final Shape IMAGE = Shape.of(1, 2, 2);

  @Test
  void batchNormMovesIntoTheWeightsBeforeIt() {
    // scale = 3 / sqrt(4) = 1.5; bias (0.25 - 1) * 1.5 + 0.5 = -0.625.
    Plan plan = lower(chain(IMAGE, conv(2, 0.25f), norm(3, 0.5f, 1, 4)), Set.of());
    assertThat(ops(plan)).hasSize(1);
    ConvOp op = (ConvOp) ops(plan).get(0);
    assertThat(op.node()).isEqualTo("norm");
    assertThat(op.weight()).containsExactly(3.0f);
    assertThat(op.bias()).containsExactly(-0.625f);
    assertThat(op.input()).isEqualTo(plan.inputs().get(0));
    assertThat(op.output()).isEqualTo(plan.outputs().get(0));
    assertThat(plan.nodeValues()).doesNotContainKey("layer");
  }

  @Test
  void aMissingBiasCountsAsZero() {
    ConvOperation conv = new ConvOperation(2, weight(2), null, two(1), two(0), two(0), two(1), 1);
    ConvOp op = (ConvOp) ops(lower(chain(IMAGE, conv, norm(3, 0.5f, 1, 4)), Set.of())).get(0);
    assertThat(op.bias()).containsExactly(-1.0f);
  }

  @Test
  void aLinearLayerTakesItsBatchNormToo() {
    LinearOperation linear =
        new LinearOperation(
            Tensor.of(Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}), vector(0, 10));
    BatchNormOperation norm =
        new BatchNormOperation(vector(2, 3), vector(0, 1), vector(1, 2), vector(4, 9), 0.0);
    Plan plan = lower(chain(Shape.of(3), linear, norm), Set.of());
    LinearOp op = (LinearOp) ops(plan).get(0);
    assertThat(ops(plan)).hasSize(1);
    assertThat(op.weight()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(op.bias()).containsExactly(-1, 9);
  }

  @Seeded
  void foldedWeightsAreRoundedOnceFromFloat64(SplittableRandom random) {
    for (int round = 0; round < 100; round++) {
      float weight = (float) random.nextDouble(-2, 2);
      float bias = (float) random.nextDouble(-2, 2);
      float gamma = (float) random.nextDouble(0.1, 3);
      float beta = (float) random.nextDouble(-2, 2);
      float mean = (float) random.nextDouble(-2, 2);
      float variance = (float) random.nextDouble(0.1, 3);
      Network network = chain(IMAGE, conv(weight, bias), norm(gamma, beta, mean, variance));
      ConvOp op = (ConvOp) ops(lower(network, Set.of())).get(0);
      BigDecimal scale =
          new BigDecimal(gamma)
              .divide(
                  new BigDecimal(variance).sqrt(MathContext.DECIMAL128), MathContext.DECIMAL128);
      assertRounded(op.weight()[0], new BigDecimal(weight).multiply(scale));
      BigDecimal shifted =
          new BigDecimal(bias)
              .subtract(new BigDecimal(mean))
              .multiply(scale)
              .add(new BigDecimal(beta));
      assertRounded(op.bias()[0], shifted);
    }
  }

  /** The bounds are what float64 may be off by; they round to one float32 almost always. */
  private static void assertRounded(float actual, BigDecimal exact) {
    BigDecimal error = new BigDecimal("1e-14");
    assertThat(actual).isBetween(exact.subtract(error).floatValue(), exact.add(error).floatValue());
  }

  @Test
  void recordingTheConvolutionChangesNothingBehindIt() {
    Network network = chain(IMAGE, conv(2, 0.25f), norm(3, 0.5f, 1, 4));
    ConvOp alone = (ConvOp) ops(lower(network, Set.of())).get(0);
    Plan plan = lower(network, Set.of("layer"));
    ConvOp own = (ConvOp) ops(plan).get(0);
    ConvOp folded = (ConvOp) ops(plan).get(1);
    assertThat(own.weight()).containsExactly(2.0f);
    assertThat(own.bias()).containsExactly(0.25f);
    assertThat(own.output()).isEqualTo(plan.nodeValues().get("layer"));
    assertThat(plan.visible()).contains(own.output());
    assertThat(folded.weight()).isEqualTo(alone.weight());
    assertThat(folded.bias()).isEqualTo(alone.bias());
    assertThat(folded.input()).isEqualTo(own.input());
  }

  @Test
  void aSumBeforeAFoldedConvolutionIsTakenOnce() {
    Network network =
        Network.builder()
            .node("a", new InputOperation(IMAGE))
            .node("b", new InputOperation(IMAGE))
            .node("layer", conv(2, 0.25f))
            .node("norm", norm(3, 0.5f, 1, 4))
            .node("out", new OutputOperation())
            .edge("a", "layer")
            .edge("b", "layer")
            .edge("layer", "norm")
            .edge("norm", "out")
            .build();
    List<Op> ops = ops(lower(network, Set.of("layer")));
    assertThat(ops.stream().map(op -> op.getClass().getSimpleName()).toList())
        .containsExactly("SumOp", "ConvOp", "ConvOp");
  }

  @Test
  void aConvolutionWithAnotherReaderStaysAsItIs() {
    Network network =
        start(IMAGE, conv(2, 0), norm(3, 0.5f, 1, 4))
            .node("other", new OutputOperation())
            .edge("layer", "other")
            .build();
    assertNotFolded(network);
  }

  @Test
  void aBatchNormOfSeveralSourcesStaysAsItIs() {
    Network network = start(IMAGE, conv(2, 0), norm(3, 0.5f, 1, 4)).edge("input", "norm").build();
    assertNotFolded(network);
  }

  @Test
  void nothingIsFoldedInsideACycle() {
    Network network = start(IMAGE, conv(2, 0), norm(3, 0.5f, 1, 4)).edge("norm", "layer").build();
    assertNotFolded(network);
  }

  @Test
  void aLinearLayerOverMoreAxesHasOtherChannels() {
    LinearOperation linear =
        new LinearOperation(Tensor.of(Shape.of(2, 2), new float[] {1, 2, 3, 4}), null);
    assertNotFolded(
        chain(
            Shape.of(2, 2),
            linear,
            new BatchNormOperation(vector(1, 1), vector(0, 0), vector(1, 2), vector(4, 9), 0.0)));
  }

  @Test
  void weightsThatWouldOverflowStayApart() {
    assertNotFolded(chain(IMAGE, conv(3e38f, 0), norm(1e3f, 0, 0, 1)));
  }

  private static void assertNotFolded(Network network) {
    Plan plan = lower(network, Set.of());
    assertThat(ops(plan)).anyMatch(op -> op instanceof ScaleOp && op.node().equals("norm"));
    assertThat(ops(plan)).anyMatch(op -> !(op instanceof ScaleOp) && op.node().equals("layer"));
  }

  private static Plan lower(Network network, Set<String> visible) {
    return Lowering.lower(network, new PlanOptions(2, visible, Set.of()));
  }

  private static List<Op> ops(Plan plan) {
    return plan.stages().stream().flatMap(stage -> stage.ops().stream()).toList();
  }

  private static Network chain(Shape input, Operation layer, BatchNormOperation norm) {
    return start(input, layer, norm).build();
  }

  private static Network.Builder start(Shape input, Operation layer, BatchNormOperation norm) {
    return Network.builder()
        .node("input", new InputOperation(input))
        .node("layer", layer)
        .node("norm", norm)
        .node("output", new OutputOperation())
        .edge("input", "layer")
        .edge("layer", "norm")
        .edge("norm", "output");
  }

  private static ConvOperation conv(float weight, float bias) {
    return new ConvOperation(2, weight(weight), vector(bias), two(1), two(0), two(0), two(1), 1);
  }

  private static BatchNormOperation norm(float gamma, float beta, float mean, float variance) {
    return new BatchNormOperation(vector(gamma), vector(beta), vector(mean), vector(variance), 0.0);
  }

  private static Tensor weight(float value) {
    return Tensor.of(Shape.of(1, 1, 1, 1), new float[] {value});
  }

  private static Shape two(int value) {
    return Shape.of(value, value);
  }

  private static Tensor vector(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }
}
