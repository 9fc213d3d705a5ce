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

/** Ten samples in ranges of four: 0 to 3, 4 to 7, and 8 and 9; 100 steps; two kinds. */
class ManifestRoomTest {
  private static final RangeWork WORK = RangeWork.of(RangeIndex.consecutive(0, 10, 4));
  private static final SampleRange FIRST = new SampleRange(0, 4);
  private static final SampleRange LAST = new SampleRange(8, 10);
  private static final long STEPS = 100;

  private static ManifestRoom room(Selection selection, long every) {
    return new ManifestRoom(WORK, selection, STEPS, every, 2);
  }

  private static RangeEntry at(SampleRange range, long step) {
    return RangeEntry.fresh(range)
        .append(
            new RangeFileRef(RangeFileName.unique(range, step).toString(), step, 1, "00000000", ""),
            List.of());
  }

  private static double more(long every, RangeEntry... saved) {
    return room(Selection.all(), every).more(List.of(saved));
  }

  /** Of 40 steps there are three intervals, the last one shorter. */
  @Test
  void eachIntervalOfEachRangeLeavesAFileOfEachKind() {
    assertThat(more(40)).isEqualTo(3 * 2 * 3);
    assertThat(more(50)).isEqualTo(3 * 2 * 2);
    assertThat(more(1)).isEqualTo(3 * 2 * 100);
    assertThat(more(1000)).isEqualTo(3 * 2);
  }

  @Test
  void intervalsOfNoGivenLengthAreOne() {
    assertThat(more(0)).isEqualTo(3 * 2);
    assertThat(more(Manner.AUTO)).isEqualTo(3 * 2);
  }

  /** From step 35 on intervals end at 40, 80 and 100, from 80 on at 100. */
  @Test
  void whatIsSavedLacksWhatComesAfterIt() {
    assertThat(more(40, at(FIRST, 35), at(LAST, 80))).isEqualTo(2 * (3 + 3 + 1));
    assertThat(more(40, at(FIRST, 100), at(LAST, 120))).isEqualTo(2 * 3);
  }

  @Test
  void ofASelectionOnlyItsRanges() {
    assertThat(room(Selection.of(List.of(FIRST, LAST)), 40).more(List.of(at(FIRST, 80))))
        .isEqualTo(2 * (1 + 3));
  }

  /** Trials of 10 and 20 steps share a range; the one of 100 has its own, with room for another. */
  @Test
  void rangesWhoseTrialsHaveAllEndedRecordNothing() throws IOException {
    RunSpec.SweepShape shape = new RunSpec.SweepShape(2, 2, 2);
    TrialList trials =
        TrialList.NONE.extended(new ObjectMapper().readTree("\"steps=10,20,100\""), 0);
    ManifestRoom sweep =
        new ManifestRoom(
            RangeWork.of(shape.layout(trials), trials, STEPS), Selection.all(), STEPS, 5, 1);
    assertThat(sweep.more(List.of())).isEqualTo(4 + 20);
    assertThat(sweep.more(List.of(at(new SampleRange(0, 4), 15)))).isEqualTo(1 + 20);
    assertThat(sweep.more(List.of(at(new SampleRange(0, 4), 20)))).isEqualTo(20);
  }

  /** Half of 708,000 bytes has room for 200 entries of 270 bytes, read with 1,500 more each. */
  @Test
  void whatIsListedAlreadyTakesHalfOfTheHeapTogetherWithWhatComes() {
    ManifestRoom room = room(Selection.all(), 40);
    assertThat(room.lack(182, 18, 708_000, false)).isEmpty();
    assertThat(room.lack(182, 18, 707_999, false))
        .get()
        .asString()
        .contains(
            "200 recordings",
            "ranges: 3, kinds: 2, intervals: up to 3",
            "half of its heap",
            "takes 0.3 MiB")
        .contains("--checkpoint-every", "--range-size", "spark.driver.memory");
    assertThat(room.lack(182, 19, 708_000, false)).isPresent();
  }

  /** 250,000 entries, and of one part's 4,096 what reading takes: 73,644,000 bytes. */
  @Test
  void ofManyRangesOnePartIsReadAtATime() {
    RangeWork work = RangeWork.of(RangeIndex.consecutive(0, 1_000_000, 4));
    ManifestRoom room = new ManifestRoom(work, Selection.all(), STEPS, 0, 1);
    assertThat(room.lack(0, 250_000, 147_288_000, false)).isEmpty();
    assertThat(room.lack(0, 250_000, 147_287_999, false)).isPresent();
    // Those of a selection may all be in one part.
    assertThat(room.lack(0, 4000, 2 * 4000 * 1770, false)).isEmpty();
    assertThat(room.lack(0, 4000, 2 * 4000 * 1770 - 1, false)).isPresent();
  }

  @Test
  void onlyWhatHelpsIsAdvised() {
    assertThat(room(Selection.all(), 40).lack(0, 18, 1, true))
        .get()
        .asString()
        .contains("--checkpoint-every")
        .doesNotContain("--range-size");
    assertThat(room(Selection.all(), Manner.AUTO).lack(0, 6, 1, false))
        .get()
        .asString()
        .contains("--range-size")
        .doesNotContain("--checkpoint-every");
  }

  /** Whoever has come to the end is not kept from publishing. */
  @Test
  void whereNothingIsStillToComeNothingIsRefused() {
    assertThat(room(Selection.all(), 40).lack(1_000_000, 0, 1, true)).isEmpty();
  }
}
