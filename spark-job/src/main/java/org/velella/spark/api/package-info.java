/**
 * Simulations from programs and notebooks, in Java, Scala and, through the JVM, Python: options are
 * called as on the command line, tables go in and out as DataFrames.
 *
 * <p>Methods return the object that they are called on, take strings, numbers and tables, and throw
 * unchecked exceptions only.
 *
 * <p>May use: job, frame, and core. Open {@link org.velella.spark.api.SimulationJob} first.
 */
package org.velella.spark.api;
