package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NirExplanationTest {
  private static List<String> lines(NirBuilder file, String convention) {
    return NirExplanation.lines(file.bytes(), "test.nir", NirConvention.named(convention), 0.125);
  }

  private static NirBuilder recurrent() {
    return NirBuilder.ofInput(2)
        .output("output", 2)
        .node(
            "lif",
            "LIF",
            "tau",
            0.5f,
            "r",
            2f,
            "v_leak",
            0f,
            "v_threshold",
            new float[] {1, 2},
            "v_reset",
            0f)
        .node(
            "w",
            "Affine",
            "weight",
            new float[][] {{1, 0}, {0, 1}},
            "bias",
            new float[] {0.25f, -0.5f})
        .chain("input", "lif", "output")
        .chain("lif", "w", "lif");
  }

  @Test
  void stepsOfEveryPresetAreGivenWithTheNumbersOfTheFile() {
    assertThat(lines(recurrent(), "spyx"))
        .containsExactly(
            "lif (LIF) [2]",
            "  spyx",
            "    v begins at 0",
            "    s = v > {1..2}",
            "    u = 0.75 * v + 0.5 * x",
            "    h = u - s * {1..2}",
            "    v = h",
            "  norse",
            "    v begins at 0",
            "    h = v + 0.25 * (0 - v + 2 * x)",
            "    s = h > {1..2}",
            "    v = where(s, 0, h)",
            "  snntorch",
            "    v begins at 0",
            "    h = 0.75 * v + x",
            "    s = h > {2..4}",
            "    v = where(s, 0, h)",
            "  sinabs, rockpool",
            "    v begins at 0",
            // e^(-1/4) is 0.77880078…
            "    h = 0.7788008 * v + 0.5 * x",
            "    s = where(h > 0, trunc(h / {1..2}), 0)",
            "    v = h - s * {1..2}",
            "  spikingjelly",
            "    v begins at 0",
            "    h = v + (0 - v + 2 * x) / 4",
            "    s = h >= {1..2}",
            "    v = where(s, 0, h)",
            "w (Affine) y = W x + b, W [2, 2]",
            "w -> lif delivers one step late; at the first step",
            "  spyx, norse, sinabs, rockpool, spikingjelly",
            "    nothing: zeros, and no bias",
            "  snntorch",
            "    what w gives while nothing has fired: {-0.5..0.25}");
  }

  @Test
  void productWithZeroIsNotTakenForALeakToZero() {
    NirBuilder file =
        NirBuilder.around(
            "LIF",
            new long[] {1},
            "tau",
            0.5f,
            "r",
            0f,
            "v_leak",
            0f,
            "v_threshold",
            1f,
            "v_reset",
            0f);

    assertThat(lines(file, "norse")).contains("    h = v + 0.25 * (0 - v + 0 * x)");
  }

  @Test
  void timeStepMustBePositive() {
    byte[] bytes = recurrent().bytes();
    for (double dt : new double[] {0, Double.NaN}) {
      assertThatThrownBy(
              () -> NirExplanation.lines(bytes, "a.nir", NirConvention.named("norse"), dt))
          .isInstanceOf(NirException.class)
          .hasMessageContaining("The time step must be a positive number of seconds, found " + dt);
    }
  }

  @Test
  void presetThatRefusesTheFileSaysWhy() {
    NirBuilder file =
        NirBuilder.around("IF", new long[] {1}, "r", -1f, "v_threshold", 1f, "v_reset", 0f);

    assertThat(lines(file, "norse,compare=greater-equal"))
        .contains("  as asked")
        .last()
        .asString()
        .startsWith("snntorch refuses the file: node node (IF)");
    assertThatThrownBy(() -> lines(file, "snntorch"))
        .isInstanceOf(NirException.class)
        .hasMessageStartingWith("NIR file test.nir: node node (IF)");
  }
}
