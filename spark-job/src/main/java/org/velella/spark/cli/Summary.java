package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.backend.Backends;
import org.velella.spark.job.RunOutcome;
import org.velella.spark.job.RunPlan;
import org.velella.spark.job.RunTables;

/** What a run came to, in a few lines. */
final class Summary {
  private final PrintWriter out;

  Summary(PrintWriter out) {
    this.out = out;
  }

  /** Prints the outcome and the first rows of the results. */
  void print(SparkSession session, String run, RunOutcome outcome, int rows) {
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
    if (rows > 0 && outcome.samples() > 0) {
      TextTable table = new TextTable("sample", "prediction", "spike counts", "first spike step");
      Dataset<Row> first =
          RunTables.open(session, run)
              .results()
              .select("sample_id", "prediction", "spike_counts", "first_spike_step")
              .sort("sample_id")
              .limit(rows);
      Cells.flat(first).collectAsList().forEach(table::add);
      out.println();
      table.print(out);
      out.println();
    }
    if (outcome.failed() > 0) {
      out.println("why samples failed: velella sql " + run + " 'SELECT * FROM failures'");
    }
    out.println("all results: velella sql " + run + " 'SELECT * FROM results'");
    out.flush();
  }

  /** Prints what a run would be. */
  void print(RunPlan plan, String run) {
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
        "output       " + run + (plan.exists() ? ": goes on with this run" : ": a new run"));
    out.println("Nothing was computed or written.");
    out.flush();
  }
}
