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
import org.velella.sweep.TrialList;

/** Ten samples in ranges of four: 0 to 3, 4 to 7, and 8 and 9. */
class RecordingRoomTest {
  private static final RangeIndex INDEX = RangeIndex.consecutive(0, 10, 4);
  private static final SampleRange FIRST = new SampleRange(0, 4);
  private static final SampleRange SECOND = new SampleRange(4, 8);
  private static final SampleRange LAST = new SampleRange(8, 10);

  private static RecordingRoom room(Selection selection, double share) {
    return new RecordingRoom(INDEX, selection, 100, share);
  }

  private static RangeEntry at(SampleRange range, long step) {
    return RangeEntry.fresh(range)
        .append(
            new RangeFileRef(RangeFileName.unique(range, step).toString(), step, 1, "00000000", ""),
            List.of());
  }

  @Test
  void allOfANewRun() {
    assertThat(room(Selection.all(), 1).sampleSteps(List.of())).isEqualTo(1000);
  }

  /** 30 steps of 4 samples and all of the last two; the run was once longer, too. */
  @Test
  void whatIsSavedIsRecordedAlready() {
    List<RangeEntry> saved = List.of(at(FIRST, 30), at(LAST, 120));
    assertThat(room(Selection.all(), 1).sampleSteps(saved)).isEqualTo(1000 - 4 * 30 - 2 * 100);
  }

  @Test
  void ofASelectionOnlyItsRanges() {
    Selection ends = Selection.of(List.of(FIRST, LAST));
    assertThat(room(ends, 1).sampleSteps(List.of())).isEqualTo(600);
    assertThat(room(ends, 1).sampleSteps(List.of(at(FIRST, 30), at(SECOND, 50))))
        .isEqualTo(600 - 4 * 30);
  }

  @Test
  void emptyPlacesAndShortTrialsRecordNothing() {
    assertThat(room(Selection.all(), 0.25).sampleSteps(List.of())).isEqualTo(250);
  }

  /** Trials of 10, 20 and 100 steps on two samples, where there are places for four trials. */
  @Test
  void shareOfASweepIsOfItsTrialsSteps() throws IOException {
    TrialList trials =
        TrialList.NONE.extended(new ObjectMapper().readTree("\"steps=10,20,100\""), 0);
    RunSpec.SweepShape shape = new RunSpec.SweepShape(2, 4, 2);
    assertThat(shape.index(trials).samples()).isEqualTo(8);
    assertThat(shape.share(trials, 100)).isEqualTo(2 * 130.0 / 800);
    assertThat(shape.share(trials, 50)).isEqualTo(2 * 80.0 / 400);
  }
}
