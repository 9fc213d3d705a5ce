package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TileEngineTest {
  /** A task is lost once for many reasons, so that only the second time is taken for a sign. */
  @ParameterizedTest
  @CsvSource({"256,0,256", "256,1,256", "256,2,128", "256,3,64", "3,2,1", "1,5,1", "256,99,1"})
  void tilesShrinkFromTheSecondTimeOn(int size, int tries, int expected) {
    assertThat(TileEngine.smaller(size, tries)).isEqualTo(expected);
  }

  /**
   * The attempt of a stage, that of the stage itself, whether Spark starts copies; of the attempts
   * before, one may be running still.
   */
  @ParameterizedTest
  @CsvSource({
    "0,0,false,0",
    "1,0,false,1",
    "3,0,false,3",
    "0,1,false,1",
    "2,1,false,3",
    "0,0,true,0",
    "1,0,true,0",
    "2,0,true,1",
    "3,0,true,2",
    "0,2,true,2",
    "1,2,true,2"
  })
  void copiesOfTasksThatRunAreNoLosses(int attempt, int stageAttempt, boolean copies, int lost) {
    assertThat(RangeStarts.lost(attempt, stageAttempt, copies)).isEqualTo(lost);
  }
}
