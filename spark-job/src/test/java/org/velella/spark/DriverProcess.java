package org.velella.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.cli.Velella;
import org.velella.spark.faults.FaultFolder;
import org.velella.spark.job.RunConfig;

/**
 * A command that simulates, in a JVM of its own, which a test can kill as an operator or a machine
 * would.
 */
public final class DriverProcess {
  private static final String BEGUN = "tasks run";

  private final Process process;

  private DriverProcess(Process process) {
    this.process = process;
  }

  /** As the other, for all samples. */
  public static DriverProcess start(
      Path folder, String output, long steps, long every, String record, long chunkMillis)
      throws IOException {
    return start(folder, output, steps, every, record, "", chunkMillis);
  }

  /**
   * Starts {@link #main} on a run of {@link TestRuns#config}; returns once its tasks are running.
   * Its work is counted in the {@link FaultFolder} of this process, if it has one.
   *
   * @param select the samples that it works on; empty: all. If not all, its tasks wait for the file
   *     {@code gate} in the folder
   * @param chunkMillis how long the backend takes over a chunk
   */
  public static DriverProcess start(
      Path folder,
      String output,
      long steps,
      long every,
      String record,
      String select,
      long chunkMillis)
      throws IOException {
    List<String> gate =
        select.isEmpty()
            ? List.of()
            : List.of("-D" + FaultyBackend.GATE + "=" + folder.resolve("gate"));
    Path log = folder.resolve("driver" + select.replace(':', '-') + ".log");
    return start(gate, log, chunkMillis, command(folder, output, steps, every, record, select));
  }

  /**
   * Starts {@link #main} with a command for {@link FaultyBackend}; as the others.
   *
   * @param log where its standard error goes
   */
  public static DriverProcess start(Path log, long chunkMillis, String... arguments)
      throws IOException {
    return start(List.of(), log, chunkMillis, arguments);
  }

  private static DriverProcess start(
      List<String> options, Path log, long chunkMillis, String... arguments) throws IOException {
    // A background job of a shell ignores SIGINT, and so would all that it starts.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,TERM"));
    command.addAll(ChildJvm.shortLived());
    command.addAll(List.of("-Xmx1g", "-D" + FaultyBackend.MILLIS + "=" + chunkMillis));
    command.addAll(options);
    String counted = System.getProperty(FaultFolder.PROPERTY);
    if (counted != null) {
      command.add("-D" + FaultFolder.PROPERTY + "=" + counted);
    }
    command.addAll(List.of("-cp", ChildJvm.classPath(), DriverProcess.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(log.toFile());
    Process process = builder.start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals(BEGUN)) {
        return new DriverProcess(process);
      }
    }
    throw new IllegalStateException("The driver ended early; see " + log);
  }

  /** Waits a while, or until the driver ends; then kills it if need be. Whether it was killed. */
  public boolean killAfter(long millis) throws InterruptedException {
    boolean ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
    return !ended;
  }

  /** Waits until the driver ends by itself; gives its exit code. */
  public int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Sends a signal such as {@code TERM}, and waits until the driver ends; gives its exit code. */
  public int signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    return process.waitFor();
  }

  /** The driver's side. */
  public static void main(String[] args) {
    SparkSession spark = TestSpark.session();
    spark
        .sparkContext()
        .addSparkListener(
            new org.apache.spark.scheduler.SparkListener() {
              @Override
              public void onStageSubmitted(
                  org.apache.spark.scheduler.SparkListenerStageSubmitted stage) {
                if (stage.stageInfo().name().contains("collectAsync")) {
                  System.out.println(BEGUN);
                }
              }
            });
    Velella.main(args);
  }

  /** The command of a user who wants the run that {@link #start} begins. */
  public static String[] command(
      Path folder, String output, long steps, long every, String record, String select) {
    RunConfig config =
        TestRuns.config(folder, output, steps)
            .checkpointEvery(every)
            .record(record)
            .select(select)
            .backend(FaultyBackend.NAME)
            .build();
    String samples = config.samples() + "," + config.manner().samples();
    List<String> arguments = new ArrayList<>(List.of("simulate", "--show=0"));
    arguments.addAll(List.of("--network", config.network(), "--input", config.input()));
    arguments.addAll(List.of("--output", config.output(), "--steps", "" + config.steps()));
    arguments.addAll(List.of("--checkpoint-every", "" + config.checkpointEvery()));
    arguments.addAll(List.of("--record", config.record()));
    arguments.addAll(List.of("--samples", samples.replaceFirst(",$", "")));
    arguments.addAll(List.of("--range-size", "" + config.rangeSize()));
    arguments.addAll(List.of("--tile-size", "" + config.manner().tileSize()));
    arguments.addAll(List.of("--backend", config.manner().backend()));
    return arguments.toArray(String[]::new);
  }
}
