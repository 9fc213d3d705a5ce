package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.spark.bench.Measurement;

class RatioFloorsTest {
  private static Measurement of(String phase, Map<String, Double> ratios) {
    return new Measurement(
        "W6", "any", 1, Map.of("phase", phase), new double[] {1}, Map.of(), "", ratios);
  }

  @Test
  void measurementsBelowAreNamed() {
    RatioFloors floors = new RatioFloors(Map.of("of_plain_copy", 0.6));
    floors.look(of("save", Map.of("of_plain_copy", 0.6, "other", 0.1)));
    floors.look(of("restore", Map.of("other", 0.1)));
    assertThat(floors.failures()).isEmpty();
    floors.look(of("restore", Map.of("of_plain_copy", 0.5994)));
    floors.look(of("save", Map.of("of_plain_copy", Double.NaN)));
    assertThat(floors.failures())
        .containsExactly(
            "W6 {phase=restore}: of_plain_copy is 0.599, less than 0.6",
            "W6 {phase=save}: of_plain_copy is NaN, less than 0.6");
  }

  @Test
  void ratioThatNothingTellsIsNoProof() {
    RatioFloors floors = new RatioFloors(Map.of("of_a_copy", 0.6));
    floors.look(of("save", Map.of("of_plain_copy", 0.9)));
    assertThat(floors.failures())
        .containsExactly(
            "No measurement has told the ratio 'of_a_copy'; told were [of_plain_copy]");
  }
}
