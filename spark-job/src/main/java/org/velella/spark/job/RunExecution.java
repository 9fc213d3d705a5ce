package org.velella.spark.job;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.Selection;
import org.velella.provenance.Secrets;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.RangePartitioner;
import org.velella.spark.frame.SampleKey;
import org.velella.spark.task.RangeHeads;
import org.velella.spark.task.SimulateTiles;
import org.velella.spark.task.TaskSpec;

/**
 * Brings a run, or some of its samples, from where its checkpoint stands to a step: finds out what
 * is missing, has it simulated, commits what the tasks save while they run, and publishes once the
 * whole run is complete.
 */
final class RunExecution {
  private static final long LOOK_MILLIS = 200;
  private static final long END_MILLIS = 10_000;
  private static final int MOST_ROUNDS = 3;

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final RunDirectory directory;
  private final RangeIndex index;
  private final TaskSpec tasks;
  private final Selection selection;
  private final Manner manner;
  private final RunListener listener;

  private final RunLayout layout;
  private final Commits commits;
  private final Retention retention;
  private final Spending spent;
  private final SentSpec sent;

  private final PatientCommits patient;
  private final TaskResults told;

  /** Null before something is committed. */
  private RunTeller teller;

  /** Whether whoever runs this has interrupted it, which it says again once all is in order. */
  private boolean threadInterrupted;

  /**
   * @param identity what the checkpoint must belong to
   * @param tasks what tasks must know, the step to reach included
   */
  RunExecution(
      SparkSession session,
      RunDirectory directory,
      RunLayout layout,
      RunIdentity identity,
      TaskSpec tasks,
      Manner manner,
      RunListener listener) {
    this.session = session;
    spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    spent = new Spending(manner.budget());
    this.directory = directory;
    this.layout = layout;
    index = layout.index();
    this.tasks = tasks;
    this.manner = manner;
    this.listener = listener;
    selection = manner.sampleIds().of(index);
    String application = spark.sc().applicationId();
    commits =
        new Commits(
            directory,
            index,
            identity,
            tasks.targetSteps(),
            selection,
            manner.keep(),
            application,
            listener);
    retention = new Retention(directory.store(), manner.keep());
    patient = new PatientCommits(this::commit, listener);
    sent = new SentSpec(spark, tasks, spent);
    told = new TaskResults(tasks.targetSteps(), listener);
  }

