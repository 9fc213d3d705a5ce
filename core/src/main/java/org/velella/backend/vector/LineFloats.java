package org.velella.backend.vector;

/**
 * Room for numbers that kernels read and write by whole vectors, all zero at first, placed so that
 * vectors of 64 bytes need not cross cache lines, which takes twice as long.
 *
 * <p>Java lets nobody ask where an array lies. But the G1 collector gives an array of at least half
 * a region of the heap whole regions, at whose start it stays; numbers follow a header of 16 bytes.
 * So small pieces of room are cut from long arrays, in a way that fits this. With other collectors,
 * and where regions are longer than 4 MiB, the same pieces lie anywhere, as other arrays do: only
 * speed depends on it. An array stays as long as a piece of it is in use.
 */
final class LineFloats {
  /** Numbers in a cache line. */
  private static final int LINE = 16;

  /** The header before an array's numbers, in numbers. */
  private static final int HEADER = 4;

  /** With the header, one region of 4 MiB. */
  private static final int SHARED = (1 << 20) - HEADER;

  private static float[] shared = new float[0];
  private static int used;

  final float[] array;

  /** Where in the array the room begins. */
  final int from;

  private LineFloats(float[] array, int from) {
    this.array = array;
    this.from = from;
  }

  /** Room for some numbers; what shares its array never shares its lines. */
  static synchronized LineFloats of(int length) {
    if (length > SHARED / 4) {
      return new LineFloats(new float[Math.addExact(length, LINE)], LINE - HEADER);
    }
    int lines = (length + LINE - 1) / LINE;
    if (used + lines * LINE > shared.length) {
      shared = new float[SHARED];
      used = LINE - HEADER;
    }
    LineFloats room = new LineFloats(shared, used);
    used += lines * LINE;
    return room;
  }
}
