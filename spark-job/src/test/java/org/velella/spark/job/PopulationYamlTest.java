package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.network.Network;
import org.velella.population.PopulationNetwork;
import org.velella.synapse.EqualWeightOperation;

class PopulationYamlTest {
  private static final String DOCS = "../core/docs/POPULATIONS.md";

  @TempDir private Path folder;

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("net.yaml"), text).toString();
  }

  private void refused(String why, String text) throws IOException {
    String file = file(text);
    assertThatThrownBy(() -> NetworkSource.read(file, "norse", 1e-4))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(why);
  }

  /** The example of the page, with a tenth of its neurons and synapses. */
  @Test
  void theExampleOfThePageIsANetwork() throws IOException {
    String page = Files.readString(Path.of(DOCS));
    String example = page.split("```yaml\n")[1].split("```")[0];
    String small = example.replace("00}", "0}").replace("000,", "00,");
    Network network = NetworkSource.read(file(small), "norse", 1e-4);

    assertThat(network.outputShape("exc").size()).isEqualTo(800);
    EqualWeightOperation ee = (EqualWeightOperation) network.node("ee").operation();
    assertThat(ee.connectivity().synapses()).isEqualTo(800 * 80);
    assertThat(ee.weight()).isEqualTo(0.1f);
    assertThat(network.node("ie").operation().kind()).isEqualTo("DelayedProjection");
    assertThat(network.outputs()).extracting(node -> node.name()).contains("exc.output");
  }

  @Test
  void reportsAreOfThisFormOnly() throws IOException {
    String yaml =
        file(
            "seed: 1\ndt: 0.2\npopulations:\n  a: {size: 3, model: if}\n"
                + "projections:\n  p: {from: a, to: a, rule: all_to_all, delay: 0.5}\n");
    Configuration conf = new Configuration();
    PopulationNetwork found = NetworkSource.populations(yaml, conf).orElseThrow();
    assertThat(found.projections().get(0).synapses()).isEqualTo(6);
    assertThat(NetworkSource.readWithNotes(yaml, "norse", 1e-4, conf).notes())
        .containsExactly("Projection 'p': a delay of 0.5 was rounded to 2 steps of 0.2");
    assertThat(NetworkSource.populations("other.json", conf)).isEmpty();
  }

  @Test
  void whatIsNoNetworkIsRefusedWithItsLine() throws IOException {
    refused("is empty", "");
    refused("is not YAML", "seed: [1");
    refused("line 2: 'populations' must be names and values, found 'a'", "seed: 1\npopulations: a");
    refused("line 3: 'seed' is given twice", "seed: 1\ndt: 2\nseed: 3");
    refused("line 2: The file has no 'sed'", "seed: 1\nsed: 2");
    refused("line 1: a name must be a text", "{[1, 2]: 3}");
    refused("is not YAML", "seed: 1\na: &a [1, 2]\nb: [*a, *a]");
    refused("line 1: The file must be names and values, found a list", "[1, 2]");
    refused("line 1: 'seed' must be a whole number, found '0x10'", "seed: 0x10");
  }
}
