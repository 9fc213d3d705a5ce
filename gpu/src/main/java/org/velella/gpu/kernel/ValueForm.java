package org.velella.gpu.kernel;

/** How a value lies in the device's memory, frame after frame of the steps of a window. */
public enum ValueForm {
  /** One float32 number per element. */
  NUMBERS,
  /**
   * One bit per element: a frame of F elements takes {@code (F + 63) / 64} words of 64 bits,
   * element i is bit {@code i & 63} of word {@code i >> 6}, and bits that stand for no element are
   * 0.
   */
  BITS;

  /** The words of 32 bits that a frame of {@code size} elements takes as bits. */
  public static int words(int size) {
    return (size + 63) / 64 * 2;
  }

  /** The bytes that {@code frames} frames of {@code size} elements take. */
  public long bytes(long frames, int size) {
    return frames * Integer.BYTES * (this == BITS ? words(size) : size);
  }
}
