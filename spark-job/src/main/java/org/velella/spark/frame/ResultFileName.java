package org.velella.spark.frame;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a file of the results table: after which step, and which ranks of samples.
 *
 * @param step steps done by every sample in it
 * @param lo the first rank
 * @param hi the rank after the last
 */
public record ResultFileName(long step, long lo, long hi) {
  private static final Pattern NAME =
      Pattern.compile("s(\\d{8,19})\\.r(\\d{12,19})-(\\d{12,19})\\.parquet");

  /** The name that a text says; empty if it is not one. */
  public static Optional<ResultFileName> parse(String text) {
    Matcher matcher = NAME.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ResultFileName(
              Long.parseLong(matcher.group(1)),
              Long.parseLong(matcher.group(2)),
              Long.parseLong(matcher.group(3))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "s%08d.r%012d-%012d.parquet".formatted(step, lo, hi);
  }
}
