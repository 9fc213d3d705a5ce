package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.backend.Backends;
import org.velella.provenance.Secrets;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.RunPlan;
import org.velella.spark.job.RunTables;

/** What a run came to, in a few lines. */
final class Summary {
  private static final List<String> SHOWN =
      List.of("prediction", "spike_counts", "first_spike_step");

  /** What is no parameter and does not tell samples apart. */
  private static final Set<String> NO_KEYS =
      Set.of("trial_id", "steps", "prediction", "spike_counts", "first_spike_step");

  private final PrintWriter out;

  Summary(PrintWriter out) {
    this.out = out;
  }

  /** Prints the outcome and the first rows of the results. */
  void print(SparkSession session, String directory, RunOutcome outcome, int rows) {
    String run = Secrets.hide(directory);
    out.println(
        String.format(
            Locale.ROOT,
            "%d samples simulated to step %d in %.1f s on %s; %d failed",
            outcome.samples(),
            outcome.steps(),
            outcome.seconds(),
            outcome.backend().equals(Backends.AUTO)
                ? "each executor's best backend"
                : "backend " + outcome.backend(),
            outcome.failed()));
    if (!outcome.advice().isEmpty()) {
      out.println(outcome.advice());
    }
    if (rows > 0 && outcome.samples() > 0 && outcome.isComplete()) {
      Dataset<Row> results = RunTables.open(session, directory).results();
      List<String> keys = new ArrayList<>(List.of(results.columns()));
      keys.removeAll(NO_KEYS);
      Column[] columns =
          Stream.concat(keys.stream(), SHOWN.stream())
              .map(name -> results.col("`" + name + "`"))
              .toArray(Column[]::new);
      TextTable table =
          new TextTable(
              Stream.concat(keys.stream(), SHOWN.stream())
                  .map(name -> name.equals("sample_id") ? "sample" : name.replace('_', ' '))
                  .toArray(String[]::new));
      Column[] order = Arrays.copyOf(columns, keys.size());
      Cells.flat(results.select(columns).sort(order).limit(rows))
          .collectAsList()
          .forEach(table::add);
      out.println();
      table.print(out);
      out.println();
    }
    if (outcome.failed() > 0) {
      out.println("why samples failed: velella sql " + run + " 'SELECT * FROM failures'");
    }
    out.println(
        outcome.isComplete()
            ? "all results: velella sql " + run + " 'SELECT * FROM results'"
            : "no results yet: " + outcome.missing());
    out.flush();
  }

  /** Prints what a run would be. */
  void print(RunPlan plan, String run) {
    if (plan.trials() > 0) {
      out.println("trials       " + plan.trials() + ", each on all samples");
    }
    out.println("input        " + plan.input() + ", " + plan.samples() + " samples");
    out.println("network      " + plan.inputSize() + " inputs");
    out.println("steps        " + plan.steps());
    out.println(
        "ranges       %d of up to %d samples, in %d tasks"
            .formatted(plan.ranges(), plan.rangeSize(), plan.partitions()));
    out.println("memories     " + Quantity.bytes(plan.memoryBytes()) + " per sample");
    out.println("checkpoint   " + Quantity.bytes(plan.checkpointBytes()));
    out.println("backend      " + plan.backend() + ": " + plan.backendReason());
    out.println(
        "output       "
            + Secrets.hide(run)
            + (plan.exists() ? ": goes on with this run" : ": a new run"));
    out.println("Nothing was computed or written.");
    out.flush();
  }
}
