/**
 * Faults as a cluster and its storage have them, injected; see {@code spark-job/docs/FAULTS.md}.
 *
 * <p>Open {@link org.velella.spark.faults.RunHash} first: it says what every test compares.
 */
package org.velella.spark.faults;
