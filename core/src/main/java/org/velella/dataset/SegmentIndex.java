package org.velella.dataset;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Which blocks of a recording hold the events of each of its segments, and how many these are, so
 * that tasks can read a segment each. A large recording is looked at in ranges of blocks, and what
 * was found is {@linkplain #join put together}. No record, since Kryo cannot carry such.
 */
public final class SegmentIndex implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Values of a segment. */
  private static final int WIDTH = 6;

  /** Those that have events, ascending. */
  private final int[] segments;

  /** For each: first and last block, count of events, first, last and least time. */
  private final long[] values;

  private SegmentIndex(TreeMap<Integer, long[]> found) {
    segments = found.keySet().stream().mapToInt(Integer::intValue).toArray();
    values = new long[WIDTH * segments.length];
    int at = 0;
    for (long[] each : found.values()) {
      System.arraycopy(each, 0, values, WIDTH * at++, WIDTH);
    }
  }

  /**
   * Finds the events of the blocks that begin in {@code [from, to)}.
   *
   * @param from one of the file's {@linkplain EventFile#cuts cuts}; so is {@code to}, or behind all
   * @throws DatasetException if the file is damaged
   */
  public static SegmentIndex scan(EventFile file, List<Segment> segments, long from, long to)
      throws IOException {
    TreeMap<Integer, long[]> found = new TreeMap<>();
    int segment = 0;
    for (RecordedEvents events : RecordedEvents.find(file, segments, from, to)) {
      EventStats stats = events.stats();
      if (stats.count() > 0) {
        found.put(segment, values(events.from(), events.to(), stats));
      }
      segment++;
    }
    return new SegmentIndex(found);
  }

  private static long[] values(long from, long to, EventStats stats) {
    return new long[] {
      from, to, stats.count(), stats.firstTime(), stats.lastTime(), stats.leastTime()
    };
  }

  private EventStats stats(int at) {
    int v = WIDTH * at;
    return new EventStats(values[v + 2], values[v + 3], values[v + 4], values[v + 5]);
  }

  /** That of a whole recording, of those of ranges in their order. */
  public static SegmentIndex join(List<SegmentIndex> ranges) {
    TreeMap<Integer, long[]> joined = new TreeMap<>();
    for (SegmentIndex range : ranges) {
      for (int i = 0; i < range.segments.length; i++) {
        long from = range.values[WIDTH * i];
        long to = range.values[WIDTH * i + 1];
        EventStats stats = range.stats(i);
        long[] before = joined.get(range.segments[i]);
        if (before != null) {
          from = before[0];
          stats = new EventStats(before[2], before[3], before[4], before[5]).then(stats);
        }
        joined.put(range.segments[i], values(from, to, stats));
      }
    }
    return new SegmentIndex(joined);
  }

  /** That of the segments {@code [from, to)} alone. */
  public SegmentIndex part(int from, int to) {
    TreeMap<Integer, long[]> kept = new TreeMap<>();
    for (int i = 0; i < segments.length; i++) {
      if (segments[i] >= from && segments[i] < to) {
        kept.put(segments[i], values(values[WIDTH * i], values[WIDTH * i + 1], stats(i)));
      }
    }
    return new SegmentIndex(kept);
  }

  /** Bytes from the first of a segment's blocks to its last; 0 if it has no events. */
  public long bytes(int segment) {
    int at = Arrays.binarySearch(segments, segment);
    return at < 0 ? 0 : values[WIDTH * at + 1] - values[WIDTH * at];
  }

  List<RecordedEvents> events(EventFile file, List<Segment> all, int from, int to) {
    List<RecordedEvents> events = new ArrayList<>();
    for (int segment = from; segment < to; segment++) {
      int at = Arrays.binarySearch(segments, segment);
      events.add(
          at < 0
              ? new RecordedEvents(file, all.get(segment), 0, 0, new EventStats())
              : new RecordedEvents(
                  file, all.get(segment), values[WIDTH * at], values[WIDTH * at + 1], stats(at)));
    }
    return events;
  }
}
