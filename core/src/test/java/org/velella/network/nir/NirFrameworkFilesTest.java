package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkRun;
import org.velella.network.OutputOperation;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Small networks with what they compute, for the importers of frameworks: {@code
 * .ci/extra/nir_frameworks.py} has them open the files that stay in {@code target/nir-frameworks}
 * and compares.
 */
class NirFrameworkFilesTest {
  private static final Path WRITTEN = Path.of("target/nir-frameworks");
  private static final int STEPS = 250;
  private static final int INPUTS = 4;
  private static final int HIDDEN = 8;
  private static final int OUTPUTS = 3;

  /** The limits of every importer: no leak potential, r = 1 in a LIF, one threshold for all. */
  private static NirBuilder file(float tau, float threshold, SplittableRandom random) {
    NirBuilder file = NirBuilder.ofInput(INPUTS).output("output", OUTPUTS);
    layer(file, "1", INPUTS, HIDDEN, tau, threshold, 1, random);
    layer(file, "2", HIDDEN, OUTPUTS, 2 * tau, threshold, 1, random);
    return file.chain("input", "fc1", "lif1", "fc2", "lif2", "output");
  }

  private static void layer(
      NirBuilder file,
      String name,
      int inputs,
      int outputs,
      float tau,
      float threshold,
      float r,
      SplittableRandom random) {
    float[] weight = new float[inputs * outputs];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) random.nextDouble(-0.5, 2);
    }
    file.node(
        "fc" + name,
        "Affine",
        "weight",
        NirBuilder.shaped(weight, outputs, inputs),
        "bias",
        NirBuilder.filled(outputs, 0.03125f));
    file.node(
        "lif" + name,
        "LIF",
        "tau",
        NirBuilder.filled(outputs, tau),
        "r",
        NirBuilder.filled(outputs, r),
        "v_leak",
        new float[outputs],
        "v_threshold",
        NirBuilder.filled(outputs, threshold),
        "v_reset",
        new float[outputs]);
  }

  /** A LIF that an Affine feeds back, in the form that the framework's importer knows. */
  private static NirBuilder recurrent(float r, SplittableRandom random) {
    boolean nested = r != 1;
    NirBuilder rnn = nested ? NirBuilder.ofInput(OUTPUTS) : NirBuilder.ofInput(INPUTS);
    layer(rnn, "2", OUTPUTS, OUTPUTS, 0.0025f, r * 0.1f, r, random);
    rnn.output("output", OUTPUTS).chain("lif2", "fc2", "lif2", "output");
    NirBuilder file = nested ? NirBuilder.ofInput(INPUTS).output("output", OUTPUTS) : rnn;
    layer(file, "1", INPUTS, OUTPUTS, 0.0025f, 0.1f, 1, random);
    if (nested) {
      file.graph("rnn", rnn.edge("input", "lif2")).chain("input", "fc1", "lif1", "rnn", "output");
    } else {
      file.chain("input", "fc1", "lif1", "lif2");
    }
    return file;
  }

  /** Norse leaves r out; snnTorch knows recurrent neurons with r = tau / dt alone. */
  @ParameterizedTest
  @CsvSource({"norse, 1", "snntorch, 25"})
  void recurrentOneIsWrittenWithWhatItComputes(String preset, float r) throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    NirImport read = recurrent(r, random).read(preset, 1e-4);
    String last = r == 1 ? "lif2" : "rnn.lif2";
    write(preset + "-recurrent", read, last, random);
  }

  /** Sinabs takes time constants for steps; it and Spyx add inputs whole. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "norse; norse; 1e-4; 0.0025; 0.1",
        "snntorch; snntorch; 1e-4; 0.0025; 0.1",
        "sinabs; sinabs,input=charge; 1; 25; 2.5",
        "spyx; spyx,input=charge; 1e-4; 0.0025; 2.5"
      })
  void isWrittenWithWhatItComputes(
      String name, String convention, double dt, float tau, float threshold) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    write(name, file(tau, threshold, random).read(convention, dt), "lif2", random);
  }

  /** Neurons of the catalogue, which SpikingJelly's importer knows in NIR's words. */
  @Test
  void neuronsOfTheCatalogueAreWrittenWithWhatTheyCompute() throws IOException {
    SplittableRandom random = new SplittableRandom(17);
    List<NeuronModel> models =
        List.of(
            NeuronModels.lif(InputDecay.ON, ResetKind.HARD),
            NeuronModels.cubaLif(ResetKind.HARD),
            NeuronModels.lif(InputDecay.OFF, ResetKind.HARD),
            NeuronModels.parametricLif(InputDecay.ON, ResetKind.HARD),
            NeuronModels.integrateAndFire(ResetKind.HARD));
    Network.Builder builder = Network.builder();
    builder.node("input", new InputOperation(Shape.of(INPUTS)));
    String before = "input";
    int width = INPUTS;
    for (int layer = 0; layer < models.size(); layer++) {
      int next = layer == models.size() - 1 ? OUTPUTS : HIDDEN;
      float[] weight = new float[next * width];
      for (int i = 0; i < weight.length; i++) {
        weight[i] = (float) random.nextDouble(-0.5, 1.5);
      }
      builder.node(
          "fc" + layer, new LinearOperation(Tensor.of(Shape.of(next, width), weight), null));
      builder.node("pop" + layer, new NeuronOperation(models.get(layer), Map.of()));
      builder.edge(before, "fc" + layer).edge("fc" + layer, "pop" + layer);
      before = "pop" + layer;
      width = next;
    }
    Network network = builder.node("output", new OutputOperation()).edge(before, "output").build();
    NirConvention convention = NirWriter.conventionOf(network).orElseThrow();

    assertThat(convention).isEqualTo(NirConvention.named("spikingjelly"));
    writeFiles("spikingjelly", network, convention, 1e-3, before, random);
  }

  private static void write(String name, NirImport read, String last, SplittableRandom random)
      throws IOException {
    Path file = writeFiles(name, read.network(), read.convention(), read.dt(), last, random);
    assertThat(NetworkDigest.of(NirReader.read(file, read.convention(), read.dt())))
        .isEqualTo(NetworkDigest.of(read.network()));
  }

  private static Path writeFiles(
      String name,
      Network network,
      NirConvention convention,
      double dt,
      String last,
      SplittableRandom random)
      throws IOException {
    float[][] input = new float[STEPS][INPUTS];
    for (float[] step : input) {
      for (int i = 0; i < INPUTS; i++) {
        step[i] = random.nextInt(4) == 0 ? 1 : 0;
      }
    }

    float[][] spikes = NirRun.outputs(network, input);
    int count = 0;
    for (float[] step : spikes) {
      for (float each : step) {
        count += (int) each;
      }
    }

    assertThat(count).isBetween(STEPS / 25, STEPS * OUTPUTS);
    Files.createDirectories(WRITTEN);
    Path file = WRITTEN.resolve(name + ".nir");
    NirWriter.write(file, network, convention, dt);
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("dt", dt);
    expected.put("input", input);
    expected.put("spikes", spikes);
    expected.put("v", NetworkRun.of(network, input, last, "v").trace());
    new ObjectMapper().writeValue(WRITTEN.resolve(name + ".json").toFile(), expected);
    return file;
  }
}
