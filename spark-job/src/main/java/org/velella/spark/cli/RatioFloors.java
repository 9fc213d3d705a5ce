package org.velella.spark.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.velella.spark.bench.Measurement;

/** What ratios must at least be, and which measurements are below. */
final class RatioFloors {
  private final Map<String, Double> floors;
  private final TreeSet<String> seen = new TreeSet<>();
  private final List<String> below = new ArrayList<>();

  /**
   * @param floors by the ratio's name
   */
  RatioFloors(Map<String, Double> floors) {
    this.floors = new TreeMap<>(floors);
  }

  void look(Measurement measured) {
    seen.addAll(measured.ratios().keySet());
    floors.forEach(
        (name, floor) -> {
          Double ratio = measured.ratios().get(name);
          // NaN is not enough either.
          if (ratio != null && !(ratio >= floor)) {
            below.add(
                String.format(
                    Locale.ROOT,
                    "%s %s: %s is %.3f, less than %s",
                    measured.workload(),
                    measured.params(),
                    name,
                    ratio,
                    floor));
          }
        });
  }

  /** What does not hold, line by line; a ratio that nothing has told holds nothing. */
  List<String> failures() {
    List<String> failures = new ArrayList<>(below);
    for (String name : floors.keySet()) {
      if (!seen.contains(name)) {
        failures.add("No measurement has told the ratio '%s'; told were %s".formatted(name, seen));
      }
    }
    return failures;
  }
}
