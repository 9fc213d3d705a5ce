package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SweepAxesTest {
  @Test
  void seedsAreListedAndCounted() {
    RunConfig.Builder run = RunConfig.builder();
    new SweepAxes().grid(List.of("lif.tau=1,2")).seeds("7,-1:2").addTo(run, 0);
    run.network("n").input("i").output("o").steps(1);
    assertThat(run.build().seeds()).containsExactly(7L, -1L, 0L, 1L, 2L);
  }

  @Test
  void seedsThatAreNoneOrTooManyAreRefused() {
    for (String text :
        List.of(
            "x",
            "3:2",
            "1:2:3",
            "0:10000000",
            "1,0:9999999",
            "-9223372036854775808:9223372036854775807",
            "-9000000000000000000:9000000000000000000",
            "0:9223372036854775807")) {
      assertThatThrownBy(() -> new SweepAxes().seeds(text))
          .as(text)
          .isInstanceOf(UsageException.class)
          .hasMessage("--seeds %s: give 1,2,3 or 0:99, at most 10000000 seeds", text);
    }
  }
}
