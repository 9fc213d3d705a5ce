package org.velella.spark.job;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;

/**
 * A run's progress among the metrics of Spark's driver, as long as the run goes on, for whatever
 * sinks Spark is configured with. Unlike a plugin of Spark, it needs no setting when Spark starts,
 * so it is there in notebooks too, and executors load nothing for it.
 *
 * <p>Of runs that go on at the same time in one driver, the first one is shown.
 */
final class RunMetrics implements Source, AutoCloseable {
  /** Of the metrics' names, after Spark's application and {@code driver}. */
  static final String NAME = "velella";

  private static final AtomicReference<RunMetrics> SHOWN = new AtomicReference<>();

  private final MetricRegistry registry = new MetricRegistry();
  private volatile RunProgress progress;

  /** Null unless this is shown. */
  private final MetricsSystem system;

  /** Shows a run's progress from now on. */
  RunMetrics(RunProgress begins) {
    progress = begins;
    String unit = begins.work().unit();
    count(unit + ".total", now -> now.work().all());
    count(unit + ".done", now -> now.work().done());
    count(unit + ".remaining", RunProgress::remaining);
    number(unit + ".per_second", RunProgress::workRate);
    count("failures", now -> now.work().failures());
    count("sample_steps.total", RunProgress::sampleSteps);
    count("sample_steps.done", RunProgress::sampleStepsDone);
    number("sample_steps.per_second", RunProgress::rate);
    number("seconds_left", RunProgress::secondsLeft);
    SparkEnv env = SparkEnv.get();
    boolean shown = env != null && SHOWN.compareAndSet(null, this);
    system = shown ? env.metricsSystem() : null;
    if (shown) {
      register();
    }
  }

  private void register() {
    boolean done = false;
    try {
      system.registerSource(this);
      done = true;
    } finally {
      if (!done) {
        SHOWN.compareAndSet(this, null);
      }
    }
  }

  private void count(String name, ToLongFunction<RunProgress> value) {
    Gauge<Long> gauge = () -> value.applyAsLong(progress);
    registry.register(name, gauge);
  }

  private void number(String name, ToDoubleFunction<RunProgress> value) {
    Gauge<Double> gauge = () -> value.applyAsDouble(progress);
    registry.register(name, gauge);
  }

  void update(RunProgress now) {
    progress = now;
  }

  @Override
  public String sourceName() {
    return NAME;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  @Override
  public void close() {
    if (system != null) {
      system.removeSource(this);
      SHOWN.compareAndSet(this, null);
    }
  }
}
