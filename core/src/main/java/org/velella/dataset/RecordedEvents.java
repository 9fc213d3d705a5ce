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
  private final EventStats stats = new EventStats();

  /** The blocks that hold them; none yet. */
  private long from = Long.MAX_VALUE;

  private long to;

  private RecordedEvents(EventFile file, Segment segment) {
    this.file = file;
    this.segment = segment;
  }

  /** Finds the events of all segments in one pass over the file. */
  static List<RecordedEvents> find(EventFile file, List<Segment> segments) throws IOException {
    List<RecordedEvents> found = new ArrayList<>();
    segments.forEach(segment -> found.add(new RecordedEvents(file, segment)));
    Segments all = new Segments(found);
    long[] block = {0};
    file.read(
        0,
        Long.MAX_VALUE,
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
