package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.spark.frame.RunTable;

/**
 * The folder {@code metrics/} of a run: what {@link UserMetrics} give for its published results,
 * for whoever reads Parquet without Velella. Written by the driver that holds the run; made again
 * if results or metrics have changed, or a file is missing. Nothing depends on it.
 */
final class MetricsTable {
  static final String DIRECTORY = "metrics";

  /** Says what the folder was made of, and which files of it count. */
  private static final String INDEX = "_run/metrics-table.json";

  private static final String CAUSE = "Caused by: ";
  private static final Pattern FILE = Pattern.compile("metrics-[0-9a-f-]{36}-[0-9]{5}[.]parquet");

  private final SparkSession session;
  private final RunDirectory directory;
  private final CheckpointStore store;

  MetricsTable(SparkSession session, RunDirectory directory) {
    this.session = session;
    this.directory = directory;
    store = directory.store();
  }

  /** Makes the folder what it should be; if that fails, says so, and leaves none. */
  void update(RunListener listener) {
    try {
      UserMetrics metrics = UserMetrics.of(directory);
      if (metrics.isEmpty() && !store.exists(INDEX)) {
        return;
      }
      String of = madeOf(metrics);
      if (!isMadeOf(of)) {
        replace(metrics.isEmpty() ? List.of() : write(), of);
      }
    } catch (Exception e) {
      Interruption.requireNone(e);
      // Spark's exceptions are checked in Scala only. The run itself is complete.
      listener.message(
          "The metrics could not be computed, so there is no %s/: %s; the results are complete"
              .formatted(DIRECTORY, reason(e)));
      remove(listener);
    }
  }

  /** What lies at the bottom; of tasks, Spark may tell causes as text only. */
  private static String reason(Throwable thrown) {
    Throwable found = thrown;
    while (found.getCause() != null && found.getCause() != found) {
      found = found.getCause();
    }
    String last = UserMetrics.reason(found);
    for (String line : String.valueOf(found.getMessage()).lines().toList()) {
      last = line.startsWith(CAUSE) ? line.substring(CAUSE.length()) : last;
    }
    return last;
  }

  private void remove(RunListener listener) {
    try {
      replace(List.of(), "");
    } catch (IOException e) {
      listener.message("Could not remove an older %s/: %s".formatted(DIRECTORY, IoReason.of(e)));
    }
  }

  /** Metrics, and the results that they were computed from, in short. */
  private String madeOf(UserMetrics metrics) throws IOException {
    ObjectNode json = CanonicalJson.object();
    json.set("metrics", metrics.toJson());
    ArrayNode results = json.putArray("results");
    for (StoredFile file : store.list(RunTable.RESULTS.directory())) {
      results.addObject().put("name", file.name()).put("length", file.length());
    }
    return Digests.sha256(CanonicalJson.bytes(json));
  }

  private boolean isMadeOf(String of) throws IOException {
    try (CheckpointStore.StoredInput input = store.open(INDEX)) {
      JsonNode index = CanonicalJson.parse(input.stream().readAllBytes(), INDEX);
      Set<String> there = new TreeSet<>();
      store.list(DIRECTORY).forEach(file -> there.add(file.name()));
      boolean all = index.path("of").asText().equals(of);
      for (JsonNode file : index.path("files")) {
        all &= there.contains(file.asText());
      }
      return all;
    } catch (FileNotFoundException | JsonException e) {
      return false;
    }
  }

  /** Writes the table as new files; gives their names. */
  private List<String> write() throws IOException {
    Dataset<Row> table = RunTables.open(session, directory.location()).metrics();
    return new TableAttempts(session, directory).write(table, DIRECTORY);
  }

  /** Lets some files count and no others. Files of users stay. */
  private void replace(List<String> names, String of) throws IOException {
    ObjectNode json = CanonicalJson.object().put("of", of);
    ArrayNode listed = json.putArray("files");
    names.forEach(listed::add);
    store.replace(INDEX, CanonicalJson.bytes(json));
    for (StoredFile file : store.list(DIRECTORY)) {
      if (FILE.matcher(file.name()).matches() && !names.contains(file.name())) {
        store.delete(DIRECTORY + "/" + file.name());
      }
    }
  }
}
