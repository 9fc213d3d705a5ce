package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.LatencyOperation;
import org.velella.encoding.PeriodicOperation;
import org.velella.encoding.WeightedPhaseOperation;
import org.velella.module.Operation;
import org.velella.module.StepMode;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Encoders in network files that people write, and the pages that show how. */
class EncoderNodesTest {
  private static final Path EXCHANGE = Path.of("docs", "EXCHANGE.md");
  private static final Path DATA = Path.of("..", "spark-job", "docs", "DATA.md");
  private static final Pattern JSON_BLOCK = Pattern.compile("(?ms)^```json\n(.*?)^```");

  private static NetworkStructure structure(String encoder) {
    String nodes =
        "{'path': 'in', 'op': 'input', 'shape': [3]}, {'path': 'enc', %s}, {'path': 'out', 'op': 'output'}"
            .formatted(encoder);
    return NetworkStructure.parse(
        "{'format': 'velella-network', 'version': 1, 'nodes': [%s]}"
            .formatted(nodes)
            .replace('\'', '"'));
  }

  private static Operation encoder(String encoder) {
    return structure(encoder).build(Map.of()).node("enc").operation();
  }

  /** The defaults are those of SpikingJelly's encoders of these names. */
  @Test
  void whatIsLeftOutTakesSpikingJellysDefaults() {
    assertThat(encoder("'op': 'bernoulli'")).isEqualTo(BernoulliOperation.dense());
    assertThat(encoder("'op': 'latency', 'steps': 16"))
        .isEqualTo(new LatencyOperation(16, LatencyOperation.Curve.LINEAR));
    assertThat(encoder("'op': 'weighted_phase', 'steps': 4"))
        .isEqualTo(new WeightedPhaseOperation(4));
  }

  @Test
  void aPatternLiesWithTheWeights() {
    NetworkStructure structure = structure("'op': 'periodic', 'pattern': [2, 3]");
    assertThat(structure.tensors())
        .containsExactly(
            new TensorPlace("enc", "periodic", "pattern", DType.FLOAT32, Shape.of(2, 3)));
    Tensor pattern = Tensor.of(Shape.of(2, 3), new float[] {0, 1, 1, 1, 0, 0});
    assertThat(structure.build(Map.of("enc.pattern", pattern)).node("enc").operation())
        .isEqualTo(new PeriodicOperation(pattern));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.25", "25e-2", "'0.25'", "'0x1.0p-2'"})
  void numbersMayBePlainOrInStrings(String limit) {
    assertThat(encoder("'op': 'bernoulli', 'sampling': 'skip', 'limit': " + limit))
        .isEqualTo(BernoulliOperation.skip(0.25f));
  }

  @Test
  void wordsMayBeInLettersOfEitherCase() {
    for (String curve : List.of("logarithmic", "LOGARITHMIC")) {
      assertThat(encoder("'op': 'latency', 'steps': 5, 'curve': '" + curve + "'"))
          .isEqualTo(new LatencyOperation(5, LatencyOperation.Curve.LOGARITHMIC));
    }
    assertThat(encoder("'op': 'bernoulli', 'sampling': 'DENSE', 'limit': 1"))
        .isEqualTo(BernoulliOperation.dense());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'op': 'bernoulli', 'sampling': 'sparse'|'sampling' must be one of [dense, skip], found \"sparse\"",
        "'op': 'bernoulli', 'sampling': 1|'sampling' must be a string, found 1",
        "'op': 'bernoulli', 'limit': true|'limit' must be a number, or one in a string, found true",
        "'op': 'bernoulli', 'limit': 'high'|'limit' must be a number, or one in a string, found \"high\"",
        "'op': 'bernoulli', 'limit': 0.5|Dense sampling has no limit below 1, found 0.5",
        "'op': 'bernoulli', 'sampling': 'skip', 'limit': 1e400|'limit' must be a finite number, found",
        "'op': 'bernoulli', 'sampling': 'skip', 'limit': 'NaN'|'limit' must be a finite number, found \"NaN\"",
        "'op': 'bernoulli', 'rate': 0.5|has the unknown field 'rate'",
        "'op': 'latency'|lacks 'steps'",
        "'op': 'latency', 'steps': 2.5|'steps' must be a whole number below 2^31, found 2.5",
        "'op': 'latency', 'steps': 90|from 1 to 89 steps, found 90",
        "'op': 'latency', 'steps': 4, 'curve': 'log'|'curve' must be one of [linear, logarithmic], found \"log\"",
        "'op': 'weighted_phase'|lacks 'steps'",
        "'op': 'weighted_phase', 'steps': 25|from 1 to 24 steps, found 25",
        "'op': 'periodic'|lacks 'pattern'",
      })
  void whatIsNotRightIsNamedWithItsNode(String encoder, String says) {
    assertThatExceptionOfType(NetworkException.class)
        .isThrownBy(() -> encoder(encoder))
        .withMessageContaining("Node 'enc'")
        .withMessageContaining(says);
  }

  private static List<String> examples(Path page) throws IOException {
    String text = Files.readString(page).replace("\r\n", "\n");
    return JSON_BLOCK.matcher(text).results().map(block -> block.group(1)).toList();
  }

  @Test
  void networksOnThePagesAreRead() throws IOException {
    for (Path page : List.of(EXCHANGE, DATA)) {
      List<String> examples = examples(page);
      assertThat(examples).as("%s", page).isNotEmpty();
      examples.forEach(NetworkStructure::parse);
    }
  }

  /**
   * Rows of one value x send 7 spikes at step rint(15 * (1 - x)). A threshold of 2 takes three
   * steps to give three spikes of them. The last row has sent one spike at step 0 and six more at
   * step 15.
   */
  @Test
  void theImagesOfThePageSpikeAsItSays() throws IOException {
    float[] image = new float[5 * 7];
    Arrays.fill(image, 0, 7, 1);
    Arrays.fill(image, 7, 14, 0.5f); // 7.5, of which the even neighbour is 8.
    Arrays.fill(image, 14, 21, 0.2f);
    image[28] = 1;
    float[] steps = new float[16 * image.length];
    for (int t = 0; t < 16; t++) {
      System.arraycopy(image, 0, steps, t * image.length, image.length);
    }
    Network network = NetworkStructure.parse(examples(DATA).get(0)).build(Map.of());
    NetworkModule module = new NetworkModule(network);
    module.setStepMode(StepMode.MULTI_STEP);
    Tensor spikes =
        NdArrays.toTensor(
            module.forward(NdArrays.toArray(Tensor.of(Shape.of(16, 1, 1, 5, 7), steps))));
    assertThat(spikes.shape()).isEqualTo(Shape.of(16, 1, 5));
    StringBuilder fired = new StringBuilder();
    for (int row = 0; row < 5; row++) {
      for (int t = 0; t < 16; t++) {
        fired.append(spikes.doubleAt(t * 5 + row) == 1 ? "|" : ".");
      }
      fired.append('\n');
    }
    assertThat(fired)
        .hasToString(
            """
            |||.............
            ........|||.....
            ............|||.
            ...............|
            ...............|
            """);
  }
}
