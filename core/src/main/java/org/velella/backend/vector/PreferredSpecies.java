package org.velella.backend.vector;

import jdk.incubator.vector.FloatVector;

/** Asks the Vector API itself; loaded only where the module is there. */
final class PreferredSpecies {
  private PreferredSpecies() {}

  static int floatLanes() {
    return FloatVector.SPECIES_PREFERRED.length();
  }
}
