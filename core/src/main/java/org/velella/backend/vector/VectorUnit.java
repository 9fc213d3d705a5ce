package org.velella.backend.vector;

/**
 * The float32 vectors that this JVM's Vector API prefers, for provenance and for the line that says
 * which backend runs.
 *
 * @param lanes float32 numbers in one vector; 0 if the Vector API is not there
 * @param description in words, such as {@code 512-bit vectors (16 float32 lanes)}, or why there are
 *     none and what to do
 */
public record VectorUnit(int lanes, String description) {
  private static final VectorUnit HERE = probe();

  /** The vector unit of this JVM; never throws. */
  public static VectorUnit here() {
    return HERE;
  }

  public boolean present() {
    return lanes > 0;
  }

  private static VectorUnit probe() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new VectorUnit(
          0, "no Vector API in this JVM; start Java with --add-modules=jdk.incubator.vector");
    }
    try {
      int lanes = PreferredSpecies.floatLanes();
      return new VectorUnit(
          lanes, "%d-bit vectors (%d float32 lanes)".formatted(lanes * Float.SIZE, lanes));
    } catch (LinkageError e) {
      return new VectorUnit(0, "the Vector API of this JVM does not load: " + e);
    }
  }
}
