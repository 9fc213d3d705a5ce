package org.velella.spark.cli;

import org.velella.equation.Unit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a time of the command line: seconds, or a number with a unit of time. */
final class Seconds implements ITypeConverter<Double> {
  private static final Unit SECOND = Unit.parse("s");

  @Override
  public Double convert(String text) {
    if (!Unit.isQuantity(text)) {
      return Numbers.toDouble(text);
    }
    try {
      return SECOND.valueOf(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
