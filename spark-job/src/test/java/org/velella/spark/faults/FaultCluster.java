package org.velella.spark.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.sql.SparkSession;
import org.velella.spark.ChildJvm;
import org.velella.spark.SparkProcesses;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.SimulateJob;

/**
 * A standalone master, workers on addresses of their own, and a driver in this JVM whose executors
 * a test may disturb. The class path of the executors is that of the tests.
 */
final class FaultCluster implements AutoCloseable {
  static final String[] HOSTS = {"127.0.0.2", "127.0.0.3"};
  static final int STEPS = 400;

  /** The checkpoint interval K. */
  static final int EVERY = 50;

  static final int RANGE = 4;
  static final int RANGES = 6;
  static final int TASKS = 3;
  static final String RECORD = "spikes,v:readout";

  /** Steps of samples that must be computed. */
  static final long NEEDED = (long) TestRuns.SAMPLES * STEPS;

  private static final Pattern BACKEND = Pattern.compile("backend\\\\\":\\\\\"([a-z0-9-]+)");
  private static final long PATIENCE_SECONDS = 90;

  private final Path folder;
  private final FaultFolder faults;
  private final SparkProcesses daemons;
  private final Relay driverLine = new Relay();
  private final Relay blockLine = new Relay();
  private String master;
  private SparkSession session;

  private FaultCluster(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    faults = new FaultFolder(Files.createDirectories(folder.resolve("faults")));
    faults.reset();
    daemons = new SparkProcesses(Files.createDirectories(folder.resolve("cluster")));
    master = daemons.master();
    for (String host : HOSTS) {
      daemons.worker(host, master);
    }
  }

  /** Starts master and workers; not yet a session. */
  static FaultCluster start(Path folder) throws IOException, InterruptedException {
    return new FaultCluster(folder);
  }

  FaultFolder faults() {
    return faults;
  }

  SparkProcesses daemons() {
    return daemons;
  }

  Path folder() {
    return folder;
  }

  String master() {
    return master;
  }

