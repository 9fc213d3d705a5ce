package org.velella.dataset;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A recording, as one sample or as one for each of its segments. */
public final class EventSamples implements SampleReader {
  private final EventFile file;
  private final EventBinner binner;
  private final List<Segment> segments;
  private final SegmentIndex index;

  /**
   * A recording.
   *
   * @param segments in the order of the samples
   */
  public EventSamples(EventFile file, Binning binning, EventShape shape, List<Segment> segments) {
    this(file, new EventBinner(binning, shape, file.ticksPerSecond()), segments, null);
  }

  private EventSamples(
      EventFile file, EventBinner binner, List<Segment> segments, SegmentIndex index) {
    this.file = file;
    this.binner = binner;
    this.segments = List.copyOf(segments);
    this.index = index;
  }

  /** The same where it is known already which blocks hold the events of each sample. */
  public EventSamples with(SegmentIndex known) {
    return new EventSamples(file, binner, segments, known);
  }

  @Override
  public long samples() {
    return segments.size();
  }

  @Override
  public Samples read(long first, long count) throws IOException {
    int from = (int) first;
    int to = (int) (first + count);
    List<RecordedEvents> found =
        index == null
            ? RecordedEvents.find(file, segments.subList(from, to), 0, Long.MAX_VALUE)
            : index.events(file, segments, from, to);
    return new Samples() {
      private int at;

      @Override
      public Optional<Sample> next() throws IOException {
        if (at == found.size()) {
          return Optional.empty();
        }
        RecordedEvents events = found.get(at);
        Segment segment = events.segment();
        SampleData data = binner.bin(events, origin(events));
        return Optional.of(new Sample(first + at++, data, segment.label()));
      }

      @Override
      public void close() {}
    };
  }

  private long origin(RecordedEvents events) {
    if (!events.segment().isWhole()) {
      return events.segment().from();
    }
    return file.isClockFree() ? events.stats().leastTime() : 0;
  }
}
