package org.velella.spark.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;
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
  private enum Unit {
    UPDATES("updates_per_s", 1),
    BYTES("gb_per_s", 1e9),
    FLOPS("gflop_per_s", 1e9),
    ITEMS("items_per_s", 1);

    private final String rate;
    private final double scale;

    Unit(String rate, double scale) {
      this.rate = rate;
      this.scale = scale;
    }
  }

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

  /**
   * One line of JSON, with the keys of the reference workloads in their order, then the ratios.
   * What a workload does not count is null.
   */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("workload", workload).put("engine", engine).put("threads", threads);
    ObjectNode described = json.putObject("params");
    params.forEach(described::put);
    json.put("median_s", medianSeconds());
    json.put("min_s", seconds[0]).put("max_s", seconds[seconds.length - 1]);
    json.put("runs", seconds.length);
    for (Unit unit : Unit.values()) {
      String name = unit.name().toLowerCase(Locale.ROOT);
      Double amount = work.get(name);
      json.put(name, amount);
      json.put(unit.rate, amount == null ? null : amount / medianSeconds() / unit.scale);
    }
    json.put("peak_mb", HeapPeak.bytes() / 1e6);
    json.put("check", check);
    Software software = Software.current();
    json.putObject("versions").put("velella", software.velella()).put("java", software.java());
    ratios.forEach(json::put);
    return json.toString();
  }
}
