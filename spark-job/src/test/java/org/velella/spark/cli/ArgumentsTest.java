package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.provenance.CanonicalJson;
import org.velella.spark.job.UsageException;
import org.velella.sweep.Parameter;
import org.velella.sweep.ParameterSpace;
import org.velella.sweep.Spaces;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

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

  @Test
  void axesOfTheCommandLineAndOfTheFileAreTakenTogether() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("job.yaml"),
            "grid: ['a.tau=1,2', 'b.tau=3,4']\nvary: c.tau=uniform:0:1\nmetric: {x: '1', y: '2'}\n");
    String config = "--config=" + file;
    assertThat(
            complete(Map.of(), "sweep", config, "--grid=b.tau=5", "--zip=d.tau=6", "--metric=y=3"))
        .containsExactly(
            "sweep",
            "--grid=a.tau=1,2",
            "--vary=c.tau=uniform:0:1",
            "--metric=x=1",
            config,
            "--grid=b.tau=5",
            "--zip=d.tau=6",
            "--metric=y=3");
    // Options that may not come several times are won as a whole, whatever stands in them.
    Path drive = Files.writeString(folder.resolve("job.yaml"), "stimulus: 'constant:current=2'\n");
    assertThat(complete(Map.of("stimulus", "poisson:rate=1"), "sweep", "--config=" + drive))
        .contains("--stimulus=constant:current=2")
        .hasSize(3);
  }

  /** The text that users read names each of them. */
  @Test
  void theDocumentationNamesEveryOptionWhoseKeysAreTakenTogether() throws IOException {
    String text = Files.readString(Path.of("docs/RUNNING.md"));
    int from = text.indexOf("The command line wins over this file");
    String said = text.substring(from, text.indexOf("##", from));
    int found = 0;
    for (String command : List.of("simulate", "sweep", "resume")) {
      for (OptionSpec option :
          Velella.commandLine().getSubcommands().get(command).getCommandSpec().options()) {
        if (option.isMultiValue() && option.paramLabel().contains("=")) {
          assertThat(said).contains("`" + option.longestName() + "`");
          found++;
        }
      }
    }
    assertThat(found).isGreaterThan(6);
  }

  /** Two conditional parameters: each trial sets one of them; b.tau is for the second part only. */
  @Test
  void aParameterSpaceMayStandInTheFile() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("job.yaml"),
            """
            network: net.nir
            stimulus: constant
            steps: 10
            output: run
            space:
              union:
                - product: [a.tau=1:3:3, 'a.v=0,1']
                - sobol: {trials: 4, seed: 1, vary: ['b.tau=uniform:2:4']}
            """);
    CommandLine line = Velella.commandLine();
    String[] args = Arguments.complete(line, new String[] {"sweep", "--config=" + file}, Map.of());
    SweepCommand command =
        (SweepCommand) line.parseArgs(args).subcommand().commandSpec().userObject();
    ParameterSpace space =
        Spaces.parse(CanonicalJson.parse(command.config().build().space(), "the space"));
    assertThat(space.trials()).isEqualTo(3 * 2 + 4);
    assertThat(space.parameters().stream().map(Parameter::path))
        .containsExactly("a.tau", "a.v", "b.tau");
    assertThat(space.row(3)).containsExactly(2, 1, Double.NaN);
    assertThat(space.row(6)[0]).isNaN();
    assertThat(space.row(6)[2]).isBetween(2.0, 4.0);
    // The command line wins as a whole.
    assertThat(complete(Map.of(), "sweep", "--config=" + file, "--space=other.json"))
        .filteredOn(arg -> arg.startsWith("--space"))
        .containsExactly("--space=other.json");
  }

  @Test
  void keysWhereAnOptionTakesOneValueAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("job.yaml"), "steps: {first: 5}\n");
    assertThatThrownBy(() -> complete(Map.of(), "sweep", "--config=" + file))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("'steps' keys with values, found 1; it takes one value");
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
        .hasMessageContaining("in line 2, column 1: the key 'steps' stands there for the second");
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

  /** Secrets are known only once the file is read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "conf:\n  fs.s3a.secret.key: [s3cr3t\nsteps: 1\n",
        "conf:\n  fs.s3a.secret.key: s3cr3t: 4\n",
        "conf:\n  fs.s3a.secret.key: *s3cr3t\n",
        "conf:\n  fs.s3a.secret.key: !s3cr3t x\n",
        "conf:\n  fs.s3a.secret.key: !s3cr3t!y x\n",
        "conf:\n  fs.s3a.secret.key: @s3cr3t\n",
        "conf:\n  fs.s3a.secret.key: \"s3cr3t\n",
        "conf:\n  fs.s3a.secret.key: \"s3cr3t \\q\"\n",
        "conf:\n  fs.s3a.secret.key: !!int s3cr3t\n",
        "conf:\n  fs.s3a.secret.key: !!timestamp s3cr3t\n",
        "conf:\n  ? [s3cr3t]\n  : 1\n  ? [s3cr3t]\n  : 2\n",
        "conf:\n  fs.s3a.secret.key: s3cr3t\u0000\n",
        "conf:\n  ? [s3cr3t, *x]\n",
        "steps: {fs.s3a.secret.key: s3cr3t}\n",
        "output: {s3a://id:s3cr3t@bucket/x}\n",
        "conf:\n  fs.s3a.secret.key: \"\\s3cr3t\"\n",
        "fs.s3a.secret.key=s3cr3t\n",
      })
  void aFileThatCannotBeReadIsNotQuoted(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("job.yaml"), text);
    assertThatThrownBy(() -> complete(Map.of(), "simulate", "--config", file.toString()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("configuration file " + file)
        .hasNoCause()
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void aFileThatCannotBeReadIsToldWithItsPlace() throws IOException {
    Path file = Files.writeString(folder.resolve("job.yaml"), "steps: 1\ninput: a: b\n");
    assertThatThrownBy(() -> complete(Map.of(), "simulate", "--config", file.toString()))
        .hasMessageContaining(
            "is not YAML in line 2, column 9: mapping values are not allowed here; put values");
    Files.writeString(file, "seed: [1\nsteps: 2\n");
    assertThatThrownBy(() -> complete(Map.of(), "simulate", "--config", file.toString()))
        .hasMessageContaining("is not YAML in line 2, column 6: expected ',' or ']'; put values");
  }
}
