package org.velella.spark;

import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** The one Spark session of this JVM's tests; made when first asked for, ended with the JVM. */
public final class TestSpark {
  private TestSpark() {}

  /** A local session of two threads, shared by tests. */
  public static SparkSession session() {
    return session(Map.of());
  }

  /** A session with further settings, in place of the shared one; the caller stops it. */
  public static SparkSession freshSession(Map<String, String> settings) {
    SparkSession.getDefaultSession()
        .foreach(
            session -> {
              session.stop();
              return null;
            });
    return session(settings);
  }

  private static SparkSession session(Map<String, String> settings) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[2]")
            .appName("velella tests")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.log.level", "WARN");
    settings.forEach(builder::config);
    return builder.getOrCreate();
  }
}
