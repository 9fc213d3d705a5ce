package org.velella.spark.cli;

import java.math.BigInteger;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers of the command line; what is none is told in words of users, not of Java. */
final class Numbers {
  private Numbers() {}

  /** Makes a parser, and those of its commands, read numbers this way. */
  static void register(CommandLine line) {
    line.registerConverter(int.class, Numbers::toInt);
    line.registerConverter(Integer.class, Numbers::toInt);
    line.registerConverter(long.class, Numbers::toLong);
    line.registerConverter(Long.class, Numbers::toLong);
    line.registerConverter(double.class, Numbers::toDouble);
    line.registerConverter(Double.class, Numbers::toDouble);
  }

  private static Integer toInt(String text) {
    return (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static Long toLong(String text) {
    return whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static long whole(String text, long least, long most) {
    String digits = text.strip();
    if (!digits.matches("[+-]?[0-9]{1,100}")) {
      throw new TypeConversionException("'" + text + "' is not a whole number");
    }
    BigInteger value = new BigInteger(digits);
    if (value.compareTo(BigInteger.valueOf(least)) < 0
        || value.compareTo(BigInteger.valueOf(most)) > 0) {
      throw new TypeConversionException(
          "%s is out of range; it may be %d to %d".formatted(digits, least, most));
    }
    return value.longValueExact();
  }

  static Double toDouble(String text) {
    try {
      return Double.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a number such as 20 or 1e-4");
    }
  }
}
