package org.velella.spark.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Help.Ansi;

/** Whether somebody looks at what is printed. */
final class Terminal {
  static final String RED = "\u001b[1;31m";
  static final String PLAIN = "\u001b[0m";

  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /**
   * Whether errors may be coloured. {@code AUTO} looks at {@code NO_COLOR} and at the terminal of
   * standard output only, and standard error may go to a file all the same.
   */
  static boolean coloursErrors(Ansi ansi) {
    return ansi == Ansi.AUTO ? ansi.enabled() && isTerminal(STANDARD_ERROR) : ansi.enabled();
  }

  /** Whether an open file of this process is a terminal; true where that cannot be known. */
  static boolean isTerminal(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return true;
    }
  }
}
