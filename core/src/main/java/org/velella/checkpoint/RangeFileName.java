package org.velella.checkpoint;

import java.util.Optional;
import java.util.UUID;

/**
 * The name of a range file, {@code r000000000000-000000004096.s00000200.UUID.safetensors}: which
 * samples, after which step, by which attempt. There is one text per name, and nothing in it can
 * lead out of its directory.
 *
 * @param attempt unique to the file
 */
public record RangeFileName(SampleRange range, long step, UUID attempt) {
  /** Where range files lie. */
  public static final String DIRECTORY = "checkpoint/ranges";

  private static final int SAMPLE_DIGITS = 12;
  private static final int STEP_DIGITS = 8;
  private static final String SUFFIX = ".safetensors";
  private static final int ATTEMPT_LENGTH = 36;
  private static final int MAX_DIGITS = 19;

  /**
   * @throws IllegalArgumentException if the step is not positive
   */
  public RangeFileName {
    if (step < 1) {
      throw new IllegalArgumentException("A saved state is at step 1 or later, not " + step);
    }
  }

  /** A name that no other file has. */
  public static RangeFileName unique(SampleRange range, long step) {
    return new RangeFileName(range, step, UUID.randomUUID());
  }

  /** The name that a text says; empty if it is not exactly one. */
  public static Optional<RangeFileName> parse(String text) {
    // By hand, because the names of a large run are parsed by the million.
    int dash = endOfDigits(text, 1);
    int dot = endOfDigits(text, dash + 1);
    int end = endOfDigits(text, dot + 2);
    boolean matches =
        text.startsWith("r")
            && isNumber(text, 1, dash, SAMPLE_DIGITS)
            && text.startsWith("-", dash)
            && isNumber(text, dash + 1, dot, SAMPLE_DIGITS)
            && text.startsWith(".s", dot)
            && isNumber(text, dot + 2, end, STEP_DIGITS)
            && text.startsWith(".", end)
            && text.length() == end + 1 + ATTEMPT_LENGTH + SUFFIX.length()
            && isAttempt(text, end + 1)
            && text.endsWith(SUFFIX);
    if (!matches) {
      return Optional.empty();
    }
    try {
      SampleRange range =
          new SampleRange(
              Long.parseLong(text, 1, dash, 10), Long.parseLong(text, dash + 1, dot, 10));
      UUID attempt = UUID.fromString(text.substring(end + 1, end + 1 + ATTEMPT_LENGTH));
      return Optional.of(new RangeFileName(range, Long.parseLong(text, dot + 2, end, 10), attempt));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static int endOfDigits(String text, int from) {
    int at = Math.min(from, text.length());
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  /** Whether there are as many digits as there must be, and zeros in front only up to these. */
  private static boolean isNumber(String text, int from, int to, int digits) {
    int length = to - from;
    return length >= digits
        && length <= MAX_DIGITS
        && (length == digits || text.charAt(from) != '0');
  }

  private static boolean isAttempt(String text, int from) {
    for (int i = 0; i < ATTEMPT_LENGTH; i++) {
      char c = text.charAt(from + i);
      boolean fits =
          i == 8 || i == 13 || i == 18 || i == 23
              ? c == '-'
              : c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /**
   * As {@link #parse}, where a file names another.
   *
   * @throws IllegalArgumentException if the text is not such a name
   */
  static RangeFileName require(String text) {
    return parse(text)
        .orElseThrow(
            () -> new IllegalArgumentException("'" + text + "' is not the name of a range file"));
  }

  static String path(String name) {
    return DIRECTORY + "/" + name;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("r");
    padded(text, range.lo(), SAMPLE_DIGITS).append('-');
    padded(text, range.hi(), SAMPLE_DIGITS).append(".s");
    padded(text, step, STEP_DIGITS).append('.').append(attempt).append(".safetensors");
    return text.toString();
  }

  private static StringBuilder padded(StringBuilder text, long number, int digits) {
    String plain = Long.toString(number);
    return text.append("0".repeat(Math.max(0, digits - plain.length()))).append(plain);
  }
}
