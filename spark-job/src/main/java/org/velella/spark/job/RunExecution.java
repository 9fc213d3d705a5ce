package org.velella.spark.job;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.velella.backend.BackendUnavailableException;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RunIdentity;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.RangePartitioner;
import org.velella.spark.frame.SampleKey;
import org.velella.spark.task.RangeHeads;
import org.velella.spark.task.SimulateTiles;
import org.velella.spark.task.TaskSpec;

/**
 * Brings a run from where its checkpoint stands to a step: finds out what is missing, has it
 * simulated, commits what the tasks save while they run, and publishes at the end.
 */
final class RunExecution {
  private static final long COMMIT_SECONDS = 3;

  private final JavaSparkContext spark;
  private final RunDirectory directory;
  private final RangeIndex index;
  private final RunIdentity identity;
  private final TaskSpec tasks;
  private final RunListener listener;

  /** Where generations of trials begin; 0 in a run that is no sweep. */
  private final List<Integer> firstRanges;

  private final ManifestLog log;
  private final Adoption adoption;
  private final TreeMap<String, String> writer = new TreeMap<>();
  private final long begun = System.nanoTime();

  private long sampleStepsBefore;

  /** Says how much of the input was not reached; empty if nothing. */
  private String unreached = "";

  /**
   * @param identity what the checkpoint must belong to
   * @param tasks what tasks must know, the step to reach included
   * @param firstRanges the first ranges of generations of trials, with which files of results begin
   */
  RunExecution(
      JavaSparkContext spark,
      RunDirectory directory,
      RangeIndex index,
      RunIdentity identity,
      TaskSpec tasks,
      List<Integer> firstRanges,
      RunListener listener) {
    this.firstRanges = List.copyOf(firstRanges);
    this.spark = spark;
    this.directory = directory;
    this.index = index;
    this.identity = identity;
    this.tasks = tasks;
    this.listener = listener;
    log = new ManifestLog(directory.store());
    adoption = new Adoption(directory.store());
    writer.put("application", spark.sc().applicationId());
    writer.put(Manifest.ATTEMPT, UUID.randomUUID().toString());
  }

  /**
   * Runs what is missing.
   *
   * @param partitions tasks to spread it over
   */
  RunOutcome run(InputSource input, int partitions) throws IOException {
    String application = spark.sc().applicationId();
    RunLease lease = RunLease.take(directory.store(), application, listener);
    try {
      return runAlone(input, partitions);
    } finally {
      lease.close();
    }
  }

