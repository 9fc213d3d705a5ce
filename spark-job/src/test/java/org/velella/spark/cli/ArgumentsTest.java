package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.job.UsageException;

class ArgumentsTest {
  @TempDir Path folder;

  private static String[] complete(Map<String, String> conf, String... args) {
    return Arguments.complete(Velella.commandLine(), args, conf);
  }

  @Test
  void commandLineWinsOverFileAndFileOverSparkConfiguration() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("job.yaml"),
            "tile-size: 20\npartitions: 7\ninput-option: {header: true, sep: ';'}\n");
    Map<String, String> conf = Map.of("tile-size", "10", "partitions", "3", "backend", "scalar");
    assertThat(complete(conf, "simulate", "--partitions=1", "--config", file.toString()))
        .containsExactly(
            "simulate",
            "--backend=scalar",
            "--tile-size=20",
            "--input-option=header=true",
            "--input-option=sep=;",
            "--partitions=1",
            "--config",
            file.toString());
  }

  @Test
  void settingsOfOtherCommandsAreLeftAloneAndUnknownOnesRefused() {
    assertThat(complete(Map.of("checkpoint-every", "5"), "resume", "run"))
        .containsExactly("resume", "run");
    assertThatThrownBy(() -> complete(Map.of("tile-sice", "5"), "resume", "run"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("spark.velella.tile-sice");
  }

  @Test
  void onlyVelellasKeysAreTaken() {
    Properties properties = new Properties();
    properties.setProperty("spark.velella.tile-size", "4");
    properties.setProperty("spark.executor.memory", "4g");
    assertThat(Arguments.velellaKeys(properties)).isEqualTo(Map.of("tile-size", "4"));
  }

  @Test
  void yamlCannotBuildObjects() throws IOException {
    Path file =
        Files.writeString(folder.resolve("job.yaml"), "steps: !!java.net.URL ['http://x']\n");
    assertThatThrownBy(() -> complete(Map.of(), "simulate", "--config", file.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is not YAML");
  }
}
