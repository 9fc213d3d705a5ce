package org.velella.spark.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BinsTest {
  @Test
  void partsOfValuesAcrossDecadesAreEqualByTheirLogarithms() {
    Bins bins = Bins.of(1, 10_000, 100, 4);
    for (int part = 0; part <= 4; part++) {
      assertThat(bins.edge(part)).isCloseTo(Math.pow(10, part), within(1e-9 * 10_000));
    }
    assertThat(bins.middle(1)).isCloseTo(Math.sqrt(1000), within(1e-9));
    assertThat(bins.text()).isEqualTo("4 logarithmic bins");
  }

  /** Uniform numbers from 0 to 2 have a very small one among them, but half are above 1. */
  @Test
  void oneSmallValueMakesNoLogarithms() {
    Bins bins = Bins.of(2e-6, 2, 1, 4);
    assertThat(bins.edge(1)).isCloseTo(0.5, within(1e-5));
    assertThat(bins.middle(0)).isCloseTo(0.25, within(1e-5));
    assertThat(bins.text()).isEqualTo("4 bins");
    assertThat(Bins.of(-1, 1000, 1, 4).scale()).isEqualTo(Bins.Scale.LINEAR);
    assertThat(Bins.of(2, 19, 6, 4).scale()).isEqualTo(Bins.Scale.LINEAR);
  }
}
