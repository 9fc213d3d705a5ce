package org.velella.spark.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Adds to what several threads have taken how many times as fast they are as one thread with the
 * same variant before; rows are handed on as they come.
 */
final class OneThread implements Consumer<Measurement> {
  static final String RATIO = "of_one_thread";

  private final Consumer<Measurement> sink;

  /** What one thread takes, by workload and parameters. */
  private final Map<List<Object>, Double> seconds = new HashMap<>();

  OneThread(Consumer<Measurement> sink) {
    this.sink = sink;
  }

  @Override
  public void accept(Measurement measured) {
    List<Object> variant = List.of(measured.workload(), measured.engine(), measured.params());
    if (measured.threads() == 1) {
      seconds.put(variant, measured.medianSeconds());
    }
    Double alone = seconds.get(variant);
    sink.accept(
        measured.threads() == 1 || alone == null
            ? measured
            : Ratios.add(measured, RATIO, alone / measured.medianSeconds()));
  }
}
