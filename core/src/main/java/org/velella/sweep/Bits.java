package org.velella.sweep;

/** Mixing of bits. */
final class Bits {
  private Bits() {}

  /**
   * A bijection in which every bit of the argument changes about half of the result's: the
   * finalizer of SplitMix64 (Steele, Lea, Flood 2014; constants: Stafford's variant 13).
   */
  static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
