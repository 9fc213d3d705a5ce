package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestSpark;
import org.velella.testkit.Oracle;

/**
 * The N-MNIST network of the NIR paper, from the files that others made to the tables, by the
 * command line alone. {@code NirCnnOracleTest} holds the engine to every output spike.
 */
@Tag("kernels")
class NirCnnIT {
  private static final int OUTPUT_SPIKES = 762;

  @TempDir Path folder;

  private List<String> csv(String run, String query) throws IOException {
    Path file = folder.resolve("rows.csv");
    CommandLineRun sql = CommandLineRun.of("sql", run, query, "--csv", file.toString());
    assertThat(sql.exitCode()).as(sql.err()).isZero();
    List<String> lines = Files.readAllLines(file);
    return lines.subList(1, lines.size());
  }

  @Test
  void commandLineGivesTheCountsThatPytorchGives() throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode expected = json.readTree(Oracle.path("nir-cnn/expected.json").toFile());
    TestSpark.session();
    String run = folder.resolve("run").toString();
    CommandLineRun simulated =
        CommandLineRun.of(
            "simulate",
            "--network",
            Oracle.path("nir-cnn/cnn_sinabs.nir").toString(),
            "--input",
            Oracle.path("nir-cnn/events.npy").toString(),
            "--steps",
            expected.get("steps").asText(),
            "--record",
            "spikes",
            "--output",
            run);
    assertThat(simulated.exitCode()).as(simulated.err()).isZero();

    int total = 0;
    int different = 0;
    List<String> counts =
        csv(run, "SELECT to_json(spike_counts) AS c FROM results ORDER BY sample_id");
    assertThat(counts).hasSize(expected.get("samples").intValue());
    for (int n = 0; n < counts.size(); n++) {
      JsonNode found = json.readTree(counts.get(n).replace("\"", ""));
      JsonNode wanted = expected.get("output_counts").get(n);
      assertThat(found).hasSize(wanted.size());
      for (int i = 0; i < wanted.size(); i++) {
        total += wanted.get(i).intValue();
        different += Math.abs(wanted.get(i).intValue() - found.get(i).intValue());
      }
    }
    assertThat(total).isEqualTo(OUTPUT_SPIKES);
    assertThat(different).as("output spikes counted differently").isLessThanOrEqualTo(2);

    Map<String, Integer> layers = new TreeMap<>();
    for (String row : csv(run, "SELECT node, count(*) FROM spikes GROUP BY node")) {
      String[] cells = row.split(",");
      layers.put(cells[0], Integer.parseInt(cells[1]));
    }
    Map<String, JsonNode> perSample = new TreeMap<>();
    expected
        .get("layer_spikes_per_sample")
        .properties()
        .forEach(layer -> perSample.put(layer.getKey(), layer.getValue()));
    assertThat(layers).containsOnlyKeys(perSample.keySet());
    // The outputs are few, and held to their counts above.
    perSample.remove("12");
    perSample.forEach(
        (layer, samples) -> {
          int want = 0;
          for (JsonNode sample : samples) {
            want += sample.intValue();
          }
          assertThat((double) layers.get(layer))
              .as("spikes of layer %s", layer)
              .isCloseTo(want, Offset.offset(want * 1e-3));
        });
  }
}
