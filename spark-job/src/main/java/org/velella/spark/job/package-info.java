/**
 * The driver side of a run: what was asked, what is there, what remains to be done, and what came
 * of it.
 *
 * <p>May use: task, frame, store, and core. Open {@link org.velella.spark.job.SimulateJob} first.
 */
package org.velella.spark.job;
