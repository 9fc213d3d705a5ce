package org.velella.spark.cli;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.velella.provenance.Secrets;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Option;

/** Where Spark runs. Under {@code spark-submit} all of it is decided already. */
final class SparkOptions {
  private static final String MASTER = "spark.master";
  private static final String JARS = "spark.jars";

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master; without one, all cores of this machine (local[*]).")
  private String master;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A Spark setting; may be given several times.")
  private Map<String, String> conf = new LinkedHashMap<>();

  /** What a command does with Spark. */
  @FunctionalInterface
  interface Action {
    /** Gives the exit code. */
    int run(SparkSession session);
  }

  /**
   * Runs an action with Spark; starts Spark for it and stops it again, unless it runs already.
   *
   * @throws UsageException if Spark does not start
   */
  int with(String name, Action action) {
    if (SparkSession.getDefaultSession().isDefined()) {
      return action.run(SparkSession.active());
    }
    SparkSession session = start(name);
    try {
      return action.run(session);
    } finally {
      session.stop();
    }
  }

  private SparkSession start(String name) {
    SparkSession.Builder builder = SparkSession.builder().appName(Secrets.hide(name));
    if (System.getProperty(MASTER) == null || master != null) {
      embedded(builder, master == null ? conf.getOrDefault(MASTER, "local[*]") : master);
    } else {
      conf.forEach(builder::config);
    }
    try {
      return builder.getOrCreate();
    } catch (Exception e) {
      // Spark's exceptions are checked in Scala only.
      throw new UsageException("Cannot start Spark: " + e.getMessage(), e);
    }
  }

  private void embedded(SparkSession.Builder builder, String master) {
    builder.config("spark.ui.showConsoleProgress", "false");
    boolean local = master.startsWith("local") && !master.startsWith("local-cluster");
    if (local) {
      builder.config("spark.driver.host", "localhost");
      builder.config("spark.driver.bindAddress", "127.0.0.1");
      builder.config("spark.ui.enabled", "false");
    }
    conf.forEach(builder::config);
    builder.master(master);
    Path bundle = local ? null : ownJar();
    if (bundle != null) {
      String own = bundle.toUri().toString();
      builder.config(JARS, conf.containsKey(JARS) ? own + "," + conf.get(JARS) : own);
    }
  }

  /** The jar that this class is in, which executors need; null if it is in a folder. */
  private static Path ownJar() {
    try {
      Path location =
          Path.of(SparkOptions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return location.toString().endsWith(".jar") ? location : null;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
