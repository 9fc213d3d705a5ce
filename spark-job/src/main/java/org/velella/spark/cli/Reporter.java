package org.velella.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
    RunProgress.Work work = progress.work();
    ObjectNode json =
        Logs.object("INFO", line(progress))
            .put(work.unit(), work.all())
            .put(work.unit() + "_done", work.done())
            .put(work.unit() + "_remaining", progress.remaining())
            .put(work.unit() + "_per_second", progress.workRate())
            .put("failures", work.failures())
            .put("ranges", progress.ranges())
            .put("ranges_done", progress.rangesDone())
            .put("sample_steps", progress.sampleSteps())
            .put("sample_steps_done", progress.sampleStepsDone())
            .put("sample_steps_per_second", progress.rate())
            .put("seconds", progress.seconds());
    double left = progress.secondsLeft();
    return (Double.isInfinite(left) ? json : json.put("seconds_left", left)).toString();
  }

  /** A trial may well take longer than a second. */
  private static String rate(double perSecond) {
    return perSecond < 10 ? String.format(Locale.ROOT, "%.1f", perSecond) : Quantity.of(perSecond);
  }

  static String line(RunProgress progress) {
    double share =
        progress.sampleSteps() == 0
            ? 1
            : (double) progress.sampleStepsDone() / progress.sampleSteps();
    RunProgress.Work work = progress.work();
    return String.format(
        Locale.ROOT,
        "%3.0f %%, %s, %d remaining, %s %s/s, %s sample-steps/s, %s left",
        100 * share,
        work,
        progress.remaining(),
        rate(progress.workRate()),
        work.unit(),
        Quantity.of(progress.rate()),
        Quantity.duration(progress.secondsLeft()));
  }
}
