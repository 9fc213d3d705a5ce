package org.velella.backend.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The vectors that the kernels compute on: as wide as this JVM prefers. */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** As many lanes as {@link #FLOATS}. */
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

  static final int COUNT = FLOATS.length();

  static {
    // Before any kernel runs: each asks for the length of vectors first.
    OperatorProfiles.nanos();
  }

  private Lanes() {}

  /** How many vectors hold {@code n} numbers. */
  static int vectors(int n) {
    return (n + COUNT - 1) / COUNT;
  }

  /** The first multiple of the vector length from {@code n} on. */
  static int roundUp(int n) {
    return vectors(n) * COUNT;
  }
}
