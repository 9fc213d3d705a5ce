package org.velella.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.Secrets;

/** The loggers of this process, which Spark's logging library has. */
final class Logs {
  private static final String OURS = "org.velella";

  /** Log4j's core alone can do this; its layouts for JSON are not in every supported Spark. */
  private static final String JSON =
      "{\"time\":\"%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}{UTC}\",\"level\":\"%p\","
          + "\"logger\":\"%enc{%c}{JSON}\",\"thread\":\"%enc{%t}{JSON}\","
          + "\"message\":\"%enc{%m}{JSON}\",\"error\":\"%enc{%xEx{full}}{JSON}\"}%n";

  /**
   * What Spark says of a task that fails, each with all calls; the command tells why, in a line.
   */
  private static final List<String> OF_TASKS =
      List.of(
          "org.apache.spark.executor.Executor",
          "org.apache.spark.scheduler.TaskSetManager",
          "org.apache.spark.sql.execution.datasources.FileFormatWriter",
          "org.apache.spark.util.Utils");

  private Logs() {}

  /** Logs what the engine does. */
  static void verbose() {
    Configurator.setLevel(OURS, Level.DEBUG);
  }

  /** Logs what went wrong only. */
  static void quiet() {
    Configurator.setRootLevel(Level.ERROR);
    Configurator.setLevel(OURS, Level.ERROR);
  }

  /** Has Spark say nothing of tasks that fail, until it is closed. */
  static Muted muteTasks() {
    Map<String, Level> levels = new LinkedHashMap<>();
    for (String name : OF_TASKS) {
      levels.put(name, LogManager.getLogger(name).getLevel());
      Configurator.setLevel(name, Level.OFF);
    }
    return () -> levels.forEach(Configurator::setLevel);
  }

  /** Loggers that say nothing. */
  interface Muted extends AutoCloseable {
    /** Has them say again what they did. */
    @Override
    void close();
  }

  /** Has what is logged to the terminal in JSON; what is logged elsewhere stays as it is. */
  static void json() {
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    Configuration configuration = context.getConfiguration();
    LoggerConfig root = configuration.getRootLogger();
    List<Appender> consoles =
        root.getAppenders().values().stream().filter(ConsoleAppender.class::isInstance).toList();
    for (Appender console : consoles) {
      ConsoleAppender json =
          ConsoleAppender.newBuilder()
              .setName(console.getName())
              .setTarget(ConsoleAppender.Target.SYSTEM_ERR)
              .setLayout(layout())
              .build();
      json.start();
      root.removeAppender(console.getName());
      root.addAppender(json, null, null);
    }
    context.updateLoggers();
  }

  // The only form that every supported version has.
  @SuppressWarnings("deprecation")
  static PatternLayout layout() {
    return PatternLayout.newBuilder().withPattern(JSON).build();
  }

  /** A message of the command itself, in the form of the log lines. */
  static String line(String level, String message) {
    return object(level, message).toString();
  }

  /** As {@link #line}, to be filled with more; a secret is not known any more once it is quoted. */
  static ObjectNode object(String level, String message) {
    return CanonicalJson.object()
        .put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
        .put("level", level)
        .put("logger", "velella")
        .put("message", Secrets.hide(message));
  }
}
