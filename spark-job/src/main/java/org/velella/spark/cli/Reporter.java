package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.velella.spark.job.RunListener;
import org.velella.spark.job.RunProgress;

/** Tells a user on the terminal how a run goes on. */
final class Reporter implements RunListener {
  private static final double FIRST_MINUTE = 60;
  private static final double SECONDS_EARLY = 3;
  private static final double SECONDS_LATER = 30;

  private final PrintWriter err;
  private final OutputOptions options;
  private double last = Double.NEGATIVE_INFINITY;

  Reporter(PrintWriter err, OutputOptions options) {
    this.err = err;
    this.options = options;
  }

  @Override
  public void message(String line) {
    print(options.isJson() ? Logs.line("INFO", line) : "velella: " + line);
  }

  @Override
  public void progress(RunProgress progress) {
    double pause = progress.seconds() < FIRST_MINUTE ? SECONDS_EARLY : SECONDS_LATER;
    if (progress.seconds() - last >= pause) {
      last = progress.seconds();
      print(options.isJson() ? json(progress) : "velella: " + line(progress));
    }
  }

  private void print(String line) {
    if (!options.isQuiet()) {
      err.println(line);
      err.flush();
    }
  }

  private static String json(RunProgress progress) {
    return Logs.object("INFO", line(progress))
        .put("ranges", progress.ranges())
        .put("ranges_done", progress.rangesDone())
        .put("sample_steps", progress.sampleSteps())
        .put("sample_steps_done", progress.sampleStepsDone())
        .put("seconds", progress.seconds())
        .toString();
  }

  static String line(RunProgress progress) {
    double share =
        progress.sampleSteps() == 0
            ? 1
            : (double) progress.sampleStepsDone() / progress.sampleSteps();
    return String.format(
        Locale.ROOT,
        "%3.0f %%, %d of %d ranges done, %s sample-steps/s, %s left",
        100 * share,
        progress.rangesDone(),
        progress.ranges(),
        Quantity.of(progress.rate()),
        Quantity.duration(progress.secondsLeft()));
  }
}
