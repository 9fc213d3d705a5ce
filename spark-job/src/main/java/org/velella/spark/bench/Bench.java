package org.velella.spark.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.velella.backend.Backend;

/** The benchmarks by name. */
public final class Bench {
  /** The benchmark of a user's own network. */
  public static final String NETWORK = "net";

  private static final Map<String, Workload> WORKLOADS = workloads();

  private Bench() {}

  private static Map<String, Workload> workloads() {
    Map<String, Workload> all = new LinkedHashMap<>();
    all.put("kernels", new KernelWorkload());
    all.put("W1", new LifWorkload());
    all.put("W2", new LinearLifWorkload());
    all.put("W3", new ConvWorkload());
    all.put("W4", new SweepWorkload());
    all.put("W5", new RecurrentWorkload());
    all.put("W6", new CheckpointWorkload());
    all.put(EventCnnWorkload.NAME, new EventCnnWorkload());
    all.put(NETWORK, new NetworkWorkload());
    return all;
  }

  /** What {@link #runJob} knows. */
  public static List<String> jobs() {
    return List.of("W1-job", "W3-job", "W4-job");
  }

  /**
   * Runs a workload as a whole Spark job.
   *
   * @param name one of {@link #jobs()}
   * @throws IllegalArgumentException if there is no such job
   * @throws WrongAnswerException if it did not compute what it should
   */
  public static void runJob(
      String name,
      SparkSession spark,
      Backend backend,
      BenchOptions options,
      Consumer<Measurement> sink) {
    if (name.equals("W4-job")) {
      SweepWorkload.runJob(spark, backend, options, sink);
      return;
    }
    JobWorkload job =
        switch (name) {
          case "W1-job" -> LifWorkload.job();
          case "W3-job" -> ConvWorkload.job();
          default ->
              throw new IllegalArgumentException("Unknown job '" + name + "'; known are " + jobs());
        };
    job.run(spark, backend, options.runs(), sink);
  }

  /** What {@link #run} knows, in the order in which it runs. */
  public static List<String> names() {
    return new ArrayList<>(WORKLOADS.keySet());
  }

  /**
   * Runs a benchmark.
   *
   * @param name one of {@link #names()}
   * @param sink receives each measurement when it is done
   * @throws IllegalArgumentException if there is no such benchmark
   * @throws WrongAnswerException if what was measured did not compute what it should
   */
  public static void run(
      String name, Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    Workload workload = WORKLOADS.get(name);
    if (workload == null) {
      throw new IllegalArgumentException(
          "Unknown benchmark '%s'; known are %s".formatted(name, String.join(", ", names())));
    }
    workload.run(backend, options, new OneThread(sink));
  }
}
