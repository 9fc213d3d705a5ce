package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/velella} as a user calls it, from another folder, with what the build has made. */
class LauncherClusterIT {
  private static final Path SPARK_JOB = Path.of("").toAbsolutePath();

  @TempDir Path folder;

  private final Map<String, String> environment = new HashMap<>();
  private String out;
  private String err;

  private int velella(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(SPARK_JOB.resolve("bin/velella").toString());
    command.addAll(Arrays.asList(arguments));
    return run(command);
  }

  private int ownModule(String output) throws IOException, InterruptedException {
    return velella(
        "simulate",
        "--network",
        OwnModule.network(folder).toString(),
        "--input",
        OwnModule.input(folder).toString(),
        "--steps",
        "6",
        "--output",
        folder.resolve(output).toString());
  }

  private int run(List<String> command) throws IOException, InterruptedException {
    Path outFile = folder.resolve("out.txt");
    Path errFile = folder.resolve("err.txt");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // Making the archive takes longer than all that is started here.
    builder.environment().put("VELELLA_QUICK_START", "off");
    builder.environment().put("VELELLA_JAVA_OPTS", ChildJvm.SHORT_LIVED);
    builder.environment().putAll(environment);
    // Surefire's own variables are not the user's.
    builder.environment().keySet().removeAll(List.of("SPARK_LOCAL_IP", "OMP_NUM_THREADS"));
    int code =
        builder.redirectOutput(outFile.toFile()).redirectError(errFile.toFile()).start().waitFor();
    out = Files.readString(outFile);
    err = Files.readString(errFile);
    return code;
  }

  /** The shell commands of the README, block by block. */
  private static List<String> readmeBlocks() throws IOException {
    String readme = Files.readString(SPARK_JOB.resolveSibling("README.md"));
    return Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
        .matcher(readme)
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  @Test
  void commandsOfTheReadmeRun() throws IOException, InterruptedException {
    // The README's commands run in the project's root folder, here in one that looks like it.
    Files.createSymbolicLink(folder.resolve("spark-job"), SPARK_JOB);
    List<String> blocks = readmeBlocks();
    assertThat(blocks.get(0)).contains("velella simulate");
    assertThat(run(List.of("bash", "-ec", blocks.get(0)))).as(err).isZero();
    assertThat(out).contains("16 samples simulated to step 200", "prediction");
    // Nothing but Java's own note, the choice of a backend, and progress.
    assertThat(err.lines())
        .allMatch(line -> line.startsWith("velella: ") || line.startsWith("WARNING: "));
    assertThat(folder.resolve("run/results")).isDirectoryContaining("glob:**.parquet");

    assertThat(blocks.get(1)).contains("velella sql", "velella resume", "velella inspect");
    assertThat(run(List.of("bash", "-ec", blocks.get(1)))).as(err).isZero();
    assertThat(out)
        .contains("lif1", "16 samples simulated to step 300", "complete  true", "--network");
  }

  @Test
  void backendsOfAllModulesAreListedWithReasons() throws IOException, InterruptedException {
    assertThat(velella("inspect", "--backends")).as(err).isZero();
    assertThat(out).contains("cuda", "scalar");
    assertThat(velella("inspect", "missing.nir")).isEqualTo(2);
    assertThat(err).contains("missing.nir");
  }

  @Test
  void modulesOfTheUserAreFound() throws IOException, InterruptedException {
    assertThat(ownModule("without")).as(err).isEqualTo(2);
    assertThat(err).contains(OwnModule.class.getName(), "class path");

    environment.put("VELELLA_CLASSPATH", "no/such.jar");
    assertThat(ownModule("without")).isEqualTo(2);
    assertThat(err).contains("VELELLA_CLASSPATH names 'no/such.jar'");

    Path classes = OwnModule.classes(Files.createDirectory(folder.resolve("classes")));
    // A relative name, of the folder that the user stands in.
    environment.put("VELELLA_CLASSPATH", folder.relativize(classes) + ":" + folder + "/*");
    assertThat(ownModule("run")).as(err).isZero();
    assertThat(velella("sql", "run", "SELECT to_json(spike_counts) AS counts FROM results"))
        .as(err)
        .isZero();
    assertThat(out).contains(OwnModule.COUNTS.toString().replace(" ", ""));
  }
}
