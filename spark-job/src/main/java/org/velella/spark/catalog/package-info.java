/**
 * A run's tables as Spark's data sources and as a catalog: what SQL and {@code
 * spark.read().format(…)} see, from any language. Nothing here writes.
 *
 * <p>Only interfaces that Spark 3.5 to 4.2 share are used, so that one jar serves all of them.
 *
 * <p>May use: job, and core. Open {@link org.velella.spark.catalog.RunSource} first.
 */
package org.velella.spark.catalog;
