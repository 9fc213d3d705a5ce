package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.RangeIndex;

/** Three tasks of a run that has 1000 bytes still to record, 100 in an interval of a range. */
class RecordingRoomTest {
  private static final RecordingRoom ROOM =
      new RecordingRoom(
          RangeWork.of(RangeIndex.consecutive(0, 1, 1)), Selection.all(), 10, 0, 10, 3);
  private static final WorkLeft NEED = new WorkLeft(5, 0, 100, 10, 20);
  private static final long ENOUGH = 1_000_000;

  private static Optional<String> lack(WorkLeft need, Disks disks) {
    return ROOM.lack(need, disks, "/a/run");
  }

  @Test
  void allMustFitWhereTheRunLies() {
    assertThat(lack(NEED, new Disks(1000, ENOUGH, false))).isEmpty();
    assertThat(lack(NEED, new Disks(999, ENOUGH, false)))
        .get()
        .asString()
        .contains("10 bytes per sample and step", "where /a/run lies", "--output");
  }

  /** Of three tasks, each two intervals. */
  @Test
  void whatTasksRecordAndSaveMustFitWhereTheyCollectIt() {
    assertThat(lack(NEED, new Disks(ENOUGH, 600, false))).isEmpty();
    assertThat(lack(NEED, new Disks(ENOUGH, 599, false)))
        .get()
        .asString()
        .contains("3 tasks", System.getProperty("java.io.tmpdir"), "--checkpoint-every");
    assertThat(lack(new WorkLeft(2, 0, 100, 10, 20), new Disks(ENOUGH, 400, false))).isEmpty();
  }

  /** At the end, the last interval of each of three tasks is there twice. */
  @Test
  void onOneDiskBothMustFit() {
    assertThat(lack(NEED, new Disks(1300, 1300, true))).isEmpty();
    assertThat(lack(NEED, new Disks(1299, 1299, false))).isEmpty();
    assertThat(lack(NEED, new Disks(1299, 1299, true)))
        .get()
        .asString()
        .contains("on that disk", "--output on another disk");
  }

  @Test
  void whatNobodyKnowsIsNotCompared() {
    assertThat(lack(NEED, new Disks(Disks.UNKNOWN, Disks.UNKNOWN, false))).isEmpty();
  }
}
