package org.velella.gpu.kernel;

/** Brings the rows of the left matrix to shared memory, transposed, a few terms at a time. */
abstract class MatrixInput {
  final PtxWriter ptx;
  final MatrixTile tile;
  final int terms;
  private String storeAt;

  MatrixInput(PtxWriter ptx, MatrixTile tile, int terms) {
    this.ptx = ptx;
    this.tile = tile;
    this.terms = terms;
  }

  /** Bytes between two terms of a tile in shared memory; the pad keeps banks apart. */
  static int pitch(MatrixTile tile) {
    return (tile.rows() + 4) * Float.BYTES;
  }

  /** Reads this input's parameters. */
  abstract void parameters();

  /**
   * Finds this thread's part.
   *
   * @param first the block's first row
   * @param rows all rows
   * @param group of channels, or null
   */
  abstract void begin(String first, String rows, String group);

  /** Reads this thread's numbers of the next terms, into new registers. */
  abstract String[] load();

  /** The term, within a tile, of each number that {@link #load} gives, relative to the thread's. */
  abstract int termOf(int number);

  /** Says where this thread's first number goes, relative to a tile in shared memory. */
  final void storeAt(String term, String row) {
    String own = ptx.r("mul.lo.s32", row, Float.BYTES);
    storeAt = ptx.r("mad.lo.s32", term, pitch(tile), own);
  }

  /** Writes loaded numbers to the tile whose address is given. */
  final void store(String[] numbers, String to) {
    String at = ptx.r("add.s32", to, storeAt);
    for (int i = 0; i < numbers.length; i++) {
      ptx.op("st.shared.f32", "[" + at + "+" + termOf(i) * pitch(tile) + "]", numbers[i]);
    }
  }
}
