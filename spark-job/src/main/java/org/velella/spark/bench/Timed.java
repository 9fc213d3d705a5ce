package org.velella.spark.bench;

import java.util.Map;

/**
 * A kernel that was timed.
 *
 * @param kernel what was timed
 * @param seconds of its runs
 * @param ratios to what ran beside it, by name
 */
record Timed(Kernel kernel, double[] seconds, Map<String, Double> ratios) {}
