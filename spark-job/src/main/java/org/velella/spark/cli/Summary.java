package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.backend.Backends;
import org.velella.provenance.Secrets;
import org.velella.spark.job.CommandText;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.RunPlan;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.TimeEstimate;

/** What a run came to, in a few lines. */
final class Summary {
  private static final List<String> SHOWN =
      List.of("label", "prediction", "spike_counts", "first_spike_step");

  private static final String FIRST_OF_RESULTS = "spike_counts";

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
            "%d samples simulated to step %d in %.1f s on %s; %d failed%s",
            outcome.samples(),
            outcome.steps(),
            outcome.seconds(),
            outcome.backend().equals(Backends.AUTO)
                ? "each executor's best backend"
                : "backend " + outcome.backend(),
            outcome.failed(),
            outcome.failedTrials() > 0 ? ", of %d trials".formatted(outcome.failedTrials()) : ""));
    if (!outcome.advice().isEmpty()) {
      out.println(outcome.advice());
    }
    if (rows > 0 && outcome.samples() > 0 && outcome.isComplete()) {
      out.println();
      firstRows(RunTables.open(session, directory), rows).print(out);
      out.println();
    }
    if (outcome.samples() > 0 && outcome.isComplete()) {
      accuracy(RunTables.open(session, directory), run);
    }
    if (outcome.failed() > 0) {
      if (outcome.samples() == 0) {
        out.println("every sample failed: the network or its modules may be the reason");
      }
      out.println(
          "why samples failed: velella sql "
              + CommandText.quoted(run)
              + " 'SELECT * FROM failures'");
    }
    out.println(
        outcome.isComplete()
            ? "all results: velella sql " + CommandText.quoted(run) + " 'SELECT * FROM results'"
            : "no results yet: " + outcome.missing());
    out.flush();
  }

  /** How well predictions fit labels, if the input has such; of a sweep, in its best trial. */
  private void accuracy(RunTables tables, String run) {
    if (!tables.hasLabels()) {
      return;
    }
    Dataset<Row> trials = tables.accuracy();
    Row best = trials.sort(trials.col("accuracy").desc(), trials.col("trial_id")).first();
    long count = trials.count();
    out.println(
        String.format(
            Locale.ROOT,
            "accuracy %.2f %%, %d of %d samples with a label%s: velella sql %s 'SELECT * FROM %s'",
            100 * best.<Double>getAs("accuracy"),
            best.<Long>getAs("correct"),
            best.<Long>getAs("samples"),
            count > 1 ? ", in the best of %d trials".formatted(count) : "",
            CommandText.quoted(run),
            count > 1 ? "accuracy ORDER BY accuracy DESC" : "confusion"));
  }

  private static TextTable firstRows(RunTables tables, int rows) {
    List<String> shown = new ArrayList<>(SHOWN);
    shown.addAll(tables.metricNames());
    try {
      return firstRows(tables, shown, rows);
    } catch (Exception e) {
      if (shown.equals(SHOWN)) {
        throw e;
      }
      // A metric may not be computable of all rows; the run is complete all the same.
      return firstRows(tables, SHOWN, rows);
    }
  }

  private static TextTable firstRows(RunTables tables, List<String> wanted, int rows) {
    Dataset<Row> results = tables.results();
    List<String> all = List.of(results.columns());
    // Ids and parameters stand before what was simulated.
    List<String> names = new ArrayList<>(all.subList(0, all.indexOf(FIRST_OF_RESULTS)));
    names.remove("trial_id");
    names.remove("label");
    int keys = names.size();
    names.addAll(wanted.stream().filter(all::contains).toList());
    Column[] columns =
        names.stream().map(name -> results.col("`" + name + "`")).toArray(Column[]::new);
    TextTable table =
        new TextTable(
            IntStream.range(0, names.size())
                .mapToObj(column -> heading(names.get(column), column < keys))
                .toArray(String[]::new));
    Cells.flat(results.select(columns).sort(Arrays.copyOf(columns, keys)).limit(rows))
        .collectAsList()
        .forEach(table::add);
    return table;
  }

  /** Parameters have the names by which they are asked for. */
  private static String heading(String name, boolean isKey) {
    if (isKey) {
      return name.equals("sample_id") ? "sample" : name;
    }
    return name.replace('_', ' ');
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
    TimeEstimate time = plan.time();
    if (time.isKnown()) {
      out.println("tiles        of up to %d samples".formatted(time.tileSize()));
    }
    out.println(String.format(Locale.ROOT, "left to do   %.4g samples times steps", plan.left()));
    if (time.isKnown()) {
      out.println(
          String.format(
              Locale.ROOT,
              "time         about %s of simulating, at %.3g samples times steps a second and task as at the beginning of a range",
              Quantity.duration(time.seconds()),
              time.rate()));
    }
    out.println("memories     " + Quantity.bytes(plan.memoryBytes()) + " per sample");
    out.println("checkpoint   " + Quantity.bytes(plan.checkpointBytes()));
    out.println("backend      " + plan.backend() + ": " + plan.backendReason());
    out.println(
        "output       "
            + Secrets.hide(run)
            + (plan.exists() ? ": goes on with this run" : ": a new run"));
    out.println("Nothing was written.");
    out.flush();
  }
}
