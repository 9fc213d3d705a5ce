package org.velella.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** JVMs that tests start. */
public final class ChildJvm {
  /**
   * A JVM that lives for seconds and mostly starts Spark spends most of its time compiling what it
   * will not run often enough; this halves what it takes.
   */
  public static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

  private static final String JARS = sparkJars();

  private ChildJvm() {}

  private static String sparkJars() {
    try {
      return Files.readString(Path.of("target", "tests-spark-classpath")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("Maven writes the file before it runs tests", e);
    }
  }

  /** Java, and what Spark needs, for a JVM of whatever life. */
  public static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(System.getProperty("tests.jvm.options").split(" ")));
    return command;
  }

  /** The beginning of the command of a JVM that lives for seconds: Java, and what Spark needs. */
  public static List<String> shortLived() {
    List<String> command = java();
    command.addAll(quickStart());
    return command;
  }

  /**
   * Options that make starts of Spark quick: little compiling, and Spark's classes from an archive.
   * The JVM takes what is there if the class path begins with {@link #sparkClassPath}; otherwise it
   * starts as ever.
   */
  public static List<String> quickStart() {
    List<String> options = new ArrayList<>(List.of(SHORT_LIVED));
    options.addAll(SparkClassArchive.options());
    return options;
  }

  /** The jars of Spark, as a distribution has them. */
  public static String sparkClassPath() {
    return JARS;
  }

  /** The class path of the tests, Spark's jars first. */
  public static String classPath() {
    Set<String> entries = new LinkedHashSet<>(Arrays.asList(JARS.split(File.pathSeparator)));
    entries.addAll(Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
    return String.join(File.pathSeparator, entries);
  }
}