  /** What a session on this cluster needs: executors of the tests, deaths that are noticed soon. */
  Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.master", master);
    // Executors come by the relays, so that a test can cut one of them off.
    settings.put("spark.driver.host", Relay.HOST);
    settings.put("spark.driver.bindAddress", Relay.DRIVER);
    settings.put("spark.driver.port", Integer.toString(driverLine.port()));
    settings.put("spark.driver.blockManager.port", Integer.toString(blockLine.port()));
    // Whoever is cut off does not notice; only missing heartbeats tell.
    settings.put("spark.rpc.io.connectionTimeout", "120s");
    settings.put("spark.executor.memory", "600m");
    settings.put("spark.executor.extraClassPath", ChildJvm.classPath());
    settings.put(
        "spark.executor.extraJavaOptions",
        "%s --add-modules=jdk.incubator.vector -D%s=%s"
            .formatted(
                String.join(" ", ChildJvm.quickStart()), FaultFolder.PROPERTY, faults.path()));
    settings.put("spark.executor.heartbeatInterval", "1s");
    settings.put("spark.network.timeout", "6s");
    settings.put("spark.network.timeoutInterval", "1s");
    settings.put("spark.storage.blockManagerSlaveTimeoutMs", "6000");
    // An executor that is gone does not come back; Spark asks it three times, 5 s apart.
    settings.put("spark.shuffle.io.maxRetries", "1");
    settings.put("spark.shuffle.io.retryWait", "200ms");
    // A test that kills many executors is not a node that is ill.
    settings.put("spark.task.maxFailures", "8");
    settings.put("spark.ui.enabled", "false");
    return settings;
  }

  /** The session of the class, made when first asked for. */
  SparkSession session() {
    if (session == null || session.sparkContext().isStopped()) {
      session = session(Map.of());
    }
    return session;
  }

  /** A session with further settings, in place of the one before. */
  SparkSession session(Map<String, String> further) {
    Map<String, String> all = settings();
    all.putAll(further);
    session = TestSpark.freshSession(all);
    return session;
  }

  /** The run of all tests of a class. */
  RunConfig.Builder config(String output) {
    return TestRuns.config(folder, output, STEPS)
        .checkpointEvery(EVERY)
        .record(RECORD)
        .partitions(TASKS)
        .backend(ProbeBackend.NAME);
  }

  /** The hash of a run that nobody disturbs, on this JVM's threads. */
  static String undisturbed(Path folder) {
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "undisturbed", STEPS).checkpointEvery(EVERY).record(RECORD).build(),
        RunListener.SILENT);
    return RunHash.of(folder.resolve("undisturbed"));
  }

  /** The backends that the range files of a run say they come from. */
  static Set<String> backends(Path run) {
    Set<String> backends = new TreeSet<>();
    try (Stream<Path> files = Files.list(run.resolve("checkpoint/ranges"))) {
      for (Path file : files.toList()) {
        Matcher name = BACKEND.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (name.find()) {
          backends.add(name.group(1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return backends;
  }

  /** Begins a run in a thread of its own. */
  Running begin(RunConfig config) {
    return new Running(session(), config);
  }

  /** The executor on a host, once the driver knows it. */
  ProcessHandle executor(String host) throws InterruptedException {
    await("an executor on " + host, () -> registered(host) && running(host).isPresent());
    return running(host).orElseThrow();
  }

  /** The executor on a host, once a task runs there. */
  ProcessHandle busyExecutor(String host) throws InterruptedException {
    ProcessHandle executor = executor(host);
    await("a task on " + host, () -> isBusy(host));
    return executor;
  }

  /** Waits until the driver counts on the executor of a host no more. */
  void awaitGivenUp(String host) throws InterruptedException {
    await("the driver to give up the executor on " + host, () -> !registered(host));
  }

  /** Lets nothing through between the driver and a process. */
  void cut(ProcessHandle process) throws IOException {
    if (driverLine.cut(process.pid()) == 0) {
      throw new IllegalStateException("Process %d has no connection".formatted(process.pid()));
    }
    blockLine.cut(process.pid());
  }

  /** Carries everything again. */
  void heal() {
    driverLine.heal();
    blockLine.heal();
  }

  private Optional<ProcessHandle> running(String host) {
    return daemons.children(host).stream().filter(ProcessHandle::isAlive).findFirst();
  }

  private boolean registered(String host) {
    return known(host).isPresent();
  }

  /** Whether a task runs on a host. */
  boolean isBusy(String host) {
    return known(host).map(SparkExecutorInfo::numRunningTasks).orElse(0) > 0;
  }

  private Optional<SparkExecutorInfo> known(String host) {
    return Arrays.stream(session.sparkContext().statusTracker().getExecutorInfos())
        .filter(executor -> executor.host().equals(host))
        .findFirst();
  }

  /** Sends a signal to a process. */
  static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0 && process.isAlive()) {
      throw new IllegalStateException("Cannot send " + name + " to " + process.pid());
    }
  }

  /** Waits until so many range files of a run are there. */
  void awaitSaved(String output, int files) throws InterruptedException {
    await(files + " saved states", () -> saved(output).size() >= files);
  }

  /** Names of the range files of a run. */
  List<String> saved(String output) {
    String[] names = folder.resolve(output).resolve("checkpoint/ranges").toFile().list();
    return names == null
        ? List.of()
        : Arrays.stream(names).filter(name -> !name.startsWith(".")).sorted().toList();
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    for (int tries = 0; tries < PATIENCE_SECONDS * 50; tries++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException("Still waiting for " + what);
  }

  /** A run that goes on while a test disturbs it. */
  static final class Running {
    private final Thread thread;
    private RunOutcome outcome;
    private RuntimeException failure;

    private Running(SparkSession session, RunConfig config) {
      thread =
          new Thread(
              () -> {
                try {
                  outcome = SimulateJob.run(session, config, RunListener.SILENT);
                } catch (RuntimeException e) {
                  failure = e;
                }
              },
              "disturbed run");
      thread.start();
    }

    boolean isOver() {
      return !thread.isAlive();
    }

    /** Waits for the end. */
    RunOutcome outcome() throws InterruptedException {
      thread.join(PATIENCE_SECONDS * 1000);
      if (thread.isAlive()) {
        throw new IllegalStateException("The run does not end");
      }
      if (failure != null) {
        throw failure;
      }
      return outcome;
    }
  }

  @Override
  public void close() {
    if (session != null) {
      session.stop();
    }
    daemons.close();
    driverLine.close();
    blockLine.close();
  }
}
