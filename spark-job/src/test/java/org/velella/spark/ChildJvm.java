package org.velella.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** JVMs that tests start. */
public final class ChildJvm {
  /**
   * A JVM that lives for seconds and mostly starts Spark spends most of its time compiling what it
   * will not run often enough; this halves what it takes.
   */
  public static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

  private ChildJvm() {}

  /** The beginning of the command of a JVM that lives for seconds: Java, and what Spark needs. */
  public static List<String> shortLived() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(System.getProperty("tests.jvm.options").split(" ")));
    command.add(SHORT_LIVED);
    return command;
  }
}
