package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.checkpoint.CheckpointStore;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.spark.frame.InputSource;

/**
 * The folder {@code labels/} of a run: which class each sample of the input has, if the input says
 * so. Written once, by the driver that holds the run when it is complete, so that results can be
 * compared with them wherever the input has gone since. Nothing that is computed depends on it.
 */
final class LabelsTable {
  private static final String DIRECTORY = "labels";

  /** Says which files of the folder count. */
  private static final String INDEX = "_run/labels-table.json";

  private static final Pattern FILE = Pattern.compile("labels-[0-9a-f-]{36}-[0-9]{5}[.]parquet");

  private final RunDirectory directory;
  private final CheckpointStore store;

  LabelsTable(RunDirectory directory) {
    this.directory = directory;
    store = directory.store();
  }

  /** Keeps the labels of an input, unless there are some already; if that fails, says so. */
  void keep(SparkSession session, InputSource input, RunListener listener) {
    try {
      Optional<Dataset<Row>> labels = input.labels();
      if (labels.isPresent() && !store.exists(INDEX)) {
        List<String> names = new TableAttempts(session, directory).write(labels.get(), DIRECTORY);
        removeOthers(names);
        list(names);
      }
    } catch (Exception e) {
      Interruption.requireNone(e);
      // Spark's exceptions are checked in Scala only. The run itself is complete.
      listener.message(
          "The labels of the input could not be kept, so there is no accuracy: %s; the results are complete"
              .formatted(String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
    }
  }

  private void list(List<String> names) throws IOException {
    ObjectNode json = CanonicalJson.object();
    ArrayNode listed = json.putArray("files");
    names.forEach(listed::add);
    store.replace(INDEX, CanonicalJson.bytes(json));
  }

  /** Of a driver that was lost before it had listed them. */
  private void removeOthers(List<String> names) throws IOException {
    Set<String> listed = new HashSet<>(names);
    for (CheckpointStore.StoredFile file : store.list(DIRECTORY)) {
      if (FILE.matcher(file.name()).matches() && !listed.contains(file.name())) {
        store.delete(DIRECTORY + "/" + file.name());
      }
    }
  }

  /** The files that count, relative to the run; none if the input has no labels. */
  List<String> files() throws IOException {
    try (CheckpointStore.StoredInput input = store.open(INDEX)) {
      List<String> files = new ArrayList<>();
      for (JsonNode file :
          CanonicalJson.parse(input.stream().readAllBytes(), INDEX).path("files")) {
        files.add(DIRECTORY + "/" + file.asText());
      }
      return files;
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (JsonException e) {
      throw new RunFailedException(
          "%s in %s is damaged (%s); remove it, and the same command writes it again"
              .formatted(INDEX, directory.location(), e.getMessage()),
          e);
    }
  }
}
