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
  private double last = Double.NEGATIVE_INFINITY;

  Reporter(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void message(String line) {
    err.println("velella: " + line);
    err.flush();
  }

  @Override
  public void progress(RunProgress progress) {
    double pause = progress.seconds() < FIRST_MINUTE ? SECONDS_EARLY : SECONDS_LATER;
    if (progress.seconds() - last >= pause) {
      last = progress.seconds();
      message(line(progress));
    }
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