  private RunOutcome runAlone(InputSource input, int partitions) throws IOException {
    ManifestHead head = claim();
    sampleStepsBefore = sampleSteps(head.manifest());
    RangeHeads pending = RangeHeads.before(head.manifest().allRanges(), tasks.targetSteps());
    status("running", head, "");
    try {
      if (pending.count() > 0) {
        RangePartitioner partitioner = new RangePartitioner(pending.numbers(), partitions);
        head = simulate(head, pending, input.fragments(index, partitioner));
      }
      requireComplete(head.manifest());
      Publisher publisher = new Publisher(spark, directory, tasks, firstRanges);
      long samples = publisher.publish(head.manifest());
      long failed = Publisher.failures(head.manifest());
      double seconds = (System.nanoTime() - begun) / 1e9;
      RunOutcome outcome =
          new RunOutcome(samples, failed, tasks.targetSteps(), tasks.backend(), seconds);
      status("finished", head, "exit code " + outcome.exitCode() + unreached);
      return outcome;
    } catch (CommitFailedException e) {
      // The run is another writer's now, and so is its status.
      throw e;
    } catch (IOException | RuntimeException e) {
      status(
          spark.sc().isStopped() ? "interrupted" : "failed",
          head,
          String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      throw e;
    }
  }

  /**
   * Takes over what earlier drivers and their tasks have left, and commits it: from here on, a
   * driver that still works on this run fails at its next commit.
   */
  private ManifestHead claim() throws IOException {
    ManifestHead head = log.latest().orElse(null);
    if (head == null) {
      return log.commit(
          Manifest.first(
              identity, index.samples(), tasks.targetSteps(), index.rangeSize(), writer));
    }
    head.warnings().forEach(listener::message);
    identity.requireSame(head.manifest().run(), "The checkpoint of " + directory.location());
    Adoption.Result found = adoption.adopt(head.manifest(), Adoption.Verification.DATA);
    found.warnings().forEach(listener::message);
    return log.commit(head.extended(found.ranges(), index.samples(), tasks.targetSteps(), writer));
  }

  private ManifestHead simulate(
      ManifestHead before, RangeHeads pending, JavaPairRDD<SampleKey, byte[]> fragments)
      throws IOException {
    Broadcast<TaskSpec> spec = spark.broadcast(tasks);
    Broadcast<RangeHeads> heads = spark.broadcast(pending);
    String description = spark.getLocalProperty("spark.job.description");
    spark.setJobDescription(
        "velella: %s, %d of %d ranges to step %d"
            .formatted(directory.location(), pending.count(), index.ranges(), tasks.targetSteps()));
    StaleAttempts stale = new StaleAttempts(spark);
    try {
      return follow(before, fragments.mapPartitions(new SimulateTiles(spec, heads)).collectAsync());
    } finally {
      stale.close();
      spark.setJobDescription(description);
      spec.destroy();
      heads.destroy();
    }
  }

  /** Commits what is saved while the tasks run, and once more when they have ended. */
  private ManifestHead follow(ManifestHead before, JavaFutureAction<List<long[]>> job)
      throws IOException {
    ManifestHead head = before;
    try {
      while (!hasEnded(job)) {
        head = commit(head);
      }
    } catch (ExecutionException e) {
      commit(head);
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    } finally {
      job.cancel(true);
    }
    return commit(head);
  }

  private void tellUnreached(List<long[]> ranges) {
    long events = 0;
    for (long[] range : ranges) {
      events += range[3];
    }
    if (events > 0) {
      unreached =
          "; %d events lie at step %d or later and were not reached"
              .formatted(events, tasks.targetSteps());
      listener.message(unreached.substring(2));
    }
  }

  private boolean hasEnded(JavaFutureAction<List<long[]>> job)
      throws ExecutionException, InterruptedException {
    try {
      tellUnreached(job.get(COMMIT_SECONDS, TimeUnit.SECONDS));
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** What a failed Spark job means; users can do more about some causes than try again. */
  private RuntimeException failure(Throwable thrown) {
    // Of a signal to this process, tasks know only that Spark is gone.
    if (spark.sc().isStopped()) {
      return interrupted(thrown);
    }
    Throwable root = thrown;
    while (root.getCause() != null && !isTold(root)) {
      root = root.getCause();
    }
    if (isTold(root)) {
      return (RuntimeException) root;
    }
    String message = String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    return new RunFailedException(
        "Simulating failed; what was saved is kept, and the same command goes on from there: "
            + message,
        thrown);
  }

  private static RunFailedException interrupted(Throwable cause) {
    return new RunFailedException(
        "Interrupted; what was saved is kept, and the same command goes on from there", cause);
  }

  private static boolean isTold(Throwable thrown) {
    return thrown instanceof CheckpointException || thrown instanceof BackendUnavailableException;
  }

  private ManifestHead commit(ManifestHead head) throws IOException {
    Adoption.Result found = adoption.adopt(head.manifest(), Adoption.Verification.HEADERS);
    found.warnings().forEach(listener::message);
    if (!found.changed()) {
      return head;
    }
    ManifestHead next = log.commit(head.successor(found.ranges(), tasks.targetSteps(), writer));
    listener.progress(progress(next.manifest()));
    return next;
  }

  private RunProgress progress(Manifest manifest) {
    return new RunProgress(
        index.ranges(),
        rangesDone(manifest),
        index.samples() * tasks.targetSteps(),
        sampleSteps(manifest),
        sampleStepsBefore,
        (System.nanoTime() - begun) / 1e9);
  }

  private static long sampleSteps(Manifest manifest) {
    long done = 0;
    for (RangeEntry entry : manifest.ranges()) {
      done += entry.range().size() * entry.step();
    }
    return done;
  }

  private int rangesDone(Manifest manifest) {
    int done = 0;
    for (RangeEntry entry : manifest.ranges()) {
      done += entry.step() >= tasks.targetSteps() ? 1 : 0;
    }
    return done;
  }

  private void requireComplete(Manifest manifest) {
    if (!manifest.isComplete()) {
      throw new CheckpointCorruptException(
          "All tasks of %s ended well, but only %d of %d ranges are saved at step %d; run the same command again"
              .formatted(
                  directory.location(), rangesDone(manifest), index.ranges(), tasks.targetSteps()));
    }
  }

  private void status(String state, ManifestHead head, String detail) {
    directory.status(
        new RunStatus(
            state,
            Instant.now(),
            tasks.targetSteps(),
            index.ranges(),
            rangesDone(head.manifest()),
            detail));
  }
}
