package org.velella.spark.bench;

import java.util.function.Consumer;
import org.velella.backend.Backend;

/** Something to measure, with a check of its answer. */
interface Workload {
  /** Measures all variants that the options let through. */
  void run(Backend backend, BenchOptions options, Consumer<Measurement> sink);
}
