package org.velella.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Events that stay in their file: those between two times, read from where they begin. */
final class RecordedEvents implements Events {
  private final EventFile file;
  private final Segment segment;
  private final EventStats stats;

  /** The blocks that hold them. */
  private long from;

  private long to;

  /**
   * Events that were found before.
   *
   * @param from the byte at which the first block begins
   * @param to after the byte at which the last one does
   */
  RecordedEvents(EventFile file, Segment segment, long from, long to, EventStats stats) {
    this.file = file;
    this.segment = segment;
    this.from = from;
    this.to = to;
    this.stats = stats;
  }

  /** Finds the events of all segments in one pass over the blocks that begin in a range. */
  static List<RecordedEvents> find(EventFile file, List<Segment> segments, long from, long to)
      throws IOException {
    List<RecordedEvents> found = new ArrayList<>();
    for (Segment segment : segments) {
      found.add(new RecordedEvents(file, segment, Long.MAX_VALUE, 0, new EventStats()));
    }
    Segments all = new Segments(found);
    long[] block = {0};
    file.read(
        from,
        to,
        new EventConsumer() {
          @Override
          public void block(long offset) {
            block[0] = offset;
          }

          @Override
          public void event(long time, int x, int y, int polarity) {
            all.add(block[0], time);
          }
        });
    return found;
  }

  /** Segments by where they begin, so that an event asks few of them; they may overlap. */
  private static final class Segments {
    private final RecordedEvents[] byStart;
    private final long[] starts;

    /** Where the last one ends of those up to an index. */
    private final long[] ends;

    Segments(List<RecordedEvents> all) {
      byStart = all.toArray(RecordedEvents[]::new);
      Arrays.sort(byStart, Comparator.comparingLong(each -> each.segment.from()));
      starts = Arrays.stream(byStart).mapToLong(each -> each.segment.from()).toArray();
      ends = Arrays.stream(byStart).mapToLong(each -> each.segment.to()).toArray();
      Arrays.parallelPrefix(ends, Math::max);
    }

    void add(long block, long time) {
      for (int i = begun(time) - 1; i >= 0 && mayHold(i, time); i--) {
        if (byStart[i].segment.contains(time)) {
          byStart[i].add(block, time);
        }
      }
    }

    /** How many begin at a time or before it. */
    private int begun(long time) {
      int low = 0;
      for (int high = starts.length; low < high; ) {
        int middle = (low + high) >>> 1;
        if (starts[middle] <= time) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /** The end of what is a whole recording counts as part of it. */
    private boolean mayHold(int index, long time) {
      return ends[index] > time || ends[index] == Long.MAX_VALUE;
    }
  }

  private void add(long block, long time) {
    // Of a file without blocks, the one is at 0, which is also how its reading begins.
    from = Math.min(from, block);
    to = block + 1;
    stats.event(time, 0, 0, 0);
  }

  long from() {
    return from;
  }

  long to() {
    return to;
  }

  Segment segment() {
    return segment;
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public void forEach(EventConsumer consumer) throws IOException {
    if (from < to) {
      file.read(
          from,
          to,
          (time, x, y, polarity) -> {
            if (segment.contains(time)) {
              consumer.event(time, x, y, polarity);
            }
          });
    }
  }

  @Override
  public EventStats stats() {
    return stats;
  }
}
