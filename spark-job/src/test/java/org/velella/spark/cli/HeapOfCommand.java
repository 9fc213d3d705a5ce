package org.velella.spark.cli;

import java.util.Arrays;
import java.util.Locale;
import org.velella.spark.LiveHeap;

/** A command in a JVM of its own, which tells in the end how much of its heap was alive. */
final class HeapOfCommand {
  private HeapOfCommand() {}

  /**
   * Runs a command and ends the JVM with its exit code.
   *
   * @param args how many milliseconds to wait between two looks, and what {@code velella} gets
   */
  public static void main(String[] args) {
    LiveHeap live = LiveHeap.watch(Long.parseLong(args[0]));
    int code = Velella.execute(Velella.commandLine(), Arrays.copyOfRange(args, 1, args.length));
    System.out.printf(
        Locale.ROOT, "mostly %d peak %d looks %d%n", live.mostly(), live.peak(), live.looks());
    System.exit(code);
  }
}
