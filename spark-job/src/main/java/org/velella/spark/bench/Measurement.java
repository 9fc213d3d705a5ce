package org.velella.spark.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.velella.provenance.Software;

/**
 * One measured variant of a workload.
 *
 * @param workload such as {@code W1}
 * @param engine what computed, such as {@code velella vector}
 * @param threads that shared the work
 * @param params what tells the variant from others
 * @param seconds wall time of each run
 * @param work how much was done in one run, by unit: {@code updates} of neurons, {@code bytes},
 *     {@code flops}, {@code items}
 * @param check what was computed, to compare with other engines
 * @param ratios this variant's speed relative to a limit or a twin in the same process, by name
 */
public record Measurement(
    String workload,
    String engine,
    int threads,
    Map<String, String> params,
    double[] seconds,
    Map<String, Double> work,
    String check,
    Map<String, Double> ratios) {
  private static final Map<String, String> PER_SECOND =
      Map.of(
          "updates", "updates_per_s",
          "bytes", "gb_per_s",
          "flops", "gflop_per_s",
          "items", "items_per_s");

  public Measurement {
    params = new TreeMap<>(params);
    work = new TreeMap<>(work);
    ratios = new TreeMap<>(ratios);
    seconds = seconds.clone();
    Arrays.sort(seconds);
  }

  /** The median of the runs' wall times. */
  public double medianSeconds() {
    int half = seconds.length / 2;
    return seconds.length % 2 == 1 ? seconds[half] : (seconds[half - 1] + seconds[half]) / 2;
  }

  /** One line of JSON, with the keys of the reference workloads. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("workload", workload).put("engine", engine).put("threads", threads);
    ObjectNode described = json.putObject("params");
    params.forEach(described::put);
    json.put("median_s", medianSeconds());
    json.put("min_s", seconds[0]).put("max_s", seconds[seconds.length - 1]);
    json.put("runs", seconds.length);
    work.forEach(
        (unit, amount) -> {
          boolean giga = unit.equals("bytes") || unit.equals("flops");
          json.put(unit, amount);
          json.put(PER_SECOND.get(unit), amount / medianSeconds() / (giga ? 1e9 : 1));
        });
    json.put("peak_mb", peakBytes() / 1e6);
    json.put("check", check);
    ratios.forEach(json::put);
    Software software = Software.current();
    json.putObject("versions").put("velella", software.velella()).put("java", software.java());
    return json.toString();
  }

  private static long peakBytes() {
    return java.lang.management.ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }
}
