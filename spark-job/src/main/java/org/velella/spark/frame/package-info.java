/**
 * Input data as samples, and a run's tables as data: which sample belongs to which range, how a
 * sample's input crosses the cluster, and what the Parquet files of a run look like.
 *
 * <p>May use: store, and core. Open {@link org.velella.spark.frame.InputSource} first.
 */
package org.velella.spark.frame;
