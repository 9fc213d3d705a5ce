package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.RangeIndex;

class SampleIdsTest {
  /** Ids 100 to 122 in ranges of 4: [100, 104), …, [120, 123). */
  private static final RangeIndex INDEX = RangeIndex.consecutive(100, 23, 4);

  private static String selected(RangeIndex index, String ids) {
    return SampleIds.parse(ids).of(index).toString();
  }

  @Test
  void rangesThatHoldASelectedSampleAreSelected() {
    assertThat(selected(INDEX, "104:108")).isEqualTo("samples [4, 8)");
    assertThat(selected(INDEX, "104:109")).isEqualTo("samples [4, 12)");
    assertThat(selected(INDEX, "103:104")).isEqualTo("samples [0, 4)");
    assertThat(selected(INDEX, "119:")).isEqualTo("samples [16, 23)");
    assertThat(selected(INDEX, ":101, 122:9000")).isEqualTo("samples [0, 4), [20, 23)");
  }

  @Test
  void everythingIsAll() {
    assertThat(SampleIds.parse("").of(INDEX)).isEqualTo(Selection.all());
    assertThat(SampleIds.parse(":").of(INDEX)).isEqualTo(Selection.all());
    assertThat(SampleIds.parse("0:1000").of(INDEX)).isEqualTo(Selection.all());
  }

  @Test
  void idsMayHaveGaps() {
    RangeIndex sparse = RangeIndex.sparse(new long[] {-50, 10, 1000}, 11, 4);
    assertThat(selected(sparse, "-60:-50,1000:")).isEqualTo("samples [8, 11)");
    assertThat(selected(sparse, "-1:0")).isEqualTo("samples [0, 4)");
    assertThat(selected(sparse, "9:500")).isEqualTo("samples [0, 8)");
  }

  @Test
  void whatSelectsNothingIsRefused() {
    String[] wrong = {"5", "a:b", "3:3", "4:3", "1:2:3", "0:99999999999999999999", ",1:2", "1:2,"};
    for (String text : wrong) {
      assertThatExceptionOfType(UsageException.class)
          .as(text)
          .isThrownBy(() -> SampleIds.parse(text))
          .withMessageContaining("--samples");
    }
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> SampleIds.parse("0:100").of(INDEX))
        .withMessageContaining("begin at 100");
  }
}
