/**
 * Benchmarks of the engine on this machine: reference workloads with defined inputs and checks, and
 * kernels as ratios to limits that are measured in the same run.
 *
 * <p>May use: job, and core. Open {@link org.velella.spark.bench.Bench} first.
 */
package org.velella.spark.bench;
