package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointScheduleTest {
  /** The table of Young's formula for M = 20 h and 1000 h, C = 1, 10 and 60 s. */
  @Test
  void intervalIsYoungsWithinItsBounds() {
    double day = 24 * 3600;
    // sqrt(2 * 1 * 72000) = 379.47, sqrt(2 * 10 * 72000) = 1200
    assertThat(CheckpointInterval.seconds(1, 1, 20 * 3600)).isCloseTo(379.47, within(0.01));
    assertThat(CheckpointInterval.seconds(10, 10, 20 * 3600)).isCloseTo(1200, within(0.01));
    assertThat(CheckpointInterval.seconds(0, 0, day)).isEqualTo(30);
    assertThat(CheckpointInterval.seconds(60, 60, 1000 * 3600)).isEqualTo(1800);
    assertThat(CheckpointInterval.seconds(0, 7, day)).isEqualTo(70);
    assertThat(CheckpointInterval.seconds(500, 1, day)).isEqualTo(5000);
  }

  @Test
  void fixedIntervalsEndAtTheirMultiples() {
    CheckpointSchedule fixed = new FixedSchedule(100, 30);
    assertThat(fixed.end(0)).isEqualTo(30);
    assertThat(fixed.end(45)).isEqualTo(60);
    assertThat(fixed.end(90)).isEqualTo(100);
    assertThat(new FixedSchedule(100, 0).end(7)).isEqualTo(100);
  }

  /** A step takes 10 ms, a save blocks nothing and takes 1 s: 30 s are 3000 steps. */
  @Test
  void measuredIntervalsGrowToWhatIsWorthIt() {
    AutoSchedule auto = new AutoSchedule(1_000_000, 24 * 3600);
    long at = 0;
    long[] expected = {16, 128, 1024, 3000, 3000};
    for (long steps : expected) {
      assertThat(auto.end(at) - at).isEqualTo(steps);
      at += steps;
      auto.computed(steps, steps * 0.01, 0, 1);
    }
    assertThat(auto.end(999_999)).isEqualTo(1_000_000);
  }

  /** With C = 2 s and M = 1000 s, Young says 63 s; a save of 9 s wants 90 s in between. */
  @Test
  void dearSavesComeSeldom() {
    AutoSchedule auto = new AutoSchedule(1_000_000, 1000);
    for (int i = 0; i < 6; i++) {
      auto.computed(1000, 10, 2, 3);
    }
    assertThat(auto.end(0)).isEqualTo(6324);
    auto.computed(1000, 10, 2, 9);
    assertThat(auto.end(0)).isEqualTo(9000);
    auto.computed(10, 1000, 2, 9);
    assertThat(auto.end(0)).isEqualTo(1);
  }

  @Test
  void costsAddUpAndAdvise() {
    SaveCost one = new SaveCost(4, 2, 8, 100, 10_000);
    SaveCost sum = SaveCost.sum(List.of(one.toLongs(), new long[] {3, 0}, one.toLongs()));
    assertThat(sum).isEqualTo(new SaveCost(8, 4, 16, 200, 20_000));
    // C = 0.5 s, M = 86400 s: 293.9 s; a step takes 10 ms.
    assertThat(sum.advisedSteps(86_400)).isEqualTo(29_393);
    assertThat(SaveCost.NONE.advisedSteps(86_400)).isZero();
  }

  /** From 190 on to 200, 400, 600 and 700; from 500 on to 600 and 700; from 700 on nothing. */
  @Test
  void twoIntervalsInARowAreTheLongestThatThereAre() {
    CheckpointSchedule schedule = CheckpointSchedule.every(200, 700);
    CheckpointSchedule.Work steps = (from, to) -> to - from;
    assertThat(schedule.mostOfTwo(190, steps)).isEqualTo(400);
    assertThat(schedule.mostOfTwo(500, steps)).isEqualTo(200);
    assertThat(schedule.mostOfTwo(700, steps)).isZero();
    assertThat(CheckpointSchedule.every(0, 700).mostOfTwo(190, steps)).isEqualTo(510);
    assertThat(schedule.mostOfOne(190, steps)).isEqualTo(200);
    assertThat(schedule.mostOfOne(500, steps)).isEqualTo(100);
  }

  /** Two samples to step 195 and one to step 700: 5 + 5 + 10 steps, then 200, 200 and 100. */
  @Test
  void whereSamplesEndEarlyTheIntervalWithMostOfThemCounts() {
    CheckpointSchedule schedule = CheckpointSchedule.every(200, 700);
    CheckpointSchedule.Work work =
        (from, to) -> to - from + 2.0 * Math.max(0, Math.min(195, to) - from);
    assertThat(schedule.mostOfTwo(190, work)).isEqualTo(400);
    assertThat(schedule.mostOfTwo(0, work)).isEqualTo(2 * 195 + 400);
    assertThat(schedule.mostOfOne(0, work)).isEqualTo(2 * 195 + 200);
  }
}
