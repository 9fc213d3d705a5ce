package org.velella.spark.cli;

import java.util.Locale;
import org.velella.spark.PeakHeap;

/** A command in a JVM of its own, which tells in the end how much of its heap was alive at most. */
final class HeapOfCommand {
  private static final long MILLIS = 150;

  private HeapOfCommand() {}

  /**
   * Runs a command and ends the JVM with its exit code.
   *
   * @param args what {@code velella} gets
   */
  public static void main(String[] args) {
    PeakHeap peak = PeakHeap.watch(MILLIS);
    int code = Velella.execute(Velella.commandLine(), args);
    System.out.printf(Locale.ROOT, "peak %d collections %d%n", peak.bytes(), peak.collections());
    System.exit(code);
  }
}
