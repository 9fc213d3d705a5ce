package org.velella.provenance;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Whether a thread computes floats as the specification of results demands. Native libraries may
 * change the processor's modes for their thread, so each thread that simulates asks after they have
 * loaded.
 *
 * @param subnormalsKept numbers below the smallest normal one are neither flushed to zero nor read
 *     as zero
 * @param fmaFused {@code Math.fma} rounds once
 * @param roundsToNearestEven ties go to the even neighbour, everything else to the nearest
 */
public record NumericEnvironment(
    boolean subnormalsKept, boolean fmaFused, boolean roundsToNearestEven) {
  /** Volatile, so that the compiler cannot compute the answers beforehand. */
  private static volatile float one = 1;

  /** The environment of the calling thread, by computing in it. */
  public static NumericEnvironment current() {
    return new NumericEnvironment(subnormals(), fma(), rounding());
  }

  private static boolean subnormals() {
    float unit = one;
    float halved = (unit * Float.MIN_NORMAL) / 2;
    float read = (unit * Float.MIN_VALUE) * 0x1p23f;
    double wideHalved = (unit * Double.MIN_NORMAL) / 2;
    double wideRead = (unit * Double.MIN_VALUE) * 0x1p52;
    return Float.floatToRawIntBits(halved) == 0x00400000
        && Float.floatToRawIntBits(read) == 0x00800000
        && Double.doubleToRawLongBits(wideHalved) == 1L << 51
        && Double.doubleToRawLongBits(wideRead) == 1L << 52;
  }

  /** (1 + e)^2 - (1 + 2e) is e^2 exactly; a product rounded beforehand leaves zero. */
  private static boolean fma() {
    float unit = one;
    float fused = Math.fma(unit + 0x1p-23f, unit + 0x1p-23f, -(unit + 0x1p-22f));
    double wide = Math.fma(unit + 0x1p-52, unit + 0x1p-52, -(unit + 0x1p-51));
    return fused == 0x1p-46f && wide == 0x1p-104;
  }

  /** Ties beside an even and an odd neighbour, on both sides of zero, tell all four modes apart. */
  private static boolean rounding() {
    float unit = one;
    float odd = unit + 0x1p-23f;
    double wideOdd = unit + 0x1p-52;
    return unit + 0x1p-24f == 1
        && odd + 0x1p-24f == 1 + 0x1p-22f
        && -unit - 0x1p-24f == -1
        && -odd - 0x1p-24f == -1 - 0x1p-22f
        && unit + 0x1p-53 == 1
        && wideOdd + 0x1p-53 == 1 + 0x1p-51
        && -wideOdd - 0x1p-53 == -1 - 0x1p-51;
  }

  /** Whether results computed here are the defined ones. */
  public boolean conforms() {
    return subnormalsKept && fmaFused && roundsToNearestEven;
  }

  /**
   * Checks the calling thread.
   *
   * @throws IllegalStateException if it {@linkplain #conforms does not conform}
   */
  public static void requireConforming() {
    NumericEnvironment environment = current();
    if (!environment.conforms()) {
      throw new IllegalStateException(
          "Thread "
              + Thread.currentThread().getName()
              + " does not compute floats as defined ("
              + environment
              + "): a native library has changed the processor's floating-point modes; find it and"
              + " stop it from doing so, such as one built with -ffast-math");
    }
  }

  ObjectNode toJson() {
    return CanonicalJson.object()
        .put("subnormals_kept", subnormalsKept)
        .put("fma_fused", fmaFused)
        .put("rounds_to_nearest_even", roundsToNearestEven);
  }

  static NumericEnvironment fromJson(JsonFields json) {
    return new NumericEnvironment(
        json.flag("subnormals_kept"), json.flag("fma_fused"), json.flag("rounds_to_nearest_even"));
  }
}
