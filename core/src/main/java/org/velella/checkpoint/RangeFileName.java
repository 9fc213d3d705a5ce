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
    try {
      RangeFileName name =
          new RangeFileName(
              new SampleRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))),
              Long.parseLong(matcher.group(3)),
              UUID.fromString(matcher.group(4)));
      return name.toString().equals(text) ? Optional.of(name) : Optional.empty();
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
    return "r%012d-%012d.s%08d.%s.safetensors".formatted(range.lo(), range.hi(), step, attempt);
  }
}
