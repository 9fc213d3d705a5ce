/**
 * Files, through Hadoop: a run's directory as a checkpoint store, input files by position, and the
 * Hadoop configuration as something that crosses the cluster.
 *
 * <p>May use: core. Open {@link org.velella.spark.store.RunStores} first.
 */
package org.velella.spark.store;
