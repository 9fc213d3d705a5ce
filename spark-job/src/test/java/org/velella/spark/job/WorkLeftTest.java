package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.SampleRange;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.task.CheckpointSchedule;
import org.velella.sweep.TrialList;

/** Ten samples in ranges of four: 0 to 3, 4 to 7, and 8 and 9; 100 steps. */
class WorkLeftTest {
  private static final RangeWork WORK = RangeWork.of(RangeIndex.consecutive(0, 10, 4));
  private static final SampleRange FIRST = new SampleRange(0, 4);
  private static final SampleRange SECOND = new SampleRange(4, 8);
  private static final SampleRange LAST = new SampleRange(8, 10);
  private static final long STEPS = 100;

  private static RangeEntry at(SampleRange range, long step) {
    return RangeEntry.fresh(range)
        .append(
            new RangeFileRef(RangeFileName.unique(range, step).toString(), step, 1, "00000000", ""),
            List.of());
  }

  private static WorkLeft need(Selection selection, long every, RangeEntry... saved) {
    return WorkLeft.of(
        WORK, selection, List.of(saved), STEPS, CheckpointSchedule.every(every, STEPS));
  }

  /** Of the ranges of four samples, all 100 steps are one interval. */
  @Test
  void allOfANewRun() {
    assertThat(need(Selection.all(), 0)).isEqualTo(new WorkLeft(3, 0, 1000, 400, 400));
  }

  /** 70 steps of 4 samples, and all of 4. */
  @Test
  void whatIsSavedIsRecordedAlready() {
    assertThat(need(Selection.all(), 0, at(FIRST, 30), at(LAST, 120)))
        .isEqualTo(new WorkLeft(2, 0, 280 + 400, 400, 400));
    assertThat(need(Selection.all(), 0, at(FIRST, 100), at(SECOND, 100), at(LAST, 95)))
        .isEqualTo(new WorkLeft(1, 2, 10, 10, 10));
    assertThat(need(Selection.all(), 0, at(FIRST, 100), at(SECOND, 100), at(LAST, 100)))
        .isEqualTo(new WorkLeft(0, -1, 0, 0, 0));
  }

  @Test
  void ofASelectionOnlyItsRanges() {
    Selection ends = Selection.of(List.of(FIRST, LAST));
    assertThat(need(ends, 0)).isEqualTo(new WorkLeft(2, 0, 600, 400, 400));
    assertThat(need(ends, 0, at(FIRST, 30), at(SECOND, 50)))
        .isEqualTo(new WorkLeft(2, 0, 280 + 200, 280, 280));
  }

  @Test
  void twoIntervalsAreThereAtOnce() {
    assertThat(need(Selection.all(), 40)).isEqualTo(new WorkLeft(3, 0, 1000, 160, 320));
  }

  /** From 35 on intervals of 5, 40 and 20 steps: the second and the third are 60. */
  @Test
  void theFirstIntervalMayBeTheShortest() {
    Selection first = Selection.of(List.of(FIRST));
    assertThat(need(first, 40, at(FIRST, 35)))
        .isEqualTo(new WorkLeft(1, 0, 4 * 65, 4 * 40, 4 * 60));
  }

  private static TrialList trials(TrialList before, String space) throws IOException {
    return before.extended(new ObjectMapper().readTree('"' + space + '"'), 0);
  }

  private static WorkLeft ofSweep(RunSpec.SweepShape shape, TrialList trials, RangeEntry... saved) {
    return WorkLeft.of(
        RangeWork.of(shape.layout(trials), trials, STEPS),
        Selection.all(),
        List.of(saved),
        STEPS,
        CheckpointSchedule.every(0, STEPS));
  }

  /** Two samples and places for four trials in a range. */
  @Test
  void placesWithoutATrialRecordNothing() throws IOException {
    RunSpec.SweepShape shape = new RunSpec.SweepShape(2, 4, 2);
    TrialList four = trials(TrialList.NONE, "lif.tau=2,3,4,5");
    TrialList five = trials(four, "lif.tau=6");
    assertThat(ofSweep(shape, five)).isEqualTo(new WorkLeft(2, 0, 1000, 800, 800));
    assertThat(ofSweep(shape, five, at(new SampleRange(0, 8), 100)))
        .isEqualTo(new WorkLeft(1, 1, 200, 200, 200));
    TrialList one = trials(TrialList.NONE, "lif.tau=6");
    assertThat(ofSweep(shape, trials(one, "lif.tau=2,3,4,5"), at(new SampleRange(0, 8), 100)))
        .isEqualTo(new WorkLeft(1, 1, 800, 800, 800));
  }

  /** 10, 20 and 100 steps on two samples; what is saved at step 15 lacks 5 and 85 of them. */
  @Test
  void trialsMayEndBeforeTheRun() throws IOException {
    RunSpec.SweepShape shape = new RunSpec.SweepShape(2, 4, 2);
    TrialList trials = trials(TrialList.NONE, "steps=10,20,100");
    assertThat(ofSweep(shape, trials)).isEqualTo(new WorkLeft(1, 0, 260, 260, 260));
    assertThat(ofSweep(shape, trials, at(new SampleRange(0, 8), 15)))
        .isEqualTo(new WorkLeft(1, 0, 180, 180, 180));
  }
}
