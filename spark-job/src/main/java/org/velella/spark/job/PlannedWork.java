package org.velella.spark.job;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.SweepSource;
import org.velella.spark.task.CheckpointSchedule;
import org.velella.spark.task.TaskSpec;
import org.velella.sweep.TrialList;

/**
 * What a call would have to simulate.
 *
 * @param input of a sweep, with its trials
 * @param work of the ranges
 * @param selection of the ranges
 * @param manner how it would be done
 * @param steps that the call would go to
 */
record PlannedWork(
    JavaSparkContext spark,
    InputSource input,
    RangeIndex index,
    RangeWork work,
    Selection selection,
    Manner manner,
    long steps) {
  /** Of a run that is no sweep. */
  static PlannedWork of(
      JavaSparkContext spark, InputSource input, RangeIndex index, Manner manner, long steps) {
    return new PlannedWork(
        spark, input, index, RangeWork.of(index), manner.sampleIds().of(index), manner, steps);
  }

  /** Of a sweep. */
  static PlannedWork of(
      JavaSparkContext spark,
      InputSource input,
      RunSpec.SweepShape shape,
      TrialList trials,
      Manner manner,
      long steps) {
    return new PlannedWork(
        spark,
        new SweepSource(input, shape.layout(trials), shape.samplesPerRange()),
        shape.index(trials),
        RangeWork.of(shape.layout(trials), trials, steps),
        Selection.all(),
        manner,
        steps);
  }

  /**
   * Checks that tasks have room for what is to be computed, disks for what it records, and this
   * process, the driver, for what it lists of that.
   *
   * @param checkpointEvery steps between two checkpoints; 0: one at the end; {@link Manner#AUTO}
   * @param run what it has saved has its traces already
   * @param to where it is to record: the same, or a branch that goes on from there
   * @throws UsageException if not; the message has the estimate and what to do
   */
  void requireRoom(
      MemoryNeed need,
      long checkpointEvery,
      RunDirectory run,
      RunDirectory to,
      RunListener listener) {
    Cluster cluster = Cluster.of(spark.sc());
    need.requireFits(index, cluster, run.hasRun());
    new RecordingRoom(work, selection, steps, checkpointEvery, need.traceBytes(), atOnce(cluster))
        .require(run, to, () -> Disks.of(spark.sc(), to.uri()), manner.littleRoom(), listener);
    new ManifestRoom(work, selection, steps, checkpointEvery, need.tables())
        .require(run, to, Runtime.getRuntime().maxMemory(), manner.littleRoom(), listener);
  }

  /** Tasks that run at the same time, if there are so many. */
  private int atOnce(Cluster cluster) {
    int asked = manner.partitions();
    return asked > 0 ? Math.min(asked, cluster.cores()) : cluster.cores();
  }

  /**
   * What a plan says of it.
   *
   * @param partitions tasks
   * @param left samples, of all trials, times the steps that they have still to do
   * @param time how long that takes, if it could be seen
   */
  record Amount(int partitions, double left, TimeEstimate time) {}

  /**
   * Adds up what is left, and sees how long it takes.
   *
   * @param saved ranges of which something is saved, ascending
   * @param tasks what tasks would be told, but for how it is done; null if they cannot begin
   */
  Amount done(List<RangeEntry> saved, TaskSpec.Builder tasks) {
    WorkLeft left = WorkLeft.of(work, selection, saved, steps, CheckpointSchedule.every(0, steps));
    Cluster cluster = Cluster.of(spark.sc());
    return new Amount(
        RangeSizing.partitions(manner.partitions(), index.ranges(), cluster.cores()),
        left.all(),
        tasks == null ? TimeEstimate.NONE : time(tasks, left, atOnce(cluster)));
  }

  private TimeEstimate time(TaskSpec.Builder tasks, WorkLeft left, int atOnce) {
    TaskSpec spec =
        tasks
            .steps(steps, 0)
            .backend(manner.backend())
            .tileSize(manner.tileSize())
            .gpuPermits(manner.gpuPermits())
            .build();
    return TimeEstimate.of(spark, input, index, spec, left, atOnce).orElse(TimeEstimate.NONE);
  }
}
