package org.velella.backend.vector;

/**
 * What a generated class extends, by way of {@link StepCode} or {@link CountCode}: neurons that lie
 * side by side, for one tile and one thread. Public only because generated classes have a loader of
 * their own.
 */
public abstract class NeuronCode {
  /** Neurons that a kernel of several parts takes at a time; its scratch then stays in L1. */
  static final int BLOCK = 256;

  /** Lane i of a vector, of any length, is bit i of a spike word. */
  protected static final int[] LANE_BITS = laneBits();

  /** Constants: one value per row, or one per neuron. */
  protected float[][] constants;

  protected float[][] memories;

  /** Values that one part of a kernel leaves for a later one, {@value #BLOCK} each. */
  protected float[] scratch;

  private static int[] laneBits() {
    int[] bits = new int[Integer.SIZE];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = 1 << i;
    }
    return bits;
  }

  final void bind(float[][] constants, float[][] memories, int scratchValues) {
    this.constants = constants;
    this.memories = memories;
    scratch = new float[scratchValues * BLOCK];
  }
}
