package org.velella.spark.frame;

import java.io.ByteArrayOutputStream;

/**
 * Levels of a Parquet page, which are few different numbers in long runs, in Parquet's hybrid
 * encoding of run lengths: for every run its length and the level, which has one byte.
 */
final class LevelRuns {
  private static final int MORE = 0x80;
  private static final int BITS = 7;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int level;
  private int length;

  /** The same level some times. */
  void add(int next, int times) {
    if (next != level) {
      end();
      level = next;
    }
    length += times;
  }

  private void end() {
    if (length == 0) {
      return;
    }
    // The lowest bit says that it is a run of one level.
    long header = (long) length << 1;
    for (; header >= MORE; header >>>= BITS) {
      bytes.write((int) header & MORE - 1 | MORE);
    }
    bytes.write((int) header);
    bytes.write(level);
    length = 0;
  }

  /** The runs so far, which are forgotten. */
  byte[] take() {
    end();
    byte[] all = bytes.toByteArray();
    bytes.reset();
    return all;
  }
}
