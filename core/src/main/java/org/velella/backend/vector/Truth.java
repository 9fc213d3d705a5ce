package org.velella.backend.vector;

/**
 * How generated code holds whether conditions are true; either way gives the same bits.
 *
 * <p>A mask of 256 bits is a vector of its own on AVX2: comparing is one instruction, and so is
 * choosing by it, where integers take four and three. On AVX-512 Java 17 keeps masks in vectors as
 * well, but compares into registers of bits, and so turns one into the other all the time; there
 * and for 128 bits, where masks were not measured, conditions are integers. Only the length
 * decides: other processors with 256 bits have masks, too, whose speed was not measured.
 */
enum Truth {
  /** Vectors of integers, whose lanes are all ones or all zeros. */
  INTEGERS(80, 100),

  /** Masks of the Vector API. Operations on them are smaller for the JIT. */
  MASKS(95, 115);

  private static final int LANES_OF_AVX2 = 8;

  private final int fewestCalls;
  private final int mostCalls;

  Truth(int fewestCalls, int mostCalls) {
    this.fewestCalls = fewestCalls;
    this.mostCalls = mostCalls;
  }

  /** What is faster with vectors of so many float32 numbers. */
  static Truth of(int lanes) {
    return lanes == LANES_OF_AVX2 ? MASKS : INTEGERS;
  }

  /** Calls of the Vector API from one limit of the JIT to the next, fewer than were ever seen. */
  int fewestCalls() {
    return fewestCalls;
  }

  /** More than were ever seen. */
  int mostCalls() {
    return mostCalls;
  }
}
