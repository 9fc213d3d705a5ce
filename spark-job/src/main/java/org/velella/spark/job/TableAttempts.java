package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.CheckpointException;
import org.velella.provenance.Secrets;

/**
 * Where Spark writes tables of a run that the driver makes, such as its metrics: a folder of their
 * own under {@code _attempts/}, from which the finished files are moved to where users look.
 */
final class TableAttempts {
  private static final Logger LOG = LoggerFactory.getLogger(TableAttempts.class);
  private static final String FOLDER = "_attempts";
  private static final Pattern NAME = Pattern.compile("(?:metrics|labels)-[0-9a-f-]{36}");

  private final SparkSession session;
  private final RunDirectory directory;

  TableAttempts(SparkSession session, RunDirectory directory) {
    this.session = session;
    this.directory = directory;
  }

  /**
   * Writes a table as new files.
   *
   * @param folder of the run, such as {@code metrics}
   * @return their names in it
   */
  List<String> write(Dataset<Row> table, String folder) throws IOException {
    String attempt = folder + "-" + UUID.randomUUID();
    Path path = new Path(attempts(), attempt);
    FileSystem files = files();
    try {
      table.write().parquet(path.toString());
      List<String> parts =
          Arrays.stream(files.listStatus(path))
              .map(file -> file.getPath().getName())
              .filter(name -> name.startsWith("part-"))
              .sorted()
              .toList();
      List<String> names = new ArrayList<>();
      for (String part : parts) {
        String name = "%s-%05d.parquet".formatted(attempt, names.size());
        String from = String.join("/", FOLDER, attempt, part);
        directory.store().rename(from, folder + "/" + name);
        names.add(name);
      }
      return names;
    } finally {
      files.delete(path, true);
    }
  }

  /**
   * When the run is complete and this driver has given its lease back: removes what drivers have
   * left that were lost while they wrote, unless another driver may be at work.
   */
  void removeLost(String application) {
    try {
      List<Path> lost = lost();
      if (lost.isEmpty()) {
        return;
      }
      RunLease lease =
          RunLease.takeAlone(directory.store(), application + " (cleaning)").orElse(null);
      if (lease != null) {
        try {
          for (Path each : lost) {
            files().delete(each, true);
          }
        } finally {
          lease.close();
        }
      }
    } catch (IOException | CheckpointException e) {
      // It costs space and nothing else.
      LOG.warn("Could not remove lost tables: {}", Secrets.hide(String.valueOf(e.getMessage())));
    }
  }

  private List<Path> lost() throws IOException {
    try {
      return Arrays.stream(files().listStatus(attempts()))
          .map(FileStatus::getPath)
          .filter(path -> NAME.matcher(path.getName()).matches())
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private Path attempts() {
    return new Path(new Path(directory.uri()), FOLDER);
  }

  private FileSystem files() throws IOException {
    return FileSystem.get(directory.uri(), session.sparkContext().hadoopConfiguration());
  }
}
