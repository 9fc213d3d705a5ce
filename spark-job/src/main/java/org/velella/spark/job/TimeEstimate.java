package org.velella.spark.job;

import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.RangePartitioner;
import org.velella.spark.task.TaskSpec;
import org.velella.spark.task.TimeTiles;

/**
 * How long a run would take, by the beginning of a tile of one of its ranges, which was simulated
 * and forgotten. Reading the input, saving, and writing tables come on top.
 *
 * @param tileSize samples of one kernel pass
 * @param rate samples times steps that one task simulates in a second
 * @param seconds of simulating what is left, by all tasks at once
 */
public record TimeEstimate(int tileSize, double rate, double seconds) {
  /** Where nothing is left, or nothing could be simulated. */
  public static final TimeEstimate NONE = new TimeEstimate(0, 0, 0);

  private static final Logger LOG = LoggerFactory.getLogger(TimeEstimate.class);

  /** Whether there is one. */
  public boolean isKnown() {
    return rate > 0;
  }

  /**
   * Simulates the beginning of a tile of the first range that is not done.
   *
   * @param tasks what the run's tasks would be told
   * @param need what is left to simulate
   * @param cores that work at once
   * @return empty if nothing is left, or nothing could be simulated
   */
  static Optional<TimeEstimate> of(
      JavaSparkContext spark,
      InputSource input,
      RangeIndex index,
      TaskSpec tasks,
      WorkLeft need,
      int cores) {
    if (need.ranges() == 0) {
      return Optional.empty();
    }
    Broadcast<TaskSpec> spec = spark.broadcast(tasks);
    String description = spark.getLocalProperty("spark.job.description");
    spark.setJobDescription("velella: seeing how long range %d takes".formatted(need.first()));
    try {
      List<TimeTiles.Measured> seen =
          input
              .fragments(index, new RangePartitioner(new int[] {need.first()}, 1))
              .mapPartitions(new TimeTiles(spec))
              .collect();
      return seen.isEmpty() ? Optional.empty() : Optional.of(of(seen.get(0), need, cores));
    } catch (Exception e) {
      Interruption.requireNone(e);
      // Spark throws checked exceptions that it does not declare. A plan tells what it can; whoever
      // runs it sees why it cannot be simulated.
      LOG.warn("How long it takes could not be seen", e);
      return Optional.empty();
    } finally {
      spark.setJobDescription(description);
      Broadcasts.destroy(spec);
    }
  }

  /** By what was seen; no more cores work at once than there are ranges. */
  static TimeEstimate of(TimeTiles.Measured seen, WorkLeft need, int cores) {
    double rate = seen.sampleSteps() / (seen.nanos() * 1e-9);
    return new TimeEstimate(
        seen.tileSize(), rate, need.all() / rate / Math.min(cores, need.ranges()));
  }
}
