package org.velella.equation;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A unit of measurement: a power of ten times a product of powers of metre, kilogram, second and
 * ampere. Texts are names with a prefix, {@code ms}, {@code mV}, {@code Mohm}, their powers, and
 * products and quotients from left to right: {@code mV/ms}, {@code mS/cm^2}, {@code 1/ms}.
 * Immutable; equal if they measure the same by the same.
 */
public final class Unit {
  private static final int BASES = 4;
  private static final Pattern FACTOR =
      Pattern.compile("(1|[A-Za-z\u00b5\u03bc]+)(?:\\^(-?[1-9]))?");
  private static final Pattern AROUND_SIGN = Pattern.compile(" *([*/^-]) *");
  private static final Pattern QUANTITY = Pattern.compile("(\\S+) +(\\S.*)");

  /** Exponents of m, kg, s, A by name. */
  private static final Map<String, int[]> NAMES = names();

  private static final Map<String, String> QUANTITIES = quantities();

  private static final Map<String, Integer> PREFIXES =
      Map.of(
          "f", -15, "p", -12, "n", -9, "u", -6, "\u00b5", -6, "\u03bc", -6, "m", -3, "k", 3, "M", 6,
          "G", 9);

  private final String text;
  private final int[] bases;
  private final int ten;

  private Unit(String text, int[] bases, int ten) {
    this.text = text;
    this.bases = bases;
    this.ten = ten;
  }

  private static Map<String, int[]> names() {
    Map<String, int[]> names = new LinkedHashMap<>();
    names.put("s", new int[] {0, 0, 1, 0});
    names.put("V", new int[] {2, 1, -3, -1});
    names.put("A", new int[] {0, 0, 0, 1});
    names.put("S", new int[] {-2, -1, 3, 2});
    names.put("ohm", new int[] {2, 1, -3, -2});
    names.put("F", new int[] {-2, -1, 4, 2});
    names.put("C", new int[] {0, 0, 1, 1});
    names.put("Hz", new int[] {0, 0, -1, 0});
    names.put("m", new int[] {1, 0, 0, 0});
    return names;
  }

  private static Map<String, String> quantities() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("s", "a time");
    words.put("V", "a potential");
    words.put("A", "a current");
    words.put("S", "a conductance");
    words.put("ohm", "a resistance");
    words.put("F", "a capacitance");
    words.put("C", "a charge");
    words.put("Hz", "a frequency");
    words.put("m", "a length");
    return words;
  }

  /**
   * The unit of a text.
   *
   * @throws IllegalArgumentException if it is none; the message says which there are
   */
  public static Unit parse(String text) {
    int[] bases = new int[BASES];
    int ten = 0;
    int sign = 1;
    // Names that stand side by side are no product, and no longer name either.
    String rest = AROUND_SIGN.matcher(text.strip()).replaceAll("$1");
    if (rest.isEmpty()) {
      throw unknown(text);
    }
    Matcher factor = FACTOR.matcher(rest);
    int at = 0;
    while (true) {
      factor.region(at, rest.length());
      if (!factor.lookingAt()) {
        throw unknown(text);
      }
      int power = sign * (factor.group(2) == null ? 1 : Integer.parseInt(factor.group(2)));
      ten += power * add(factor.group(1), power, bases, text);
      at = factor.end();
      if (at == rest.length()) {
        return new Unit(rest, bases, ten);
      }
      if (rest.charAt(at) != '*' && rest.charAt(at) != '/') {
        throw unknown(text);
      }
      sign = rest.charAt(at++) == '*' ? 1 : -1;
    }
  }

  /** Adds a power of a name to a product; returns the exponent of ten of the name. */
  private static int add(String name, int power, int[] bases, String text) {
    if (name.equals("1")) {
      return 0;
    }
    for (Map.Entry<String, int[]> known : NAMES.entrySet()) {
      String prefix =
          name.endsWith(known.getKey())
              ? name.substring(0, name.length() - known.getKey().length())
              : "?";
      boolean centimetre = prefix.equals("c") && known.getKey().equals("m");
      if (prefix.isEmpty() || PREFIXES.containsKey(prefix) || centimetre) {
        for (int i = 0; i < BASES; i++) {
          bases[i] += power * known.getValue()[i];
        }
        return prefix.isEmpty() ? 0 : centimetre ? -2 : PREFIXES.get(prefix);
      }
    }
    throw unknown(text);
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "'%s' is no unit; units are %s with a prefix f, p, n, u, m, k, M or G, their powers, products and quotients, such as ms, mV or mS/cm^2"
            .formatted(text.strip(), String.join(", ", NAMES.keySet())));
  }

  /**
   * The number that a quantity is in this unit, such as 20 for {@code 0.02 s} in ms: the float64
   * nearest to what is written.
   *
   * @param quantity a number, a blank and a unit
   * @throws IllegalArgumentException if it is no such text, measures something else, or is beyond
   *     float64
   */
  public double valueOf(String quantity) {
    Matcher parts = QUANTITY.matcher(quantity.strip());
    BigDecimal number = parts.matches() ? number(parts.group(1)) : null;
    if (number == null) {
      throw new IllegalArgumentException(
          "'%s' must be a number, or a number, a blank and a unit, such as 20 ms"
              .formatted(quantity.strip()));
    }
    Unit given = parse(parts.group(2));
    if (!measuresTheSame(given)) {
      throw new IllegalArgumentException(
          "'%s' is %s; wanted is %s, such as in %s"
              .formatted(quantity.strip(), given.quantity(), quantity(), text));
    }
    double value = scaled(number, given.ten - ten);
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "'%s' is beyond the numbers that there are in %s".formatted(quantity.strip(), text));
    }
    return value;
  }

  private static double scaled(BigDecimal number, int power) {
    try {
      return number.scaleByPowerOfTen(power).doubleValue();
    } catch (ArithmeticException e) {
      // An exponent that BigDecimal has no room for.
      return number.signum() == 0 || number.scale() > 0 ? 0 : Double.POSITIVE_INFINITY;
    }
  }

  private static BigDecimal number(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Whether a text is a number with a unit behind it, rather than a number. */
  public static boolean isQuantity(String text) {
    Matcher parts = QUANTITY.matcher(text.strip());
    return parts.matches() && number(parts.group(1)) != null;
  }

  /** The unit of a number with a unit behind it. */
  public static Unit of(String quantity) {
    Matcher parts = QUANTITY.matcher(quantity.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException("'%s' has no unit".formatted(quantity.strip()));
    }
    return parse(parts.group(2));
  }

  /** Whether numbers in one can be said in the other. */
  public boolean measuresTheSame(Unit other) {
    return Arrays.equals(bases, other.bases);
  }

  /** One by this unit, such as 1/ms by ms. */
  public Unit inverse() {
    int[] inverse = Arrays.stream(bases).map(each -> -each).toArray();
    return new Unit("1/" + (text.matches("\\w+") ? text : "(" + text + ")"), inverse, -ten);
  }

  /** What it measures, in words. */
  public String quantity() {
    for (Map.Entry<String, int[]> known : NAMES.entrySet()) {
      if (Arrays.equals(known.getValue(), bases)) {
        return QUANTITIES.get(known.getKey());
      }
    }
    return Arrays.equals(bases, new int[BASES]) ? "a plain number" : "a quantity in " + text;
  }

  /** As it was written, without blanks. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Unit that && ten == that.ten && measuresTheSame(that);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bases) * 31 + ten;
  }
}