  /**
   * Runs what is missing.
   *
   * @param partitions tasks to spread it over
   * @param interruption holds the end of this process up meanwhile
   */
  RunOutcome run(InputSource input, int partitions, Interruption interruption) throws IOException {
    RunLease lease =
        RunLease.take(directory.store(), spark.sc().applicationId(), selection, listener);
    try {
      directory.leased(lease);
      interruption.simulates();
      return runAndClean(input, partitions, interruption, lease);
    } finally {
      lease.close();
      if (threadInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private RunOutcome runAndClean(
      InputSource input, int partitions, Interruption interruption, RunLease lease)
      throws IOException {
    RunOutcome outcome = runAlone(input, partitions, interruption);
    boolean collects = !commits.manifest().isComplete() || commits.commitAgain();
    if (collects) {
      retention.superseded();
    }
    if (outcome.isComplete()) {
      new LabelsTable(directory).keep(session, input, listener);
      new MetricsTable(session, directory).update(listener);
      lease.close();
      if (collects) {
        retention.everything(spark.sc().applicationId());
      }
      new TableAttempts(session, directory).removeLost(spark.sc().applicationId());
    }
    return outcome;
  }

  private RunOutcome runAlone(InputSource input, int partitions, Interruption interruption)
      throws IOException {
    new Claim(spark, tasks, directory, commits).make(interruption);
    try (sent;
        RunTeller open = new RunTeller(directory, layout, commits, spent, listener)) {
      teller = open;
      return tell(input, partitions, interruption);
    }
  }

  private RunOutcome tell(InputSource input, int partitions, Interruption interruption)
      throws IOException {
    try {
      simulateFew(input, partitions, interruption);
      requireComplete();
      RunOutcome outcome = commits.manifest().isComplete() ? publish() : partial();
      String detail = "exit code " + outcome.exitCode() + told.unreached();
      teller.status(
          outcome.isComplete() ? RunStatus.FINISHED : "incomplete",
          outcome.isComplete() ? detail : outcome.missing() + "; " + detail);
      return outcome;
    } catch (CommitFailedException e) {
      // The run is another writer's now, and so is its status.
      throw e;
    } catch (Exception | Error e) {
      boolean ofThread =
          Interruption.isOfThread(e) || threadInterrupted && Interruption.isOfInterrupt(e);
      boolean interrupted =
          interruption.isRequested()
              || ofThread
              || spark.sc().isStopped()
              || e instanceof TimeLimitException;
      teller.status(
          interrupted ? RunStatus.INTERRUPTED : RunStatus.FAILED,
          ofThread ? Interruption.WORDS : JobFailure.firstLine(e));
      throw e;
    }
  }

  private void simulateFew(InputSource input, int partitions, Interruption interruption)
      throws IOException {
    try {
      spent.requireFewFailures(teller.progress().work().failures());
      simulate(input, partitions, interruption);
    } catch (TooManyFailuresException e) {
      // Why they have is for Spark to read, which is done by no task that still runs.
      throw e.with(FailedSamples.first(session, directory.location()));
    }
  }

  private RunOutcome publish() throws IOException {
    Publisher publisher = new Publisher(spark, directory, sent, layout.firstRanges(), listener);
    long samples = publisher.publish(commits.manifest());
    return outcome(samples, Commits.failures(commits.manifest().ranges()), "");
  }

  /** Other samples of the run have not come to the end, so there are no results yet. */
  private RunOutcome partial() {
    List<RangeEntry> mine = commits.selected();
    long failed = Commits.failures(mine);
    long samples = mine.stream().mapToLong(entry -> entry.range().size()).sum();
    String missing =
        "%d of %d ranges have not reached step %d; results come with the last of them: velella resume %s"
            .formatted(
                index.ranges() - teller.progress().rangesDone(),
                index.ranges(),
                tasks.targetSteps(),
                directory.location());
    listener.message(missing);
    return outcome(Math.max(0, samples - failed), failed, missing);
  }

  private RunOutcome outcome(long samples, long failed, String missing) {
    long failedTrials =
        layout.isSweep() && failed > 0 ? FailedSamples.trials(session, directory.location()) : 0;
    teller.failedTrials(failedTrials);
    return new RunOutcome(
        samples,
        failed,
        failedTrials,
        tasks.targetSteps(),
        BackendCheck.shown(spark.sc(), tasks.backend()),
        spent.seconds(),
        missing,
        CheckpointAdvice.text(teller.cost(), manner.mtbfSeconds()));
  }

  /**
   * Has all that is missing simulated. Of a range that several attempts have worked on, it may turn
   * out that what its last one saved goes on from a state that was collected, and cannot be used.
   */
  private void simulate(InputSource input, int partitions, Interruption interruption)
      throws IOException {
    RangeHeads pending = pending();
    for (int round = 0; round < MOST_ROUNDS && pending.count() > 0; round++) {
      if (round > 0) {
        listener.message(
            "%d ranges are not saved to the end, though their tasks have ended well; they go on from what is saved"
                .formatted(pending.count()));
      }
      List<RangeEntry> now = commits.manifest().allRanges();
      RangePartitioner partitioner =
          new RangePartitioner(
              pending.numbers(),
              // And a little for itself, for trials may have ended before.
              range ->
                  1 + layout.work().sampleSteps(range, now.get(range).step(), tasks.targetSteps()),
              partitions);
      simulate(pending, input.fragments(index, partitioner), interruption);
      pending = pending();
      if (pending.count() > 0 && interruption.isRequested()) {
        throw Interruption.failure(null);
      }
      if (pending.count() > 0 && spent.isTimeSpent()) {
        throw spent.timeIsSpent(null);
      }
    }
  }

  private RangeHeads pending() {
    return RangeHeads.before(
        commits.manifest().allRanges(), tasks.targetSteps(), selection::contains);
  }

  private void simulate(
      RangeHeads pending, JavaPairRDD<SampleKey, byte[]> fragments, Interruption interruption)
      throws IOException {
    Broadcast<RangeHeads> heads = spark.broadcast(pending);
    String description = spark.getLocalProperty("spark.job.description");
    spark.setJobDescription(
        "velella: %s, %d of %d ranges to step %d, %s"
            .formatted(
                Secrets.hide(directory.location()),
                pending.count(),
                index.ranges(),
                tasks.targetSteps(),
                teller.progress().work()));
    RunningTasks running = new RunningTasks(spark);
    try {
      JavaRDD<long[]> work = fragments.mapPartitions(new SimulateTiles(sent.get(), heads));
      follow(
          GpuShares.ask(work, spark.getConf(), manner, listener).collectAsync(),
          running,
          interruption);
    } finally {
      running.close();
      spark.setJobDescription(description);
      Broadcasts.destroy(heads);
    }
  }

  /** Commits what is saved while the tasks run, and once more when they have ended. */
  private void follow(
      JavaFutureAction<List<long[]>> job, RunningTasks tasks, Interruption interruption)
      throws IOException {
    try {
      while (!hasEnded(job, interruption)) {
        patient.meanwhile();
      }
    } catch (ExecutionException e) {
      throw saved(failure(e.getCause(), interruption), job, tasks, interruption);
    } catch (InterruptedException e) {
      threadInterrupted = true;
      throw saved(Interruption.failure(e), job, tasks, interruption);
    } catch (CommitFailedException e) {
      // What tasks save is another writer's affair.
      throw e;
    } catch (IOException | RuntimeException e) {
      saved(e, job, tasks, interruption);
      throw e;
    } finally {
      job.cancel(true);
    }
    commitAtLast(interruption);
  }

  /** A failure, once what tasks have computed is saved and committed, if that can be done. */
  private <E extends Exception> E saved(
      E failure, JavaFutureAction<?> job, RunningTasks tasks, Interruption interruption)
      throws IOException {
    end(job, tasks, interruption);
    try {
      commit();
    } catch (CommitFailedException e) {
      throw e;
    } catch (IOException | CheckpointException | TooManyFailuresException also) {
      // What has ended the tasks may well be the reason; the files are there for the next run.
      failure.addSuppressed(also);
    }
    return failure;
  }

  /** Has tasks that still run end once they have saved what they have computed. */
  private void end(JavaFutureAction<?> job, RunningTasks tasks, Interruption interruption) {
    job.cancel(true);
    try {
      tasks.awaitEnd(END_MILLIS, () -> interruption.isAbandoned() || spent.isAbandoned());
    } catch (InterruptedException e) {
      threadInterrupted = true;
    }
  }

  private void commitAtLast(Interruption interruption) throws IOException {
    try {
      if (!patient.atLast(interruption::isRequested)) {
        throw Interruption.failure(null);
      }
    } catch (InterruptedException e) {
      threadInterrupted = true;
      throw Interruption.failure(e);
    }
  }

  /** Waits for a while, or until the job has ended. */
  private boolean hasEnded(JavaFutureAction<List<long[]>> job, Interruption interruption)
      throws ExecutionException, InterruptedException {
    for (long waited = 0; waited < patient.pauseMillis(); waited += LOOK_MILLIS) {
      try {
        List<long[]> results = job.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        told.take(results, teller, spent);
        return true;
      } catch (TimeoutException e) {
        if (interruption.isRequested() || spent.isAbandoned()) {
          throw new ExecutionException(e);
        }
      }
    }
    return false;
  }

  private RuntimeException failure(Throwable thrown, Interruption interruption) {
    // Of a signal to this process, tasks know only that Spark is gone.
    boolean gone = interruption.isRequested() || spark.sc().isStopped();
    if (gone) {
      return Interruption.failure(thrown);
    }
    return spent.isAbandoned() ? spent.timeIsSpent(thrown) : JobFailure.of(thrown);
  }

  private void commit() throws IOException {
    SelfChecks.requireNone(tasks, directory.store());
    if (commits.commit()) {
      retention.afterCommit(commits.takePassed());
      spent.requireFewFailures(teller.committed().work().failures());
    }
  }

  private void requireComplete() {
    List<RangeEntry> selected = commits.selected();
    long done = selected.stream().filter(commits::isDone).count();
    if (done < selected.size()) {
      throw new CheckpointCorruptException(
          "All tasks of %s ended well, but only %d of %d ranges are saved at step %d; run the same command again"
              .formatted(directory.location(), done, selected.size(), tasks.targetSteps()));
    }
  }
}
