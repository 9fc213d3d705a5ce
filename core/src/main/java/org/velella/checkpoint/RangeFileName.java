package org.velella.checkpoint;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  private static final Pattern NAME =
      Pattern.compile(
          "r(\\d{12,19})-(\\d{12,19})\\.s(\\d{8,19})"
              + "\\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\\.safetensors");

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
    Matcher matcher = NAME.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (int group = 1; group <= 3; group++) {
      String digits = matcher.group(group);
      if (digits.length() > (group == 3 ? STEP_DIGITS : SAMPLE_DIGITS) && digits.startsWith("0")) {
        return Optional.empty();
      }
    }
    try {
      SampleRange range =
          new SampleRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
      return Optional.of(
          new RangeFileName(
              range, Long.parseLong(matcher.group(3)), UUID.fromString(matcher.group(4))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
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
