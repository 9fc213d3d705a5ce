package org.velella.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.SimulateJob;

/** A driver in a JVM of its own, which a test can kill as an operator or a machine would. */
public final class DriverProcess {
  private static final String BEGUN = "tasks run";

  private final Process process;

  private DriverProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts {@link #main} on a run of {@link TestRuns#config}; returns once its tasks are running.
   *
   * @param chunkMillis how long the backend takes over a chunk
   */
  public static DriverProcess start(
      Path folder, String output, long steps, long every, String record, long chunkMillis)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(System.getProperty("tests.jvm.options").split(" ")));
    command.addAll(List.of("-Xmx1g", "-D" + FaultyBackend.MILLIS + "=" + chunkMillis, "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(
        List.of(DriverProcess.class.getName(), folder.toString(), output, "" + steps, "" + every));
    command.add(record);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(folder.resolve("driver.log").toFile());
    Process process = builder.start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals(BEGUN)) {
        return new DriverProcess(process);
      }
    }
    throw new IllegalStateException("The driver ended early; see " + folder + "/driver.log");
  }

  /** Waits a while, or until the driver ends; then kills it if need be. Whether it was killed. */
  public boolean killAfter(long millis) throws InterruptedException {
    boolean ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
    process.destroyForcibly().waitFor();
    return !ended;
  }

  /** Ends the driver as {@code kill} does; gives its exit code. */
  public int terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  /** The driver's side. */
  public static void main(String[] args) {
    SparkSession spark = TestSpark.session();
    RunConfig config =
        TestRuns.config(Path.of(args[0]), args[1], Long.parseLong(args[2]))
            .checkpointEvery(Long.parseLong(args[3]))
            .record(args[4])
            .backend(FaultyBackend.NAME)
            .build();
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
    SimulateJob.run(spark, config, RunListener.SILENT);
    spark.stop();
  }
}
