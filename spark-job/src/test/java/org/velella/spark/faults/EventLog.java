package org.velella.spark.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.EventLoggingListener;
import org.velella.spark.TestSpark;
import scala.Option;

/**
 * The event log of the tests' session, as {@code spark.eventLog.enabled} has Spark write it, from
 * some moment to another.
 */
final class EventLog implements AutoCloseable {
  private final Path folder;
  private final SparkContext spark;
  private final EventLoggingListener writer;
  private boolean closed;

  private EventLog(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    spark = TestSpark.session().sparkContext();
    SparkConf conf =
        spark
            .getConf()
            .set("spark.eventLog.enabled", "true")
            .set("spark.eventLog.compress", "false");
    writer = new EventLoggingListener(spark.applicationId(), Option.empty(), folder.toUri(), conf);
    writer.start();
    spark.addSparkListener(writer);
  }

  /** Begins to write it into a folder. */
  static EventLog begin(Path folder) throws IOException {
    return new EventLog(folder);
  }

  /** How much of it there is, once it is written. */
  long bytes() throws IOException {
    close();
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /** For each task that has failed, why, as Spark tells it. */
  List<String> failuresOfTasks() throws IOException {
    close();
    List<String> reasons = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(file)) {
          JsonNode event = line.startsWith("{") ? new ObjectMapper().readTree(line) : null;
          JsonNode reason = event == null ? null : event.path("Task End Reason");
          if (reason != null && reason.path("Reason").asText().equals("ExceptionFailure")) {
            reasons.add(reason.path("Full Stack Trace").asText());
          }
        }
      }
    }
    return reasons;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      spark.listenerBus().waitUntilEmpty();
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
    spark.removeSparkListener(writer);
    writer.stop();
  }
}
