package org.velella.backend.vector;

/**
 * What a generated class extends, by way of {@link StepCode} or {@link CountCode}: neurons that lie
 * side by side, for one tile and one thread. Public only because generated classes have a loader of
 * their own.
 */
public abstract class NeuronCode {
  /** Neurons that a kernel of several parts takes at a time; its scratch then stays in L1. */
  static final int BLOCK = 256;

  /** Lane i of a vector, of any length, is bit i of half a spike word. */
  protected static final int[] LANE_BITS = laneBits();

  /** Constants: one value per row, or one per neuron. */
  protected float[][] constants;

  protected float[][] memories;

  /** The inputs behind the first. */
  protected float[][] others;

  /** Where the first neuron's value lies in each of them, at the first step if there are many. */
  protected int[] othersAt;

  /** How far apart the steps of each of them are, for code that takes many. */
  protected int[] othersStride;

  /** Values that one part of a kernel leaves for a later one, {@value #BLOCK} each. */
  protected float[] scratch;

  /** How many inputs there are behind the first. */
  final int others() {
    return others.length;
  }

  /** Says where an input behind the first lies; from 0 on. */
  final void other(int number, float[] array, int at, int stride) {
    others[number] = array;
    othersAt[number] = at;
    othersStride[number] = stride;
  }

  private static int[] laneBits() {
    int[] bits = new int[Integer.SIZE];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = 1 << i;
    }
    return bits;
  }

  final void bind(float[][] constants, float[][] memories, int inputs, int scratchValues) {
    others = new float[inputs - 1][];
    othersAt = new int[inputs - 1];
    othersStride = new int[inputs - 1];
    this.constants = constants;
    this.memories = memories;
    scratch = new float[scratchValues * BLOCK];
  }
}
