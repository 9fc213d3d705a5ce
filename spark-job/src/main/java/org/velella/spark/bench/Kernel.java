package org.velella.spark.bench;

import java.util.Map;

/**
 * One kernel at one size, ready to be timed on one thread.
 *
 * @param params what tells it from others
 * @param run computes once
 * @param work of one run, by unit
 * @param check of the last run's answer; fails if it is wrong
 */
record Kernel(
    Map<String, String> params,
    Runnable run,
    Map<String, Double> work,
    java.util.function.Supplier<String> check) {}
