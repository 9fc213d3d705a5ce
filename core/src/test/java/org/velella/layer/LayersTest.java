package org.velella.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.layer.PoolOperation.Divisor;
import org.velella.module.Memories;
import org.velella.module.ModuleError;
import org.velella.module.ModuleException;
import org.velella.module.OperationModule;
import org.velella.module.StepMode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class LayersTest {
  @Test
  void linearMapsTheLastAxisInBothModes() {
    Linear linear = new Linear(array(new int[] {2, 3}, 1, 2, 3, 4, 5, 6), array(2, 10, 20));
    assertGives(linear, array(new int[] {1, 3}, 1, 0, 2), new int[] {1, 2}, 17, 36);
    INDArray sequence = array(new int[] {2, 1, 1, 3}, 1, 0, 2, 0, 1, 0);
    assertSequence(linear, sequence, new int[] {2, 1, 1, 2}, 17, 36, 12, 25);
    assertGives(
        new Linear(Nd4j.eye(2).castTo(DataType.FLOAT)),
        array(2, 3, 4).reshape(1, 2),
        new int[] {1, 2},
        3,
        4);
  }

  @Test
  void conv2dCorrelatesAndAddsTheBias() {
    // Kernel [[1, 0], [0, 10]] over a 2 x 2 image with a border of zeros, every second position.
    Conv2d conv =
        new Conv2d(
            array(new int[] {1, 1, 2, 2}, 1, 0, 0, 10),
            array(1, 0.5f),
            ConvOptions.DEFAULT.withPadding(1).withStride(2));
    INDArray image = array(new int[] {1, 1, 2, 2}, 1, 2, 3, 4);
    assertGives(conv, image, new int[] {1, 1, 2, 2}, 10.5f, 0.5f, 0.5f, 4.5f);
    assertSequence(
        conv, image.reshape(1, 1, 1, 2, 2), new int[] {1, 1, 1, 2, 2}, 10.5f, 0.5f, 0.5f, 4.5f);
  }

  @Test
  void conv1dTakesGroupsDilationAndUnevenPadding() {
    // Group 0: x0[i] + 10 x0[i + 2]; group 1: -x1[i]. Two zeros after the end only.
    Conv1d conv =
        new Conv1d(
            array(new int[] {2, 1, 2}, 1, 10, -1, 0),
            ConvOptions.DEFAULT
                .withGroups(2)
                .withDilation(2)
                .withPadding(Shape.of(0), Shape.of(2)));
    assertGives(
        conv,
        array(new int[] {1, 2, 3}, 1, 2, 3, 4, 5, 6),
        new int[] {1, 2, 3},
        31,
        2,
        3,
        -4,
        -5,
        -6);
  }

  @Test
  void batchNormNormalisesEachChannel() {
    // weight / sqrt(variance + epsilon) = 2 / 1 and 3 / 2.
    INDArray weight = array(2, 2, 3);
    INDArray bias = array(2, 1, 0);
    INDArray mean = array(2, 1, 2);
    INDArray variance = array(2, 0.75f, 3.75f);
    BatchNorm1d one = new BatchNorm1d(weight, bias, mean, variance, 0.25);
    assertGives(one, array(new int[] {1, 2}, 3, 4), new int[] {1, 2}, 5, 3);
    assertGives(one, array(new int[] {1, 2, 2}, 3, 1, 4, 2), new int[] {1, 2, 2}, 5, 1, 3, 0);
    BatchNorm2d two = new BatchNorm2d(weight, bias, mean, variance, 0.25);
    assertGives(two, array(new int[] {1, 2, 1, 2}, 3, 1, 4, 2), new int[] {1, 2, 1, 2}, 5, 1, 3, 0);
    // Default epsilon 1e-5: 1 / sqrt(1e-5 + 0) = 316.227766, between float32 neighbours 316.22775
    // and
    // 316.22778.
    BatchNorm1d tiny = new BatchNorm1d(array(1, 1), array(1, 0), array(1, 0), array(1, 0));
    assertThat(tiny.forward(array(new int[] {1, 1}, 1)).getFloat(0)).isEqualTo(316.22775f);
  }

  @Test
  void poolsTakeAverageSumAndMaximum() {
    INDArray image = array(new int[] {1, 1, 2, 4}, 1, 2, 3, 4, 5, 6, 7, 12);
    int[] shape = {1, 1, 1, 2};
    assertGives(new AvgPool2d(2), image, shape, 3.5f, 6.5f);
    assertGives(new SumPool2d(2), image, shape, 14, 26);
    assertGives(new MaxPool2d(2), image, shape, 6, 12);
    INDArray line = array(new int[] {1, 1, 4}, 1, 2, 3, 8);
    assertGives(new AvgPool1d(2), line, new int[] {1, 1, 2}, 1.5f, 5.5f);
    assertGives(new SumPool1d(2), line, new int[] {1, 1, 2}, 3, 11);
    assertGives(new MaxPool1d(2), line, new int[] {1, 1, 2}, 2, 8);
    PoolOptions padded = PoolOptions.ofKernel(2).withStride(4).withPadding(1);
    assertGives(new AvgPool1d(padded), line, new int[] {1, 1, 2}, 0.5f, 4);
    assertGives(new AvgPool1d(padded.withDivisor(Divisor.VALID)), line, new int[] {1, 1, 2}, 1, 8);
  }

  @Test
  void groupsOfNeuronsVote() {
    INDArray votes = array(new int[] {2, 7}, 1, 0, 1, 1, 1, 1, 9, 0, 0, 0, 1, 0, 0, 9);
    assertGives(new VotingLayer(3), votes, new int[] {2, 2}, 2 / 3f, 1, 0, 1 / 3f);
    assertGives(
        new VotingLayer(3), votes.reshape(2, 1, 7), new int[] {2, 1, 2}, 2 / 3f, 1, 0, 1 / 3f);
    assertThat(new VotingLayer().forward(Nd4j.ones(DataType.FLOAT, 1, 30)).shape())
        .containsExactly(1, 3);
  }

  @Test
  void flattenJoinsAxesBehindTheBatch() {
    INDArray sequence = Nd4j.zeros(DataType.FLOAT, 2, 1, 3, 2, 2);
    Flatten all = new Flatten();
    all.setStepMode(StepMode.MULTI_STEP);
    assertThat(all.forward(sequence).shape()).containsExactly(2, 1, 12);
    assertThat(new Flatten(2, 3).forward(sequence.slice(0)).shape()).containsExactly(1, 3, 4);
    assertThat(new Flatten(-3, -2).forward(sequence.slice(0)).shape()).containsExactly(1, 6, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Flatten(0, -1))
        .withMessage(
            "Flatten cannot join axis 0, the batch, since samples stay apart; begin at axis 1");
  }

  @Test
  void scaleMultipliesElementByElement() {
    INDArray x = array(new int[] {1, 2, 2}, 1, 2, 3, 4);
    assertGives(new Scale(0.5), x, new int[] {1, 2, 2}, 0.5f, 1, 1.5f, 2);
    assertGives(new Scale(array(new int[] {2, 1}, 2, 10)), x, new int[] {1, 2, 2}, 2, 4, 30, 40);
  }

  @Test
  void anInputOfTheWrongRankIsRefusedInTheSeedsWords() {
    INDArray four = Nd4j.zeros(DataType.FLOAT, 1, 2, 3, 4);
    INDArray five = Nd4j.zeros(DataType.FLOAT, 1, 1, 2, 3, 4);
    Conv2d conv = new Conv2d(Nd4j.ones(DataType.FLOAT, 1, 2, 1, 1), ConvOptions.DEFAULT);
    assertRankRefused(
        conv, five, "expected x with shape [N, C, H, W], but got x with shape [1, 1, 2, 3, 4]!");
    conv.setStepMode("m");
    assertRankRefused(
        conv, four, "expected x with shape [T, N, C, H, W], but got x with shape [1, 2, 3, 4]!");
    BatchNorm1d norm = new BatchNorm1d(array(1, 1), array(1, 1), array(1, 1), array(1, 1));
    norm.setStepMode("m");
    assertRankRefused(
        norm,
        five,
        "expected x with shape [T, N, C, L] or [T, N, C], but got x with shape [1, 1, 2, 3, 4]!");
    assertRankRefused(
        new MaxPool1d(1),
        four,
        "expected x with shape [N, C, L], but got x with shape [1, 2, 3, 4]!");
  }

  @Test
  void channelsThatDoNotFitAreRefused() {
    Conv2d conv = new Conv2d(Nd4j.ones(DataType.FLOAT, 1, 2, 1, 1), ConvOptions.DEFAULT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> conv.forward(Nd4j.zeros(DataType.FLOAT, 1, 3, 4, 4)))
        .withMessageContaining("cannot take input of shape [3, 4, 4]");
  }

  @Test
  void weightsOfAnotherTypeAreRefusedAndOthersCopied() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Linear(Nd4j.ones(DataType.DOUBLE, 1, 1)))
        .withMessage("Linear weight must be float32 of rank 2, found FLOAT64 [1, 1]");
    INDArray weight = Nd4j.ones(DataType.FLOAT, 1, 1);
    Linear linear = new Linear(weight);
    weight.assign(7);
    assertGives(linear, array(new int[] {1, 1}, 3), new int[] {1, 1}, 3);
  }

  @Test
  void layersHaveNoMemories() {
    Linear linear = new Linear(Nd4j.ones(DataType.FLOAT, 1, 2));
    INDArray x = array(new int[] {1, 2}, 3, 4);
    assertThat(Memories.extractMemories(linear)).isEmpty();
    var result = Memories.toFunctionalForward(linear).run(List.of(x), List.of());
    assertThat(result.outputs()).containsExactly(linear.forward(x));
    assertThat(result.memories()).isEmpty();
  }

  @Test
  void anEmptySequenceGivesAnEmptySequence() {
    Conv2d conv = new Conv2d(Nd4j.ones(DataType.FLOAT, 5, 2, 1, 1), ConvOptions.DEFAULT);
    conv.setStepMode("m");
    assertThat(conv.forward(Nd4j.create(DataType.FLOAT, 0, 3, 2, 4, 6)).shape())
        .containsExactly(0, 3, 5, 4, 6);
  }

  private static void assertRankRefused(OperationModule layer, INDArray input, String message) {
    assertThatExceptionOfType(ModuleException.class)
        .isThrownBy(() -> layer.forward(input))
        .withMessage(message)
        .extracting(ModuleException::error)
        .isEqualTo(ModuleError.INPUT_SHAPE);
  }

  private static void assertSequence(
      OperationModule layer, INDArray input, int[] shape, float... expected) {
    layer.setStepMode(StepMode.MULTI_STEP);
    assertGives(layer, input, shape, expected);
  }

  private static void assertGives(
      OperationModule layer, INDArray input, int[] shape, float... expected) {
    Tensor output = NdArrays.toTensor(layer.forward(input));
    assertThat(output.shape()).isEqualTo(Shape.of(shape));
    assertThat(output.floats()).containsExactly(expected);
  }

  private static INDArray array(int length, float... values) {
    return array(new int[] {length}, values);
  }

  private static INDArray array(int[] shape, float... values) {
    return NdArrays.toArray(Tensor.of(Shape.of(shape), values));
  }
}
