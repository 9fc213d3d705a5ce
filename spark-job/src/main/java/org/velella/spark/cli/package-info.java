/**
 * The command line: options in, exit code out. A command parses, starts Spark where it needs it,
 * calls one job, and says what came of it.
 *
 * <p>May use: job, bench, and core. Open {@link org.velella.spark.cli.Velella} first.
 */
package org.velella.spark.cli;
