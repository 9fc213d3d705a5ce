package org.velella.spark.job;

import java.util.regex.Pattern;

/** Commands that users are told, which they can copy to a shell. */
public final class CommandText {
  private static final Pattern PLAIN = Pattern.compile("[\\p{Alnum}_./:@%+=,-]+");

  private CommandText() {}

  /** An argument as a shell takes it, in quotes where it needs them. */
  public static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
