package org.velella.plan;

/** The one rounding from float64 to float32 that derived values get. */
final class Rounding {
  private Rounding() {}

  static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
