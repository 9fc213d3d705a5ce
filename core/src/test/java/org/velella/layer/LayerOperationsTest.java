package org.velella.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.layer.PoolOperation.Mode;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class LayerOperationsTest {
  @Test
  void linearMapsTheLastAxis() {
    LinearOperation linear = new LinearOperation(ones(4, 3), null);
    assertThat(linear.outputShape(Shape.of(3))).isEqualTo(Shape.of(4));
    assertThat(linear.outputShape(Shape.of(2, 5, 3))).isEqualTo(Shape.of(2, 5, 4));
    assertThat(linear.kind()).isEqualTo("Linear");
    assertThat(new LinearOperation(ones(4, 3), ones(4)).kind()).isEqualTo("Affine");
    assertRefused(
        () -> linear.outputShape(Shape.of(4)),
        "Linear with weight [4, 3] cannot take input of shape [4]");
    assertRefused(() -> linear.outputShape(Shape.SCALAR), "cannot take input of shape []");
  }

  @Test
  void weightsMustBeFiniteFloat32OfTheRightShape() {
    assertRefused(() -> new LinearOperation(ones(3), null), "weight must be float32 of rank 2");
    assertRefused(
        () -> new LinearOperation(Tensor.zeros(DType.FLOAT64, Shape.of(2, 2)), null),
        "Linear weight must be float32 of rank 2, found FLOAT64 [2, 2]");
    assertRefused(
        () -> new LinearOperation(ones(4, 3), ones(3)), "bias [3] does not fit weight [4, 3]");
    assertRefused(() -> new LinearOperation(ones(0, 3), null), "must not be empty");
    Tensor broken = Tensor.of(Shape.of(1, 3), new float[] {0, 1, Float.NaN});
    assertRefused(
        () -> new LinearOperation(broken, null),
        "Linear weight must be finite, found NaN at flat index 2");
    Tensor infinite = Tensor.of(Shape.of(1), new float[] {Float.NEGATIVE_INFINITY});
    assertRefused(
        () -> new LinearOperation(ones(1, 3), infinite),
        "Linear bias must be finite, found -Infinity at flat index 0");
  }

  @Test
  void convolutionLengthFollowsKernelStridePaddingAndDilation() {
    // (10 + 1 + 2 - (2 * (3 - 1) + 1)) / 2 + 1 = 5 rows; (7 - 4) / 3 + 1 = 2 columns.
    ConvOperation conv =
        new ConvOperation(
            2,
            ones(6, 1, 3, 4),
            null,
            Shape.of(2, 3),
            Shape.of(1, 0),
            Shape.of(2, 0),
            Shape.of(2, 1),
            2);
    assertThat(conv.outputShape(Shape.of(2, 10, 7))).isEqualTo(Shape.of(6, 5, 2));
    assertRefused(
        () -> conv.outputShape(Shape.of(3, 10, 7)),
        "Conv2d with weight [6, 1, 3, 4] and 2 groups cannot take input of shape [3, 10, 7]");
    assertRefused(() -> conv.outputShape(Shape.of(2, 10)), "cannot take input");
    assertRefused(
        () -> conv.outputShape(Shape.of(2, 10, 3)),
        "Conv2d: a window of extent 4 does not fit on a padded axis of length 3 (input [2, 10, 3])");
  }

  @Test
  void convolutionOfOneAxisTakesChannelsAndLength() {
    ConvOperation conv = conv1d(ones(4, 2, 3), 1, 0, 1, 1);
    assertThat(conv.outputShape(Shape.of(2, 9))).isEqualTo(Shape.of(4, 7));
    assertThat(conv.kind()).isEqualTo("Conv1d");
  }

  @Test
  void convolutionRefusesImpossibleSettings() {
    assertRefused(
        () -> conv1d(ones(3, 1, 3), 1, 0, 1, 2), "3 output channels do not fall into 2 groups");
    assertRefused(
        () -> conv1d(ones(4, 1, 3), 0, 0, 1, 1), "stride must be 1 numbers of at least 1");
    assertRefused(() -> conv1d(ones(4, 1, 3), 1, 0, 0, 1), "dilation must be");
    assertRefused(
        () -> conv1d(ones(4, 1, 3), 1, Integer.MAX_VALUE, 1, 1).outputShape(Shape.of(1, 5)),
        "does not fit");
    assertRefused(
        () -> conv1d(ones(4, 1, 3), 1, 0, Integer.MAX_VALUE, 1).outputShape(Shape.of(1, 5)),
        "a window of extent 4294967295 does not fit");
  }

  @Test
  void batchNormIsAScaleAndAShiftInFloat64() {
    // gamma / sqrt(0.75 + 0.25) = 3, beta - 2 * 3 = -5.5
    BatchNormOperation norm =
        new BatchNormOperation(values(3), values(0.5f), values(2), values(0.75f), 0.25);
    assertThat(norm.scale()).containsExactly(3.0);
    assertThat(norm.shift()).containsExactly(-5.5);
    assertThat(norm.outputShape(Shape.of(1, 4, 4))).isEqualTo(Shape.of(1, 4, 4));
    assertRefused(
        () -> norm.outputShape(Shape.of(2, 4)),
        "BatchNorm over 1 channels cannot take input of shape [2, 4]");
  }

  @Test
  void batchNormRefusesStatisticsWithoutAResult() {
    assertRefused(() -> norm(values(1, 1), values(1)), "differ in their number of channels");
    assertRefused(
        () -> norm(values(1), values(-1)), "positive and finite, found -1.0 at channel 0");
    assertRefused(
        () -> new BatchNormOperation(values(1), values(1), values(1), values(1), Double.NaN),
        "found NaN");
    assertRefused(() -> norm(values(3e38f), values(1e-20f)), "BatchNorm scale must be finite");
    assertRefused(
        () -> new BatchNormOperation(values(1e20f), values(0), values(1e20f), values(1), 0),
        "BatchNorm shift must be finite in float32, found -1.0000000");
  }

  @Test
  void poolingLengthFollowsWindowStrideAndPadding() {
    PoolOperation pool =
        new PoolOperation(
            Mode.AVERAGE, Shape.of(3, 2), Shape.of(2, 2), Shape.of(1, 0), Divisor.WINDOW);
    assertThat(pool.outputShape(Shape.of(5, 9, 7))).isEqualTo(Shape.of(5, 5, 3));
    assertThat(pool.kind()).isEqualTo("AvgPool2d");
    assertRefused(() -> pool.outputShape(Shape.of(5, 9)), "AvgPool2d needs input of rank 3");
    assertRefused(() -> pool.outputShape(Shape.of(5, 9, 1)), "a window of extent 2 does not fit");
  }

  @Test
  void poolingRefusesPaddingBeyondHalfTheWindow() {
    assertRefused(
        () ->
            new PoolOperation(Mode.MAXIMUM, Shape.of(2), Shape.of(2), Shape.of(2), Divisor.WINDOW),
        "padding of at most half the kernel");
    assertRefused(
        () ->
            new PoolOperation(
                Mode.SUM, Shape.of(2, 2), Shape.of(2), Shape.of(0, 0), Divisor.WINDOW),
        "found kernel [2, 2], stride [2], padding [0, 0]");
  }

  @Test
  void flattenJoinsAxes() {
    assertThat(new FlattenOperation(0, -1).outputShape(Shape.of(2, 3, 4))).isEqualTo(Shape.of(24));
    assertThat(new FlattenOperation(1, 2).outputShape(Shape.of(2, 3, 4)))
        .isEqualTo(Shape.of(2, 12));
    assertThat(new FlattenOperation(-3, -2).outputShape(Shape.of(2, 3, 4)))
        .isEqualTo(Shape.of(6, 4));
    assertRefused(
        () -> new FlattenOperation(1, 0).outputShape(Shape.of(2, 3)),
        "Flatten of axes 1 to 0 cannot take input of shape [2, 3]");
    assertRefused(() -> new FlattenOperation(0, 2).outputShape(Shape.of(2, 3)), "Flatten of axes");
  }

  @Test
  void scaleSpreadsItsFactors() {
    ScaleOperation perChannel = new ScaleOperation(Tensor.of(Shape.of(2, 1), new float[] {3, 4}));
    assertThat(perChannel.expand(Shape.of(2, 3))).containsExactly(3, 3, 3, 4, 4, 4);
    assertThat(new ScaleOperation(values(5)).expand(Shape.of(2, 3))).containsExactly(5);
    assertRefused(() -> perChannel.outputShape(Shape.of(3, 3)), "does not broadcast");
  }

  private static ConvOperation conv1d(
      Tensor weight, int stride, int padding, int dilation, int groups) {
    Shape pad = Shape.of(padding);
    return new ConvOperation(
        1, weight, null, Shape.of(stride), pad, pad, Shape.of(dilation), groups);
  }

  private static BatchNormOperation norm(Tensor gamma, Tensor variance) {
    return new BatchNormOperation(gamma, values(0), values(0), variance, 0.0);
  }

  private static Tensor values(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  private static Tensor ones(int... dims) {
    Tensor tensor = Tensor.zeros(DType.FLOAT32, Shape.of(dims));
    Arrays.fill(tensor.floats(), 1.0f);
    return tensor;
  }

  private static void assertRefused(ThrowingCallable call, String reason) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(reason);
  }
}
