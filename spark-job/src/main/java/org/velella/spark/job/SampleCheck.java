package org.velella.spark.job;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.velella.checkpoint.SampleRange;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.InputSource;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.frame.RangePartitioner;
import org.velella.spark.task.CheckSamples;

/** Looks for bad samples before anything is computed, for runs that shall stop at the first one. */
final class SampleCheck {
  private static final int NAMED = 10;

  private SampleCheck() {}

  /** The numbers of the ranges that are selected. */
  static int[] ranges(RangeIndex index, Selection selection) {
    return IntStream.range(0, index.ranges())
        .filter(
            range ->
                selection.contains(new SampleRange(index.firstRank(range), index.endRank(range))))
        .toArray();
  }

  /**
   * Reads the input of some ranges once.
   *
   * @throws UsageException if a sample could not be simulated; the message names the first ones
   */
  static void require(
      SparkContext spark,
      InputSource input,
      RangeIndex index,
      int[] ranges,
      int width,
      long steps,
      int partitions) {
    if (ranges.length == 0) {
      return;
    }
    String description = spark.getLocalProperty("spark.job.description");
    spark.setJobDescription(
        "velella: looking for bad samples in %d ranges".formatted(ranges.length));
    List<String> bad;
    try {
      bad =
          input
              .fragments(index, new RangePartitioner(ranges, partitions))
              .mapPartitions(new CheckSamples(width, steps, NAMED + 1))
              .collect();
    } finally {
      spark.setJobDescription(description);
    }
    if (!bad.isEmpty()) {
      throw new UsageException(
          "Some samples cannot be simulated, and with --fail-fast nothing was computed: %s%s; mend them, or leave --fail-fast out to run the others"
              .formatted(
                  String.join("; ", bad.subList(0, Math.min(NAMED, bad.size()))),
                  bad.size() > NAMED ? "; and more" : ""));
    }
  }
}
