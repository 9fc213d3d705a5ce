package org.velella.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class SampleInputTest {
  @Test
  void valuesOfOneStepAreHeld() throws BadSampleException {
    SampleInput input = input(2, 5, Fragment.values(new float[] {3, 4}));
    assertThat(rows(input, 0, 3, 2)).containsExactly(3, 4, 3, 4, 3, 4);
    assertThat(rows(input, 1000, 1, 2)).containsExactly(3, 4);
  }

  @Test
  void valuesOfAllStepsFollowTheSteps() throws BadSampleException {
    SampleInput input = input(2, 3, Fragment.values(new float[] {1, 2, 3, 4, 5, 6, 7, 8}));
    assertThat(rows(input, 1, 2, 2)).containsExactly(3, 4, 5, 6);
  }

  @Test
  void littleEndianBytesAreTheSameAsFloats() throws BadSampleException {
    byte[] bytes = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40};
    SampleInput input = input(2, 1, Fragment.values(bytes));
    assertThat(rows(input, 0, 1, 2)).containsExactly(1, 2);
  }

  @Test
  void severalEventsOnOneElementAddUp() throws BadSampleException {
    SampleInput input =
        input(
            3,
            10,
            Fragment.events(new int[] {4, 2}, new int[] {1, 0}, 2),
            Fragment.events(new int[] {4, 9, 4}, new int[] {1, 2, 2}, 3));
    assertThat(rows(input, 2, 3, 3)).containsExactly(1, 0, 0, 0, 0, 0, 0, 2, 1);
    assertThat(input.eventsFrom(4)).isEqualTo(4);
    assertThat(input.eventsFrom(10)).isZero();
  }

  @Test
  void silentSampleIsZero() {
    assertThat(rows(SampleInput.silent(5, 2), 0, 2, 2)).containsOnly(0);
  }

  @Seeded(times = 20)
  void cuttingTheStepsChangesNothing(SplittableRandom random) throws BadSampleException {
    int width = 1 + random.nextInt(5);
    int steps = 1 + random.nextInt(20);
    int events = random.nextInt(60);
    int[] at = new int[events];
    int[] index = new int[events];
    float[] expected = new float[steps * width];
    for (int i = 0; i < events; i++) {
      at[i] = random.nextInt(steps);
      index[i] = random.nextInt(width);
      expected[at[i] * width + index[i]]++;
    }
    SampleInput input = input(width, steps, Fragment.events(at, index, events));
    float[] joined = new float[steps * width];
    for (int from = 0; from < steps; ) {
      int count = 1 + random.nextInt(steps - from);
      System.arraycopy(rows(input, from, count, width), 0, joined, from * width, count * width);
      from += count;
    }
    assertThat(joined).isEqualTo(expected);
  }

  @Test
  void refusesWhatCannotBeSimulated() {
    refuses(FailureReason.WRONG_LENGTH, "3 values", Fragment.values(new float[3]));
    refuses(FailureReason.WRONG_LENGTH, "4 values", Fragment.values(new float[4]));
    refuses(FailureReason.WRONG_LENGTH, "0 values", Fragment.values(new float[0]));
    refuses(FailureReason.WRONG_LENGTH, "7 bytes", Fragment.values(new byte[7]));
    refuses(
        FailureReason.NOT_FINITE,
        "NaN at step 2, element 1",
        Fragment.values(new float[] {0, 0, 0, 0, 0, Float.NaN}));
    refuses(
        FailureReason.NOT_FINITE,
        "-Infinity at step 0, element 0",
        Fragment.values(new float[] {Float.NEGATIVE_INFINITY, 0}));
    refuses(
        FailureReason.INDEX_OUT_OF_RANGE,
        "index 2 at step 1",
        Fragment.events(new int[] {1}, new int[] {2}, 1));
    refuses(
        FailureReason.INDEX_OUT_OF_RANGE,
        "index -1",
        Fragment.rowEvents(new int[] {1}, new int[] {-1}, 1));
    refuses(
        FailureReason.STEP_OUT_OF_RANGE,
        "step -1",
        Fragment.events(new int[] {-1}, new int[] {0}, 1));
    refuses(
        FailureReason.DUPLICATE_ID,
        "2 rows have sample_id 7",
        Fragment.values(new float[2]),
        Fragment.values(new float[2]));
    refuses(
        FailureReason.DUPLICATE_ID,
        "2 rows",
        Fragment.rowEvents(new int[0], new int[0], 0),
        Fragment.rowEvents(new int[0], new int[0], 0));
    refuses(
        FailureReason.NULL_VALUE,
        "a",
        Fragment.bad(FailureReason.NULL_VALUE, "b"),
        Fragment.bad(FailureReason.NULL_VALUE, "a"));
  }

  private static void refuses(FailureReason reason, String detail, byte[]... fragments) {
    assertThatExceptionOfType(BadSampleException.class)
        .isThrownBy(() -> input(2, 3, fragments))
        .withMessageContaining(detail)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static SampleInput input(int width, long steps, byte[]... fragments)
      throws BadSampleException {
    List<Fragment> list = Arrays.stream(fragments).map(Fragment::of).toList();
    return SampleInput.of(7, list, width, steps);
  }

  /** The sample as the middle one of a tile of three, whose other rows must stay untouched. */
  private static float[] rows(SampleInput input, long firstStep, int steps, int width) {
    float[] target = new float[steps * 3 * width];
    input.fill(firstStep, steps, target, 1, 3);
    float[] rows = new float[steps * width];
    for (int t = 0; t < steps; t++) {
      System.arraycopy(target, (t * 3 + 1) * width, rows, t * width, width);
      Arrays.fill(target, (t * 3 + 1) * width, (t * 3 + 2) * width, 0);
    }
    assertThat(target).containsOnly(0);
    return rows;
  }
}
