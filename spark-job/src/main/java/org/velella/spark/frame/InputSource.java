package org.velella.spark.frame;

import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Input data of any form as fragments, grouped by range and sorted by sample. */
public interface InputSource {
  /** What is known of the data. */
  InputFacts facts();

  /** Which samples belong to which range, for ranges of a size. */
  RangeIndex index(int rangeSize);

  /**
   * Checks that samples that were long enough for some steps are so for more.
   *
   * @throws InputException if one is not; the message names it
   */
  default void requireLongEnough(long before, long steps) {}

  /** The columns {@code sample_id} and {@code label}, if the data says which class samples have. */
  default Optional<Dataset<Row>> labels() {
    return Optional.empty();
  }

  /**
   * The input of the ranges that are still to be run: partition p holds, in the order of their
   * keys, a marker for each of its ranges and the fragments of its samples.
   */
  JavaPairRDD<SampleKey, byte[]> fragments(RangeIndex index, RangePartitioner partitioner);
}
