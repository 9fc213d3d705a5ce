package org.velella.population;

import org.velella.equation.Unit;

/**
 * The unit that a number of a file is in.
 *
 * @param unit null if only plain numbers will do
 * @param why there is no unit, for messages
 */
record Wanted(Unit unit, String why) {
  static final Wanted PLAIN = new Wanted(null, "it has no unit; write the number alone");

  /** Numbers in a unit, or plain ones if it is null. */
  static Wanted in(Unit unit, String why) {
    return new Wanted(unit, why);
  }

  /** The number that a text with a unit is. */
  double valueOf(String what, String quantity) {
    if (unit == null) {
      throw new IllegalArgumentException("%s is '%s', but %s".formatted(what, quantity, why));
    }
    try {
      return unit.valueOf(quantity);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(what + ": " + e.getMessage(), e);
    }
  }
}
