package org.velella.spark.frame;

import org.apache.spark.api.java.JavaPairRDD;

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

  /**
   * The input of the ranges that are still to be run: partition p holds, in the order of their
   * keys, a marker for each of its ranges and the fragments of its samples.
   */
  JavaPairRDD<SampleKey, byte[]> fragments(RangeIndex index, RangePartitioner partitioner);
}
