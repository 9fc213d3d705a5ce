package org.velella.spark.frame;

import java.util.Arrays;

/**
 * Levels of a Parquet page, which are few different numbers in long runs, in Parquet's hybrid
 * encoding of run lengths: for every run its length and the level, which has one byte.
 */
final class LevelRuns {
  private static final int MORE = 0x80;
  private static final int BITS = 7;

  /** A length of up to five bytes and a level. */
  private static final int LONGEST_RUN = 6;

  private byte[] bytes = new byte[1024];
  private int written;
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
    if (bytes.length - written < LONGEST_RUN) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    // The lowest bit says that it is a run of one level.
    long header = (long) length << 1;
    for (; header >= MORE; header >>>= BITS) {
      bytes[written++] = (byte) (header & MORE - 1 | MORE);
    }
    bytes[written++] = (byte) header;
    bytes[written++] = (byte) level;
    length = 0;
  }

  /** The runs so far, which are forgotten. */
  byte[] take() {
    end();
    byte[] all = Arrays.copyOf(bytes, written);
    written = 0;
    return all;
  }
}
