package org.velella.dataset;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Events as {@code numpy.savez(file, t=, x=, y=, p=)} writes them, and SpikingJelly with it: four
 * arrays of one length, times in microseconds, any polarity but 0 is 1.
 */
public final class NpzEventFile implements EventFile {
  private static final String[] ARRAYS = {"t", "x", "y", "p"};
  private static final String[] REMEDIES = {
    "write times in microseconds, as integers",
    "write columns as integers",
    "write rows as integers",
    "write polarities as 0 and 1"
  };
  private static final int BLOCK = 1 << 13;

  private final DataFile file;

  /** A recording; see {@link #isOne} for whether a file is one. */
  public NpzEventFile(DataFile file) {
    this.file = file;
  }

  /** Whether a {@code .npz} file has the arrays of events. */
  public static boolean isOne(DataFile file) throws IOException {
    return NpzEntry.names(file).containsAll(List.of(ARRAYS));
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public long ticksPerSecond() {
    return MICROSECONDS;
  }

  @Override
  public boolean isClockFree() {
    return true;
  }

  @Override
  public Optional<EventShape> shape() {
    return Optional.empty();
  }

  @Override
  public void read(long from, long to, EventConsumer events) throws IOException {
    // One way through the file for each array, all side by side.
    try (NpzEntry t = NpzEntry.open(file, ARRAYS[0]);
        NpzEntry x = NpzEntry.open(file, ARRAYS[1]);
        NpzEntry y = NpzEntry.open(file, ARRAYS[2]);
        NpzEntry p = NpzEntry.open(file, ARRAYS[3])) {
      NpzEntry[] arrays = {t, x, y, p};
      long count = count(arrays);
      long[][] block = new long[4][(int) Math.min(BLOCK, count)];
      events.block(0);
      for (long at = 0; at < count; at += BLOCK) {
        int part = (int) Math.min(BLOCK, count - at);
        for (int a = 0; a < arrays.length; a++) {
          arrays[a].next(block[a], part, REMEDIES[a]);
        }
        for (int i = 0; i < part; i++) {
          events.event(
              block[0][i], place(block[1][i]), place(block[2][i]), block[3][i] == 0 ? 0 : 1);
        }
      }
    }
  }

  /** Of what no place can be, one that no place is. */
  private static int place(long value) {
    return value == (int) value ? (int) value : -1;
  }

  private long count(NpzEntry[] arrays) {
    long count = -1;
    for (int a = 0; a < arrays.length; a++) {
      var shape = arrays[a].header().shape();
      if (shape.rank() != 1 || count >= 0 && shape.dim(0) != count) {
        throw DatasetException.of(
            file.name(),
            "the array '%s' has shape %s; t, x, y and p are rows of one length"
                .formatted(ARRAYS[a], shape));
      }
      count = shape.dim(0);
    }
    return count;
  }
}
