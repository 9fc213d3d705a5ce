package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.network.Network;
import org.velella.network.NetworkRun;
import org.velella.tensor.Tensor;
import org.velella.testkit.Oracle;

/** The LIF neuron of the NIR paper against the traces that five simulators published. */
class NirLifOracleTest {
  private static final double DT = 1e-4;

  /** The published columns, each number rounded to float32. */
  private record Published(float[] input, float[] voltage, List<Integer> spikeSteps) {
    static Published of(String simulator) throws IOException {
      Path file = Oracle.path("nir-lif/lif_" + simulator + ".csv");
      List<String> lines = Files.readAllLines(file);
      float[] input = new float[lines.size()];
      float[] voltage = new float[lines.size()];
      List<Integer> spikes = new ArrayList<>();
      for (int t = 0; t < input.length; t++) {
        String[] columns = lines.get(t).split(",");
        input[t] = Float.parseFloat(columns[0]);
        voltage[t] = Float.parseFloat(columns[1]);
        for (int i = 0; i < (int) Float.parseFloat(columns[2]); i++) {
          spikes.add(t);
        }
      }
      return new Published(input, voltage, spikes);
    }
  }

  private static NetworkRun run(String convention, float[] input) {
    Network network =
        NirReader.read(Oracle.path("nir-lif/lif_norse.nir"), NirConvention.named(convention), DT);
    float[][] steps = new float[input.length][];
    for (int t = 0; t < steps.length; t++) {
      steps[t] = new float[] {input[t]};
    }
    return NetworkRun.of(network, steps, "1", "v");
  }

  private static float[] unitSpikes(float[] input) {
    float[] spikes = new float[input.length];
    for (int t = 0; t < spikes.length; t++) {
      spikes[t] = input[t] > 0 ? 1 : 0;
    }
    return spikes;
  }

  private static void assertBitEqual(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int t = 0; t < expected.length; t++) {
      assertThat(Tensor.canonicalBits(actual[t]))
          .as("voltage at step %d: %s, published %s", t, actual[t], expected[t])
          .isEqualTo(Tensor.canonicalBits(expected[t]));
    }
  }

  private static String sha256(float[] values) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
    return HexFormat.of().formatHex(digest);
  }

  @ParameterizedTest
  @CsvSource({
    "norse, 6946a562, 460 510 710 760",
    "snntorch, 50a4f0a9, 460 510 710 760",
    "sinabs, f13d7029, 450 500 710 760",
    "rockpool, f13d7029, 450 500 710 760",
    "spyx, bd34ad35, 461 511 711 761"
  })
  void presetGivesThePublishedVoltagesBitForBitAndItsSpikes(
      String simulator, String digest, String spikes) throws Exception {
    Published published = Published.of(simulator);

    NetworkRun run = run(simulator, unitSpikes(published.input()));

    assertBitEqual(run.firstNeuron(), published.voltage());
    assertThat(run.firstNeuron()).hasSize(1000);
    assertThat(sha256(run.firstNeuron())).startsWith(digest);
    assertThat(run.spikeSteps()).isEqualTo(published.spikeSteps());
    assertThat(run.spikeSteps()).map(String::valueOf).containsExactly(spikes.split(" "));
  }

  @Test
  void sinabsColumnIsItsInputAlreadyScaledSoThatItAddsAsACharge() throws IOException {
    Published published = Published.of("sinabs");
    assertThat(published.input()).contains(0.04f).doesNotContain(1f);

    assertBitEqual(
        run("sinabs,input=charge", published.input()).firstNeuron(), published.voltage());
  }

  @Test
  void zeroOrderHoldFollowsNengosExactStepsInUnitsOfTheThreshold() throws IOException {
    Published nengo = Published.of("nengo");

    NetworkRun run = run("norse,decay=zero-order-hold", nengo.input());

    float[] voltage = run.firstNeuron();
    for (int t = 0; t < voltage.length; t++) {
      assertThat((double) voltage[t])
          .as("voltage at step %d", t)
          .isCloseTo(0.1 * nengo.voltage()[t], org.assertj.core.data.Offset.offset(1e-7));
    }
    assertThat(run.spikeSteps()).isEqualTo(nengo.spikeSteps());
  }

  @Test
  void outputShapeThatRockpoolDeclaresOtherwiseIsReported() {
    NirImport imported =
        NirReader.readWithNotes(
            Oracle.path("nir-lif/lif_rockpool.nir"), NirConvention.named("rockpool"), DT);

    assertThat(imported.notes())
        .containsExactly(
            "node output (Output): dataset 'shape' declares [1, 1, 1], the edges give [1], which"
                + " was taken");
    assertThat(imported.network().memories()).containsOnlyKeys("1_LIFNeuronTorch.v");
  }
}
