package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultDivisionTest {
  private static int[] begins(int ranges, int rangeSize) {
    return ResultDivision.begins(List.of(0), ranges, rangeSize);
  }

  @Test
  void fewSamplesAreOneFile() {
    assertThat(begins(1, 1)).containsExactly(0, 1);
    assertThat(begins(7, 4096)).containsExactly(0, 7);
    assertThat(begins(3, 65_536 + 1)).containsExactly(0, 1, 2, 3);
  }

  /** 100,000 samples: two files of 16 and 9 ranges would leave a core waiting. */
  @Test
  void filesAreOfAboutTheSameLength() {
    assertThat(begins(25, 4096)).containsExactly(0, 6, 12, 18, 25);
    assertThat(begins(8, 4096)).containsExactly(0, 4, 8);
    // 10^6 samples are 245 ranges, of which a file has 16 at most.
    int[] million = begins(245, 4096);
    assertThat(million).hasSize(17).startsWith(0).endsWith(245);
    for (int file = 0; file < 16; file++) {
      assertThat(million[file + 1] - million[file]).isIn(15, 16);
    }
  }

  @Test
  void generationsHaveFilesOfTheirOwnThatStayAsTheyAre() {
    assertThat(ResultDivision.begins(List.of(0, 25), 27, 4096))
        .containsExactly(0, 6, 12, 18, 25, 27);
    assertThat(ResultDivision.begins(List.of(0, 25, 27), 45, 4096))
        .containsExactly(0, 6, 12, 18, 25, 27, 31, 36, 40, 45);
  }
}
