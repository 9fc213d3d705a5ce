package org.velella.spark.job;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Divides the ranges of a run over the files of its results. It depends on the ranges alone, so
 * that the files are the same on every cluster, and divides evenly, so that cores that write them
 * end together.
 */
final class ResultDivision {
  private static final long MOST_SAMPLES = 65_536;

  /** Where there are so many samples for each of some files, there are at least that many files. */
  private static final long ENOUGH_SAMPLES = 16_384;

  private static final long FEW_FILES = 4;

  private ResultDivision() {}

  /**
   * The first range of every file and, after them, the end of the last.
   *
   * @param firstRanges of the generations of trials, 0 first: generations have files of their own,
   *     so that those of earlier ones stay as they are
   * @param ranges how many there are
   * @param rangeSize samples of one, at most
   */
  static int[] begins(List<Integer> firstRanges, int ranges, int rangeSize) {
    IntStream.Builder begins = IntStream.builder();
    for (int g = 0; g < firstRanges.size(); g++) {
      int first = firstRanges.get(g);
      int count = (g + 1 < firstRanges.size() ? firstRanges.get(g + 1) : ranges) - first;
      long files = files(count, rangeSize);
      for (int file = 0; file < files; file++) {
        begins.add(first + (int) (file * count / files));
      }
    }
    return begins.add(ranges).build().toArray();
  }

  private static long files(int ranges, int rangeSize) {
    long perFile = Math.max(1, MOST_SAMPLES / rangeSize);
    long needed = (ranges + perFile - 1) / perFile;
    long useful = Math.min(FEW_FILES, (long) ranges * rangeSize / ENOUGH_SAMPLES);
    return Math.max(needed, Math.min(ranges, useful));
  }
}
