package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.testkit.MemoryAssert.assertMemoriesAgree;
import static org.velella.testkit.MemoryAssert.assertMemoriesEqual;
import static org.velella.testkit.SpikeAssert.assertRecordingsAgree;
import static org.velella.testkit.SpikeAssert.assertSpikesEqual;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class AssertionsTest {
  private static final Shape T2_N3_F2 = Shape.of(2, 3, 2);

  private static Tensor recording(int changed, float value) {
    float[] elements = new float[12];
    elements[changed] = value;
    return Tensor.of(T2_N3_F2, elements);
  }

  @Test
  void equalSpikesPass() {
    assertThatCode(() -> assertSpikesEqual("lif", recording(3, 1), recording(3, 1)))
        .doesNotThrowAnyException();
  }

  @Test
  void differingSpikeIsNamedByPlace() {
    // [T=2, N=3, F=2]: flat index 9 is step 1, sample 1, neuron 1.
    assertThatThrownBy(() -> assertSpikesEqual("lif", recording(9, 1), recording(9, 0)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("lif: 1 of 12 values differ")
        .hasMessageContaining("lif: sample 1, neuron 1, step 1: expected 1.0, got 0.0");
  }

  @Test
  void differingShapesFail() {
    Tensor other = Tensor.of(Shape.of(3, 2, 2), new float[12]);
    assertThatThrownBy(() -> assertSpikesEqual("lif", recording(0, 0), other))
        .isInstanceOf(AssertionError.class)
        .hasMessage("lif: expected shape [2, 3, 2], got [3, 2, 2]");
  }

  @Test
  void zeroSignCountsOnlyWhereAsked() {
    Tensor minus = recording(0, -0.0f);
    assertThatThrownBy(() -> assertSpikesEqual("v", recording(0, 0), minus))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the sign of zero");
    assertThatCode(
            () -> assertRecordingsAgree("v", recording(0, 0), minus, Agreement.BITS_BUT_ONE_ZERO))
        .doesNotThrowAnyException();
  }

  @Test
  void onlyTheFirstDifferencesAreSpelledOut() {
    float[] ones = new float[12];
    java.util.Arrays.fill(ones, 1);
    assertThatThrownBy(() -> assertSpikesEqual("z", recording(0, 0), Tensor.of(T2_N3_F2, ones)))
        .hasMessageContaining("12 of 12")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(7));
  }

  @Test
  void differingMemoryIsNamedByPlaceAndDistance() {
    float next = Math.nextUp(0.5f);
    Map<String, Tensor> expected = Map.of("lif.v", Tensor.of(Shape.of(2, 2), floats(0.5f)));
    Map<String, Tensor> actual = Map.of("lif.v", Tensor.of(Shape.of(2, 2), floats(next)));
    assertThatThrownBy(() -> assertMemoriesEqual(9, expected, actual))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("lif.v: sample 1, neuron 0, step 9: expected 0.5, got " + next)
        .hasMessageContaining("(1 ulp)");
    assertThatCode(() -> assertMemoriesAgree(9, expected, actual, Agreement.within(1e-6)))
        .doesNotThrowAnyException();
  }

  private static float[] floats(float third) {
    return new float[] {0, 0, third, 0};
  }

  @Test
  void orderOfMemoriesCounts() {
    Tensor tensor = Tensor.of(Shape.of(1), new float[1]);
    Map<String, Tensor> expected = new LinkedHashMap<>();
    expected.put("v", tensor);
    expected.put("i", tensor);
    Map<String, Tensor> actual = new LinkedHashMap<>();
    actual.put("i", tensor);
    actual.put("v", tensor);
    assertThatThrownBy(() -> assertMemoriesEqual(0, expected, actual))
        .isInstanceOf(AssertionError.class)
        .hasMessage("Expected memories [v, i], got [i, v]");
  }

  @Test
  void typesOfMemoriesCountAndIntegersCompareExactly() {
    Map<String, Tensor> one = Map.of("k", Tensor.of(Shape.of(1), new int[] {1}));
    Map<String, Tensor> two = Map.of("k", Tensor.of(Shape.of(1), new int[] {2}));
    Map<String, Tensor> real = Map.of("k", Tensor.of(Shape.of(1), new float[] {1}));
    assertThatThrownBy(() -> assertMemoriesEqual(0, one, two)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> assertMemoriesEqual(0, one, real)).isInstanceOf(AssertionError.class);
  }

  @Test
  void ulpDistanceCountsRepresentableNumbers() {
    assertThat(Agreement.ulpDistance(-Float.MIN_VALUE, Float.MIN_VALUE)).isEqualTo(2);
    assertThat(Agreement.ulpDistance(1, Math.nextDown(1f))).isEqualTo(1);
    assertThat(Agreement.ulpDistance(-0f, 0f)).isZero();
    assertThat(Agreement.ulpDistance(Float.NaN, 1)).isEqualTo(-1);
    assertThat(Agreement.ulpDistance(Float.NaN, Float.NaN)).isZero();
  }

  @Test
  void boundsOfAgreementHold() {
    Agreement close = Agreement.within(0.25);
    assertThat(close.holds(1, 1.25f)).isTrue();
    assertThat(close.holds(1, 1.26f)).isFalse();
    assertThat(close.holds(Float.NaN, Float.NaN)).isTrue();
    assertThat(close.holds(Float.NaN, 1)).isFalse();
    assertThat(close.holds(Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY)).isTrue();
    assertThat(close.holds(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)).isFalse();
  }
}
