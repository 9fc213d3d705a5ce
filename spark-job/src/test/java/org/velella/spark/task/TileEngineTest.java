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
}
