package org.velella.sweep;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parameters and their values as users write them.
 *
 * <pre>
 * lif.tau=2:20:19           19 numbers from 2 to 20, at equal distances
 * lif.tau=1:100:5:log       5 numbers from 1 to 100, at equal ratios
 * lif.tau=2,5,10            these numbers
 * weights=a.nir,b.nir       these texts
 *
 * lif.tau=uniform:2:20      for sampling; also log-uniform:1:100, normal:5:0.5 (mean, deviation),
 *                           integers:1:10 (both included), choice:2,5,10, choice:a,b
 * </pre>
 */
public final class SpaceText {
  /** A value, and what stands between it and the next one. */
  private static final Pattern VALUE = Pattern.compile("([^:,]+)([:,]*)");

  private static final Set<String> DISTRIBUTIONS =
      Set.of("uniform", "log-uniform", "normal", "integers", "choice");

  /** Which of the values of an axis with equal distances says how many there are. */
  private static final int COUNT = 2;

  private SpaceText() {}

  /**
   * The values of one parameter, listed or spaced.
   *
   * @throws IllegalArgumentException if the text has another form; the message says which are known
   */
  public static ParameterSpace axis(String text) {
    String path = path(text);
    String values = values(text);
    String[] parts = values.split(":", -1);
    if (parts.length == 1) {
      List<String> items = items(text, values);
      double[] numbers = numbers(items);
      return numbers == null ? ListSpace.texts(path, items) : ListSpace.numbers(path, numbers);
    }
    boolean logarithmic = parts.length == 4 && parts[3].equals("log");
    if (parts.length != 3 && !logarithmic) {
      throw malformed(text);
    }
    double from = number(text, parts[0]);
    double to = number(text, parts[1]);
    int count = count(text, parts[2]);
    return logarithmic
        ? SpacedSpace.logarithmic(path, from, to, count)
        : SpacedSpace.linear(path, from, to, count);
  }

  /**
   * The distribution of one parameter.
   *
   * @throws IllegalArgumentException if the text has another form; the message says which are known
   */
  public static Map.Entry<String, Distribution> distribution(String text) {
    String values = values(text);
    int colon = values.indexOf(':');
    if (colon < 0) {
      throw unknown(text);
    }
    String rest = values.substring(colon + 1);
    Distribution distribution =
        values.startsWith("choice:") ? choice(text, rest) : numeric(text, values.split(":", -1));
    return Map.entry(path(text), distribution);
  }

  /**
   * The same parameter with other values: those of an axis, or the numbers of a distribution.
   *
   * @param replacement takes the path and a value, as they are written; not the count of an axis
   * @throws IllegalArgumentException if there is no path, or a count is none; and what the
   *     replacement throws
   */
  public static String replaceValues(String text, BinaryOperator<String> replacement) {
    int values = equalsSign(text) + 1;
    Matcher parts = VALUE.matcher(text).region(values, text.length());
    StringBuilder replaced = new StringBuilder(text.substring(0, values));
    boolean axis = values(text).contains(":") && !DISTRIBUTIONS.contains(kind(text));
    for (int place = 0; parts.find(); place++) {
      String value = parts.group(1).strip();
      if (axis && place == COUNT) {
        value = Integer.toString(count(text, value));
      } else {
        value = replacement.apply(path(text), value);
      }
      replaced.append(value).append(parts.group(2));
    }
    return replaced.toString();
  }

  private static String kind(String text) {
    return values(text).split(":", 2)[0].strip();
  }

  private static Distribution choice(String text, String rest) {
    List<String> items = items(text, rest);
    double[] numbers = numbers(items);
    return numbers == null
        ? new Distribution.ChoiceOfTexts(items)
        : new Distribution.ChoiceOfNumbers(Arrays.stream(numbers).boxed().toList());
  }

  private static Distribution numeric(String text, String[] parts) {
    if (parts.length != 3) {
      throw unknown(text);
    }
    double first = number(text, parts[1]);
    double second = number(text, parts[2]);
    return switch (parts[0]) {
      case "uniform" -> new Distribution.Uniform(first, second);
      case "log-uniform" -> new Distribution.LogUniform(first, second);
      case "normal" -> new Distribution.Normal(first, second);
      case "integers" -> new Distribution.Integers(whole(text, parts[1]), whole(text, parts[2]));
      default -> throw unknown(text);
    };
  }

  /** What stands before the first equals sign that no quotes enclose. */
  private static String path(String text) {
    return text.substring(0, equalsSign(text)).strip();
  }

  private static String values(String text) {
    return text.substring(equalsSign(text) + 1).strip();
  }

  private static int equalsSign(String text) {
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '\'';
      if (c == '=' && !quoted && i > 0) {
        return i;
      }
    }
    throw malformed(text);
  }

  private static List<String> items(String text, String values) {
    List<String> items = Arrays.stream(values.split(",", -1)).map(String::strip).toList();
    if (items.contains("")) {
      throw malformed(text);
    }
    return items;
  }

  /** The numbers that all items are, or null if one is none. */
  private static double[] numbers(List<String> items) {
    try {
      return items.stream().mapToDouble(Double::parseDouble).toArray();
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static double number(String text, String part) {
    try {
      return Double.parseDouble(part.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' in '%s' is no number".formatted(part, text), e);
    }
  }

  private static int count(String text, String part) {
    long count = whole(text, part);
    if (count < 1 || count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "'%s' in '%s' is no number of values".formatted(part, text));
    }
    return (int) count;
  }

  private static long whole(String text, String part) {
    try {
      return Long.parseLong(part.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' in '%s' is no whole number".formatted(part, text), e);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'%s' gives no values; write path=from:to:count, path=from:to:count:log or path=a,b,c"
            .formatted(text));
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "'%s' gives no distribution; write path=uniform:from:to, log-uniform:from:to, normal:mean:deviation, integers:from:to or choice:a,b,c"
            .formatted(text));
  }
}
