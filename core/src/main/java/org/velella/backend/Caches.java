package org.velella.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The sizes of this machine's caches in bytes, where the operating system tells them, else those of
 * a common server core. They decide how work is cut, never its results.
 *
 * @param level1 data cache of one core
 * @param level2 cache of one core
 */
public record Caches(long level1, long level2) {
  /** Second-level caches of weights that a core's part of the third level keeps. */
  private static final long KEPT = 8;

  private static final int ROWS = 128;
  private static final int MANY_ROWS = 256;
  private static final Caches COMMON = new Caches(32L << 10, 1L << 20);
  private static final Caches HERE = read(Path.of("/sys/devices/system/cpu/cpu0/cache"));

  /** Those of the machine that runs this. */
  public static Caches here() {
    return HERE;
  }

  /**
   * Rows among which weights of a layer are best shared each time they are read. Where these come
   * from a cache, more rows than a second-level cache holds cost more than they save; where they
   * come from memory, their first rows wait for them.
   *
   * @param weightBytes of all weights of the layer
   * @param level2 bytes of the second-level cache
   */
  public static int sharingRows(long weightBytes, long level2) {
    return weightBytes > KEPT * level2 ? MANY_ROWS : ROWS;
  }

  /**
   * Bytes that spikes are expanded into at most for one linear layer: as many rows as share its
   * weights on whatever machine, or those of one sample and step if these are more.
   *
   * @param rows of a sample and step
   * @param inputs of a row
   */
  public static long mostExpandedBytes(long rows, long inputs) {
    return Math.max(rows, MANY_ROWS) * inputs * Float.BYTES;
  }

  /** What the buffers between ops may take: they stay in the second-level cache, with its rest. */
  long windowBytes() {
    return level2 / 2;
  }

  /** The sizes that Linux lists in a folder; those it does not tell are the common ones. */
  static Caches read(Path folder) {
    long level1 = COMMON.level1;
    long level2 = COMMON.level2;
    for (int index = 0; index < 8; index++) {
      Path cache = folder.resolve("index" + index);
      String type = line(cache.resolve("type"));
      String level = line(cache.resolve("level"));
      long size = bytes(line(cache.resolve("size")));
      if (size > 0 && level.equals("1") && type.equals("Data")) {
        level1 = size;
      } else if (size > 0 && level.equals("2")) {
        level2 = size;
      }
    }
    return new Caches(level1, level2);
  }

  private static String line(Path file) {
    try {
      return Files.isReadable(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Such as {@code 1024K}; 0 if it is no size. */
  private static long bytes(String text) {
    if (!text.matches("[0-9]{1,9}[KM]")) {
      return 0;
    }
    long count = Long.parseLong(text.substring(0, text.length() - 1));
    return text.endsWith("K") ? count << 10 : count << 20;
  }
}
