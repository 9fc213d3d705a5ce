package org.velella.spark.task;

/**
 * Who some elements of the batch are: trial and sample of each, which together are unique in a run.
 */
record RowIds(long[] trials, long[] samples) {
  int size() {
    return samples.length;
  }
}
