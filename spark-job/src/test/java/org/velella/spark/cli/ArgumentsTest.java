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
  void keysOfTheCommandLineAndOfTheFileAreTakenTogether() throws IOException {
    String[] texts = {
      "input-option: {header: true, sep: ';'}\nrecord: [spikes, 'v:lif']\n",
      "input-option: [header=true, sep=;]\nrecord: spikes,v:lif\n"
    };
    for (String text : texts) {
      Path file = Files.writeString(folder.resolve("job.yaml"), text);
      String config = "--config=" + file;
      assertThat(
              complete(Map.of(), "simulate", config, "--input-option", "sep=,", "--record=spikes"))
          .containsExactly(
              "simulate",
              "--input-option=header=true",
              config,
              "--input-option",
              "sep=,",
              "--record=spikes");
      assertThat(complete(Map.of("input-option", "quote='"), "simulate", config))
          .contains("--input-option=quote='", "--input-option=header=true", "--input-option=sep=;")
          .contains("--record=spikes,v:lif");
      assertThat(complete(Map.of("input-option", "sep=|"), "simulate", config))
          .contains("--input-option=sep=;")
          .doesNotContain("--input-option=sep=|");
    }
    Path conf =
        Files.writeString(
            folder.resolve("job.yaml"), "conf: {spark.executor.memory: 1g, spark.app.id: x}\n");
    assertThat(
            complete(Map.of(), "resume", "run", "--config=" + conf, "--conf", "spark.app.id=y=z"))
        .contains("--conf=spark.executor.memory=1g", "spark.app.id=y=z")
        .doesNotContain("--conf=spark.app.id=x");
    Path set = Files.writeString(folder.resolve("job.yaml"), "set: {a.tau: 2, b.tau: 3}\n");
    assertThat(complete(Map.of(), "resume", "run", "--config=" + set, "--set=b.tau=4"))
        .containsExactly("resume", "--set=a.tau=2", "run", "--config=" + set, "--set=b.tau=4");
  }

  /** A cluster's defaults for new runs would send a resumed one elsewhere, or too far. */
  @Test
  void clusterDefaultsOfNewRunsDoNotReachResume() throws IOException {
    Map<String, String> conf = Map.of("output", "elsewhere", "steps", "+5", "tile-size", "4");
    assertThat(complete(conf, "resume", "run")).containsExactly("resume", "--tile-size=4", "run");
    assertThat(complete(conf, "simulate")).contains("--output=elsewhere", "--steps=+5");
    Path file = Files.writeString(folder.resolve("job.yaml"), "output: branch\n");
    assertThat(complete(conf, "resume", "run", "--config=" + file)).contains("--output=branch");
  }

  @Test
  void settingsOfOtherCommandsAreLeftAloneAndUnknownOnesRefused() {
    assertThat(complete(Map.of("range-size", "5"), "resume", "run"))
        .containsExactly("resume", "run");
    assertThatThrownBy(() -> complete(Map.of("tile-sice", "5"), "resume", "run"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("spark.velella.tile-sice");
  }

  @Test
  void settingsGivenWithConfCountAsThoseOfSpark() throws IOException {
    Map<String, String> conf = Map.of("tile-size", "10");
    assertThat(complete(conf, "resume", "run", "--conf", "spark.velella.tile-size=30"))
        .containsExactly("resume", "--tile-size=30", "run", "--conf", "spark.velella.tile-size=30");
    Path file = Files.writeString(folder.resolve("job.yaml"), "tile-size: 20\n");
    assertThat(
            complete(
                conf, "resume", "run", "--conf=spark.velella.tile-size=30", "--config=" + file))
        .contains("--tile-size=20")
        .doesNotContain("--tile-size=30");
    assertThatThrownBy(
            () -> complete(Map.of(), "resume", "run", "--conf", "spark.velella.tile-sice=5"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("spark.velella.tile-sice");
    assertThat(complete(Map.of(), "resume", "run", "--conf", "spark.executor.memory=1g"))
        .containsExactly("resume", "run", "--conf", "spark.executor.memory=1g");
  }

  @Test
  void valuesOfTheFileAreTakenAsTheyAreWritten() throws IOException {
    // YAML reads these as 8, 90, false, 0.0001 and a date.
    Path file =
        Files.writeString(
            folder.resolve("job.yaml"),
            "seed: 010\nsteps: 1:30\nnetwork: no\ndt: 1.0e-4\noutput: 2026-01-02\n");
    assertThat(complete(Map.of(), "simulate", "--config=" + file))
        .contains(
            "--seed=010", "--steps=1:30", "--network=no", "--dt=1.0e-4", "--output=2026-01-02");
  }

  @Test
  void fileThatSaysNothingOrTwiceIsRefused() throws IOException {
    Path twice = Files.writeString(folder.resolve("twice.yaml"), "steps: 1\nsteps: 2\n");
    assertThatThrownBy(() -> complete(Map.of(), "simulate", "--config", twice.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("steps");
    Path nothing = Files.writeString(folder.resolve("nothing.yaml"), "seed:\nsteps: 2\n");
    assertThatThrownBy(() -> complete(Map.of(), "simulate", "--config", nothing.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("gives 'seed' no value");
  }

  @Test
  void optionsThatHideInTheFilesConfAreRefused() throws IOException {
    String[] texts = {
      "conf: {spark.velella.tile-size: 4}\n",
      "conf: [spark.executor.memory=1g, spark.velella.tile-size=4]\n",
      "conf: spark.velella.tile-size=4\n"
    };
    for (String text : texts) {
      Path file = Files.writeString(folder.resolve("job.yaml"), text);
      assertThatThrownBy(() -> complete(Map.of(), "simulate", "--config", file.toString()))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("spark.velella.tile-size")
          .hasMessageEndingWith("write 'tile-size: …' directly");
    }
    Path fine =
        Files.writeString(folder.resolve("job.yaml"), "conf: {spark.executor.memory: 1g}\n");
    assertThat(complete(Map.of(), "simulate", "--config", fine.toString()))
        .contains("--conf=spark.executor.memory=1g");
  }

  @Test
  void whatOnlyTheCommandLineCanSayIsRefusedAsSetting() {
    assertThatThrownBy(() -> complete(Map.of("config", "job.yaml"), "resume", "run"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("spark.velella.config")
        .hasMessageContaining("give --config");
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
