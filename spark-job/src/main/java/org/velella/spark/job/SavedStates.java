package org.velella.spark.job;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.SampleRange;
import org.velella.spark.task.TaskSpec;
import org.velella.spark.task.VerifyStates;

/** What a run goes on from, read whole by the cluster's tasks. */
final class SavedStates {
  private static final int RANGES_PER_TASK = 16;
  private static final long LOOK_MILLIS = 100;

  private final JavaSparkContext spark;
  private final TaskSpec tasks;

  SavedStates(JavaSparkContext spark, TaskSpec tasks) {
    this.spark = spark;
    this.tasks = tasks;
  }

  /**
   * The ranges whose newest file, or something that was recorded on the way to it, is damaged,
   * missing, or of something else.
   *
   * @param ends asked again and again whether the process is to end, which the reading then does
   * @throws ExecutionException if they could not be read, or not to the end
   */
  Set<SampleRange> damaged(List<RangeEntry> saved, BooleanSupplier ends)
      throws ExecutionException, InterruptedException {
    if (saved.isEmpty()) {
      return Set.of();
    }
    int partitions =
        Math.max(
            Math.min(saved.size(), spark.defaultParallelism()), saved.size() / RANGES_PER_TASK);
    List<byte[]> entries = saved.stream().map(RangeEntry::bytes).toList();
    Broadcast<TaskSpec> spec = spark.broadcast(tasks);
    try {
      Set<Long> damaged =
          new HashSet<>(
              result(
                  spark
                      .parallelize(entries, partitions)
                      .mapPartitions(new VerifyStates(spec))
                      .collectAsync(),
                  ends));
      return saved.stream()
          .map(RangeEntry::range)
          .filter(range -> damaged.contains(range.lo()))
          .collect(Collectors.toSet());
    } finally {
      Broadcasts.destroy(spec);
    }
  }

  private static List<Long> result(JavaFutureAction<List<Long>> job, BooleanSupplier ends)
      throws ExecutionException, InterruptedException {
    TimeoutException waited = null;
    try {
      while (!ends.getAsBoolean()) {
        try {
          return job.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          waited = e;
        }
      }
    } finally {
      job.cancel(true);
    }
    throw new ExecutionException("The process ends", waited);
  }
}
