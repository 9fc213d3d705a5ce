package org.velella.population;

import org.velella.network.NetworkException;

/** Checks of what users say, before anything is built. */
final class Checks {
  private static final String NAME = "[A-Za-z_][A-Za-z0-9_]{0,63}";

  private Checks() {}

  static void require(boolean holds, String message, Object... found) {
    if (!holds) {
      throw new NetworkException(message.formatted(found));
    }
  }

  static void finite(String what, double value) {
    require(Double.isFinite(value), "%s must be finite, found %s", what, value);
  }

  static void deviation(double value) {
    require(
        value >= 0 && Double.isFinite(value),
        "A standard deviation must be finite and not negative, found %s",
        value);
  }

  static void name(String what, String name) {
    require(
        name.matches(NAME),
        "%s '%s': a name is a letter or _, then letters, digits and _, 64 at most",
        what,
        name);
  }

  static void size(String what, int size) {
    require(size >= 1, "%s needs a size of at least 1, found %s", what, size);
  }
}
