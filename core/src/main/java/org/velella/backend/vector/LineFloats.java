package org.velella.backend.vector;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.ServiceConfigurationError;

/**
 * Room for numbers that kernels read and write by whole vectors, all zero at first, placed so that
 * vectors of 64 bytes need not cross cache lines, which takes twice as long.
 *
 * <p>Java lets nobody ask where an array lies. But the G1 collector gives an array of more than
 * half a region of the heap whole regions, at whose start it stays; numbers follow a header of 16
 * bytes. So smaller pieces of room are cut from arrays as long as a region, in a way that fits
 * this. With other collectors, and regions of more than 32 MiB, the same pieces lie anywhere, as
 * other arrays do: only speed depends on it. An array stays as long as a piece of it is in use.
 */
final class LineFloats {
  /** Numbers in a cache line. */
  private static final int LINE = 16;

  /** The header before an array's numbers, in numbers. */
  private static final int HEADER = 4;

  private static final long REGION = region();

  /** With the header, one region, or several that make 4 MiB. */
  private static final int SHARED = (int) (Math.max(1 << 20, REGION / Float.BYTES) - HEADER);

  /** What is longer gets regions, or whole arrays at least, of its own. */
  private static final long PIECE = Math.max(SHARED / 4, REGION / 2 / Float.BYTES);

  private static float[] shared = new float[0];
  private static int used;

  final float[] array;

  /** Where in the array the room begins. */
  final int from;

  private LineFloats(float[] array, int from) {
    this.array = array;
    this.from = from;
  }

  /** Bytes of a region of the heap, at most 32 MiB; 0 if they are not known. */
  private static long region() {
    try {
      var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      long bytes = Long.parseLong(jvm.getVMOption("G1HeapRegionSize").getValue());
      return Math.min(bytes, 32L << 20);
    } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
      // Another JVM than HotSpot, or one without that module; only speed depends on it.
      return 0;
    }
  }

  /** Room for some numbers; what shares its array never shares its lines. */
  static synchronized LineFloats of(int length) {
    if (length > PIECE) {
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
