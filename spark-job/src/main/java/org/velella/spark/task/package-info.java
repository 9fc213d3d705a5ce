/**
 * The executor side: what happens to the samples of one task, from input fragments to checkpoint
 * files. Nothing here sees a Spark session.
 *
 * <p>May use: frame, store, and core. Open {@link org.velella.spark.task.SimulateTiles} first.
 */
package org.velella.spark.task;
