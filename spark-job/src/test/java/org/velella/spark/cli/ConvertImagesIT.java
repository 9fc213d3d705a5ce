package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.LatencyOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunTables;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * From images to spikes of encoders: what a run computes of a converted table, against its pixels
 * as Python has written them down.
 */
class ConvertImagesIT {
  private static final Path GOLDEN =
      Path.of("..", "core", "src", "test", "resources", "golden", "datasets");

  private static final int STEPS = 16;

  @TempDir Path folder;

  private static JsonNode expected(String name) throws IOException {
    return new ObjectMapper().readTree(GOLDEN.resolve("expected.json").toFile()).get(name);
  }

  /** Neurons that spike whenever their encoder does, so that both can be recorded. */
  private static Network network(Shape image) {
    NeuronOperation neurons =
        new NeuronOperation(NeuronModels.integrateAndFire(ResetKind.SOFT), Map.of());
    return Network.builder()
        .node("input", new InputOperation(image))
        .node("poisson", BernoulliOperation.dense())
        .node("latency", new LatencyOperation(STEPS, LatencyOperation.Curve.LINEAR))
        .node("random", neurons)
        .node("early", neurons)
        .node("both", neurons)
        .node("output", new OutputOperation())
        .edge("input", "poisson")
        .edge("input", "latency")
        .edge("poisson", "random")
        .edge("latency", "early")
        .edge("random", "both")
        .edge("early", "both")
        .edge("both", "output")
        .build();
  }

  private Path run(String name, String network, String input) {
    Path run = folder.resolve(name);
    CommandLineRun simulated =
        CommandLineRun.of(
            "simulate",
            "--network=" + network,
            "--input=" + input,
            "--steps=" + STEPS,
            "--seed=5",
            "--record=spikes:random,spikes:early",
            "--output=" + run,
            "-q");
    assertThat(simulated.err()).isEmpty();
    assertThat(simulated.exitCode()).isZero();
    return run;
  }

  /** A spike of each pixel, the brighter the earlier. */
  private static TreeSet<String> latencies(List<JsonNode> images) {
    TreeSet<String> spikes = new TreeSet<>();
    for (int n = 0; n < images.size(); n++) {
      for (int i = 0; i < images.get(n).size(); i++) {
        float value = images.get(n).get(i).asInt() / 255f;
        spikes.add(n + " " + (int) Math.rint((STEPS - 1) * (1 - value)) + " " + i);
      }
    }
    return spikes;
  }

  private static TreeSet<String> spikes(Path run, String node) {
    Dataset<Row> all = RunTables.open(TestSpark.session(), run.toString()).spikes();
    TreeSet<String> spikes = new TreeSet<>();
    for (Row row : all.where("node = '" + node + "'").collectAsList()) {
      spikes.add(row.getAs("sample_id") + " " + row.getAs("step") + " " + row.getAs("neuron"));
    }
    return spikes;
  }

  private void assertSpikes(Shape image, List<JsonNode> images, String... sources)
      throws IOException {
    TestSpark.session();
    List<String> words = new ArrayList<>(List.of("convert", "data"));
    for (String source : sources) {
      words.add(GOLDEN.resolve(source).toString());
    }
    String table = folder.resolve("images.parquet").toString();
    words.add(table);
    assertThat(CommandLineRun.of(words.toArray(String[]::new)).err()).isEmpty();
    Path network = folder.resolve("network.safetensors");
    Files.write(network, NetworkCodec.toBytes(network(image)));
    float[] values = new float[images.size() * image.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = images.get(i / image.size()).get(i % image.size()).asInt() / 255f;
    }
    Tensor pixels = Tensor.of(Shape.of(images.size(), image.size()), values);
    String same = TestRuns.write(folder.resolve("pixels.npy"), pixels).toString();

    Path ofImages = run("of-images", network.toString(), table);
    Path ofPixels = run("of-pixels", network.toString(), same);

    assertThat(spikes(ofImages, "early")).isEqualTo(latencies(images));
    TreeSet<String> random = spikes(ofImages, "random");
    assertThat(random.size()).isBetween(values.length, STEPS * values.length - values.length);
    assertThat(random).isEqualTo(spikes(ofPixels, "random"));
    TestRuns.assertSameRun(ofImages, ofPixels);
  }

  @Test
  void grey() throws IOException {
    JsonNode pixels = expected("images");
    assertSpikes(
        Shape.of(1, 5, 7),
        List.of(pixels.get("bits.png"), pixels.get("grey.png")),
        "bits.png",
        "grey.png");
  }

  @Test
  void colours() throws IOException {
    JsonNode pixels = expected("images");
    assertSpikes(
        Shape.of(3, 5, 7),
        List.of(pixels.get("colour.png"), pixels.get("palette.png")),
        "colour.png",
        "palette.png");
  }

  @Test
  void digits() throws IOException {
    List<JsonNode> images = new ArrayList<>();
    expected("digits").get("pixels").forEach(images::add);
    assertSpikes(Shape.of(1, 3, 2), images, "digits-idx3-ubyte.gz");
  }
}
