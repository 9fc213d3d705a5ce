package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.checkpoint.Checkpoint;
import org.velella.module.Memories;
import org.velella.module.StepMode;
import org.velella.network.NetworkModule;
import org.velella.spark.job.NetworkSource;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.SimulateJob;

/** The Java example of the README, word for word, compiled and run. */
class ReadmeIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir Path folder;

  /** Where a path of the README is: runs go to the test's own folder. */
  private String at(String path) {
    return (path.equals("run") ? folder : ROOT).resolve(path).toString();
  }

  @Test
  void javaExampleRuns() throws IOException {
    SparkSession spark = TestSpark.session();
    // README begins
    RunConfig config =
        RunConfig.builder()
            .network(at("spark-job/example/orientations.nir"))
            .input(at("spark-job/example/events.npy"))
            .steps(200)
            .checkpointEvery(100)
            .record("spikes")
            .output(at("run"))
            .build();
    RunOutcome outcome = SimulateJob.run(spark, config);
    Dataset<Row> results = RunTables.open(spark, at("run")).results();

    // A network is a module with memories, too; it goes on where the run stands.
    NetworkModule network = new NetworkModule(NetworkSource.read(config.network(), "norse", 1e-4));
    Memories.loadMemories(network, Checkpoint.open(Path.of(at("run"))).memories());
    network.setStepMode(StepMode.MULTI_STEP);
    INDArray spikes = network.forward(Nd4j.zeros(DataType.FLOAT, 50, 16, 1, 12, 12));
    // README ends
    assertThat(outcome.exitCode()).isZero();
    assertThat(results.count()).isEqualTo(16);
    assertThat(spikes.shape()).containsExactly(50, 16, 4);
  }

  @Test
  void readmeShowsThisExample() throws IOException {
    String source = Files.readString(Path.of("src/test/java/org/velella/spark/ReadmeIT.java"));
    List<String> ours =
        between(source, "// README begins\n", "// README ends\n")
            .replaceAll("at\\((\"[^\"]*\")\\)", "$1")
            .stripTrailing()
            .stripIndent()
            .lines()
            .toList();
    String readme = Files.readString(ROOT.resolve("README.md"));
    assertThat(between(readme, "```java\n", "```").lines().toList()).isEqualTo(ours);
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin) + begin.length();
    assertThat(from).isGreaterThanOrEqualTo(begin.length());
    return text.substring(from, text.indexOf(end, from));
  }
}
