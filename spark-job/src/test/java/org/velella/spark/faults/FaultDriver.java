package org.velella.spark.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.ChildJvm;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.store.FakeHdfs;
import org.velella.spark.store.StoreFaults;

/**
 * A driver in a process of its own, which stops for good at a moment that the test has named, or
 * runs until it is killed.
 */
final class FaultDriver implements AutoCloseable {
  static final int STEPS = 400;

  /** The checkpoint interval K. */
  static final int EVERY = 50;

  static final int RANGE = 4;

  /** Tasks that run at once. */
  static final int THREADS = 2;

  static final long NEEDED = (long) TestRuns.SAMPLES * STEPS;
  private static final String AUTHORITY = "driver";
  private static final String REACHED = "reached";

  /** Moments at which a driver can be stopped; the first four are of committing a manifest. */
  enum Moment {
    /** It is decided what to commit, and nothing is written. */
    BEFORE_WRITING,
    /** The hidden file is there, and empty. */
    WHILE_WRITING,
    /** The hidden file is complete. */
    BEFORE_NAMING,
    /** The manifest is there, and the driver does not know. */
    AFTER_NAMING,
    /** The run has its own file, and nothing else. */
    BEGUN,
    /** All is computed and committed, and the first recording is about to be published. */
    PUBLISHING,
    /** The first file of results is about to get its name. */
    NAMING_RESULTS,
    /** It asks the storage for something; the test says which of its requests that is. */
    ASKING,
    /** Any; the test decides when. */
    NONE
  }

  private final Process process;
  private final FaultFolder faults;

  private FaultDriver(Process process, FaultFolder faults) {
    this.process = process;
    this.faults = faults;
  }

  /** The run of these tests; the same command in every process. */
  static RunConfig config(Path folder, String output) {
    return TestRuns.config(folder, "unused", STEPS)
        .output(output)
        .checkpointEvery(EVERY)
        .record("spikes,v:readout")
        .backend(ProbeBackend.NAME)
        .partitions(3)
        .build();
  }

  /**
   * Four trials, each a range of its own. Nothing is traced, so that a task computes its next range
   * while the one before is saved.
   */
  static RunConfig sweep(Path folder, String output, int partitions) {
    return TestRuns.config(folder, "unused", STEPS)
        .output(output)
        .space("\"*.weight_scale=0.5,0.8,1,1.5\"")
        .rangeSize(TestRuns.SAMPLES)
        .tileSize(TestRuns.SAMPLES)
        .checkpointEvery(EVERY)
        .record("spikes")
        .metrics("isi")
        .backend(ProbeBackend.NAME)
        .partitions(partitions)
        .build();
  }

  /** Where a run lies so that a driver can be stopped at a moment of committing. */
  static String stoppable(Path run) {
    return "hdfs://" + AUTHORITY + run;
  }

  /** What that place asks of the storage, in this process. */
  static StoreFaults requests() {
    return FakeHdfs.faults(AUTHORITY);
  }

  /**
   * Starts one.
   *
   * @param number of the manifest that it commits, or of the request, from 1
   */
  static FaultDriver start(
      Path folder, String output, FaultFolder faults, Moment moment, int number)
      throws IOException {
    return start(folder, faults, List.of(output, moment.name(), Integer.toString(number)));
  }

  /** Of the sweep. */
  static FaultDriver startSweep(Path folder, String output, FaultFolder faults) throws IOException {
    return start(folder, faults, List.of(output));
  }

  private static FaultDriver start(Path folder, FaultFolder faults, List<String> arguments)
      throws IOException {
    faults.take(REACHED);
    List<String> command = ChildJvm.shortLived();
    command.addAll(List.of("-Xmx1g", "-D" + FaultFolder.PROPERTY + "=" + faults.path(), "-cp"));
    command.add(ChildJvm.classPath());
    command.addAll(List.of(FaultDriver.class.getName(), folder.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(folder.resolve("fault-driver.log").toFile()));
    return new FaultDriver(builder.start(), faults);
  }

  /** Waits until the driver stands still where it should. */
  void awaitMoment() throws InterruptedException {
    FaultCluster.await(
        "the driver to reach its moment",
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("The driver has ended early: see its log");
          }
          return faults.has(REACHED);
        });
  }

  /** Waits until it computes. */
  void awaitWork(long sampleSteps) throws InterruptedException {
    FaultCluster.await(
        "the driver's tasks", () -> !process.isAlive() || faults.workDone() >= sampleSteps);
  }

  /** Kills it; whether it still ran. */
  boolean kill() throws InterruptedException {
    boolean alive = process.isAlive();
    process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    return alive;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The driver's side. */
  public static void main(String[] args) {
    SparkSession spark = TestSpark.session();
    FakeHdfs.configure(spark.sparkContext().hadoopConfiguration());
    Moment moment = args.length == 2 ? Moment.NONE : Moment.valueOf(args[2]);
    if (moment != Moment.NONE) {
      requests().observe(new Stop(moment, Integer.parseInt(args[3])));
    }
    Path folder = Path.of(args[0]);
    RunConfig run = args.length == 2 ? sweep(folder, args[1], THREADS) : config(folder, args[1]);
    SimulateJob.run(spark, run, RunListener.SILENT);
    spark.stop();
  }

  /** Stops this process at a moment. */
  private static final class Stop implements StoreFaults.Observer {
    private final Moment moment;
    private final int number;
    private int drafts;
    private int requests;

    Stop(Moment moment, int number) {
      this.moment = moment;
      this.number = number;
    }

    @Override
    public void at(StoreFaults.Phase phase, String request) {
      boolean before = phase == StoreFaults.Phase.BEFORE;
      boolean draft = request.startsWith("create ") && request.contains("/manifests/.tmp-");
      drafts += draft && before ? 1 : 0;
      boolean naming = request.startsWith("rename to ") && request.contains("/manifests/0");
      boolean mine = drafts == number;
      requests += before ? 1 : 0;
      boolean here =
          switch (moment) {
            case BEFORE_WRITING -> draft && before && mine;
            case WHILE_WRITING -> draft && !before && mine;
            case BEFORE_NAMING -> naming && before && mine;
            case AFTER_NAMING -> naming && !before && mine;
            case BEGUN -> !before && request.matches("rename to .*/_run/run\\.json");
            case PUBLISHING ->
                before && request.matches("rename to (?!.*/_attempts/).*/spikes/[^/]*\\.parquet");
            case NAMING_RESULTS -> before && request.matches("rename to .*/results/[^/]*");
            case ASKING -> before && requests == number;
            case NONE -> false;
          };
      if (here) {
        FaultFolder.ofProcess().set(REACHED, 1);
        sleepForever();
      }
    }

    private static void sleepForever() {
      while (true) {
        try {
          Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
          // Nothing but a kill ends this.
        }
      }
    }
  }
}
