package org.velella.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
    RecordedEvents[] all = found.toArray(RecordedEvents[]::new);
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
            for (RecordedEvents each : all) {
              if (each.segment.contains(time)) {
                each.add(block[0], time);
              }
            }
          }
        });
    return Arrays.asList(all);
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
