package org.velella.spark.job;

import java.util.List;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.InputSources;

/** Checks a configuration as far as that needs no file. */
final class RunConfigCheck {
  private RunConfigCheck() {}

  /**
   * @throws UsageException if something is missing or out of its range; the message names the
   *     option
   */
  static void require(RunConfig config) {
    requireText("--network", config.network(), "the network file");
    requireText("--input", config.input(), "the input data");
    requireText("--output", config.output(), "the run directory");
    requireSteps(config.steps());
    double dt = config.dt();
    if (!(dt > 0 && dt < Double.POSITIVE_INFINITY)) {
      throw new UsageException("--dt is " + dt + "; give the seconds of one step, such as 1e-4");
    }
    if (!List.of("auto", "dense", "events").contains(config.inputLayout())) {
      throw new UsageException(
          "Unknown --input-layout '%s'; known are auto, dense and events"
              .formatted(config.inputLayout()));
    }
    Manner.requireNotNegative("--samples", config.samples(), "as many as the input has");
    if (config.checkpointEvery() != Manner.AUTO) {
      Manner.requireNotNegative("--checkpoint-every", config.checkpointEvery(), "only at the end");
    }
    Manner.requireNotNegative("--range-size", config.rangeSize(), "chosen");
    requireStatistics(config);
    boolean isTable = config.inputFormat().equals(InputSources.TABLE);
    if (isTable != config.inputTable().isPresent() || isTable && !config.inputOptions().isEmpty()) {
      throw new UsageException(
          ("A DataFrame as input has no other format and no options, and only a DataFrame is %s;"
                  + " leave the input's format and options out, or give the input as a path")
              .formatted(InputSources.TABLE));
    }
    if (config.trialsTable().isPresent() && !config.trials().isEmpty()) {
      throw new UsageException("Give --trials FILE or a table of trials, one of the two");
    }
  }

  private static void requireText(String option, String value, String meaning) {
    if (value.isBlank()) {
      throw new UsageException(option + " is missing; give " + meaning);
    }
  }

  /** Steps, checked to be what a run can do. */
  static long requireSteps(long steps) {
    if (steps < 1 || steps > Integer.MAX_VALUE) {
      throw new UsageException(
          "--steps is " + steps + "; give the number of steps, at least 1 and less than 2^31");
    }
    return steps;
  }

  private static void requireStatistics(RunConfig config) {
    try {
      OutputMetrics.parse(config.metrics());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--metrics: " + e.getMessage(), e);
    }
    if (config.stopWhen().isEmpty()) {
      if (config.stopEvery() != StopRule.USUAL_EVERY) {
        throw new UsageException(
            "--stop-every %d says how often --stop-when is looked at; give --stop-when"
                .formatted(config.stopEvery()));
      }
      return;
    }
    try {
      StopRule.parse(config.stopWhen(), config.stopEvery());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--stop-when: " + e.getMessage(), e);
    }
  }
}
