package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.velella.network.Network;
import org.velella.network.NetworkRun;

/**
 * A CubaLIF that feeds back on itself through an Affine, five steps by hand under three presets.
 * With dt = 1/8, tau_syn = 1/4 and w_in = 2 a step of the current is i/2 + x; with tau_mem = 1/2
 * and r = 2 a step of the potential is 3/4 v + 1/2 i. The Affine gives 1/4 - s one step late.
 */
@Tag("files")
class NirRecurrentTest {
  private static final float[][] INPUT = {{2}, {0}, {2}, {0}, {2}};

  private static NirBuilder recurrent(NirBuilder file) {
    return file.node(
            "cuba",
            "CubaLIF",
            "tau_syn",
            0.25f,
            "tau_mem",
            0.5f,
            "r",
            2f,
            "v_leak",
            0f,
            "w_in",
            2f,
            "v_threshold",
            1f,
            "v_reset",
            -0.5f)
        .node("w", "Affine", "weight", new float[][] {{-1}}, "bias", new float[] {0.25f})
        .chain("input", "cuba", "output")
        .chain("cuba", "w", "cuba");
  }

  private static void assertRuns(
      String convention, List<Integer> spikes, float[] potentials, float[] currents) {
    NirBuilder flat = recurrent(NirBuilder.ofInput(1).output("output", 1));
    Network network = flat.read(convention, 0.125).network();
    assertThat(NetworkRun.of(network, INPUT, "cuba", "v").spikeSteps()).isEqualTo(spikes);
    assertThat(NetworkRun.of(network, INPUT, "cuba", "v").firstNeuron())
        .containsExactly(potentials);
    assertThat(NetworkRun.of(network, INPUT, "cuba", "i").firstNeuron()).containsExactly(currents);

    // The form in which frameworks export a recurrent layer: a graph of its own.
    NirBuilder layer = recurrent(NirBuilder.ofInput(1).output("output", 1));
    NirBuilder nested = NirBuilder.ofInput(1).output("output", 1).graph("rnn", layer);
    Network other = nested.chain("input", "rnn", "output").read(convention, 0.125).network();
    assertThat(NetworkRun.of(other, INPUT, "rnn.cuba", "v").firstNeuron())
        .containsExactly(potentials);
  }

  /**
   * Nothing comes back at the first step; a spike resets in its own step.
   *
   * <pre>
   * t  back   i                      h = 3/4 v + 1/2 i             s  v
   * 0   0     0/2      + 2 = 2       0       + 1       = 1         0  1
   * 1   1/4   2/2    + 1/4 = 5/4     3/4     + 5/8     = 11/8      1  -1/2
   * 2  -3/4   5/8    + 5/4 = 15/8    -3/8    + 15/16   = 9/16      0  9/16
   * 3   1/4   15/16  + 1/4 = 19/16   27/64   + 19/32   = 65/64     1  -1/2
   * 4  -3/4   19/32  + 5/4 = 59/32   -3/8    + 59/64   = 35/64     0  35/64
   * </pre>
   */
  @Test
  void norseFeedsBackNothingAtFirstAndResetsInTheSameStep() {
    assertRuns(
        "norse",
        List.of(1, 3),
        new float[] {1, -0.5f, 9 / 16f, -0.5f, 35 / 64f},
        new float[] {2, 5 / 4f, 15 / 8f, 19 / 16f, 59 / 32f});
  }

  /**
   * The bias comes back at the first step. Potentials are counted in what one unit of input adds,
   * which is 1/2: a step is 3/4 v + i, the threshold is 2, the reset -1.
   *
   * <pre>
   * t  back   i                        h = 3/4 v + i                    s  v
   * 0   1/4   0/2     + 9/4 = 9/4      0        + 9/4     = 9/4         1  -1
   * 1  -3/4   9/8     - 3/4 = 3/8      -3/4     + 3/8     = -3/8        0  -3/8
   * 2   1/4   3/16    + 9/4 = 39/16    -9/32    + 39/16   = 69/32       1  -1
   * 3  -3/4   39/32   - 3/4 = 15/32    -3/4     + 15/32   = -9/32       0  -9/32
   * 4   1/4   15/64   + 9/4 = 159/64   -27/128  + 159/64  = 291/128     1  -1
   * </pre>
   */
  @Test
  void snntorchFeedsBackTheBiasAtFirstAndScalesTheThreshold() {
    assertRuns(
        "snntorch",
        List.of(0, 2, 4),
        new float[] {-1, -3 / 8f, -1, -9 / 32f, -1},
        new float[] {9 / 4f, 3 / 8f, 39 / 16f, 15 / 32f, 159 / 64f});
  }

  /**
   * Nothing comes back at the first step; a potential above the threshold sends its spike and is
   * reset, by the threshold, in the step after.
   *
   * <pre>
   * t  back   s = v > 1   i                       v = 3/4 v + 1/2 i - s
   * 0   0     0           0/2     + 2   = 2       0        + 1        = 1
   * 1   1/4   0           2/2     + 1/4 = 5/4     3/4      + 5/8      = 11/8
   * 2   1/4   1           5/8     + 9/4 = 23/8    33/32    + 23/16    - 1 = 47/32
   * 3  -3/4   1           23/16   - 3/4 = 11/16   141/128  + 11/32    - 1 = 57/128
   * 4  -3/4   0           11/32   + 5/4 = 51/32   171/512  + 51/64    = 579/512
   * </pre>
   */
  @Test
  void spyxSpikesAndSubtractsOneStepLate() {
    assertRuns(
        "spyx",
        List.of(2, 3),
        new float[] {1, 11 / 8f, 47 / 32f, 57 / 128f, 579 / 512f},
        new float[] {2, 5 / 4f, 23 / 8f, 11 / 16f, 51 / 32f});
  }

  /**
   * A bias of 1/4 and one of 1/2 go back through delays of none and of two steps, and integrators
   * add up what comes. Where nothing is delayed, the first step gets the bias at once; the other
   * gets that of step 0 three steps later, of which one is that of the cycle.
   */
  @Test
  void firstStepUnderSnntorchGetsTheBiasThatADelayDoesNotHoldBack() {
    NirBuilder file =
        NirBuilder.ofInput(2)
            .node("if", "IF", "r", new float[] {8, 8}, "v_threshold", new float[] {99, 99})
            .node("w", "Affine", "weight", new float[2][2], "bias", new float[] {0.25f, 0.5f})
            .node("late", "Delay", "delay", new float[] {0, 0.25f})
            .output("output", 2)
            .chain("input", "if", "w", "late", "if", "output");

    NetworkRun run =
        NetworkRun.of(file.read("snntorch", 0.125).network(), new float[5][2], "if", "v");

    assertThat(run.trace())
        .containsExactly(
            new float[] {0.25f, 0},
            new float[] {0.5f, 0},
            new float[] {0.75f, 0},
            new float[] {1, 0.5f},
            new float[] {1.25f, 1});
  }
}
