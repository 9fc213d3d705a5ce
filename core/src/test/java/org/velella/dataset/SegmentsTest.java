package org.velella.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.velella.testkit.Seeded;

/** Every segment of a recording gets its events, whatever the others are. */
class SegmentsTest {
  /** Events at these times, five to a block. */
  private record Recording(long[] times) implements EventFile {
    @Override
    public String name() {
      return "recording";
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
    public void read(long from, long to, EventConsumer events) {
      for (int i = 0; i < times.length; i++) {
        if (i / 5 >= from && i / 5 < to) {
          if (i % 5 == 0) {
            events.block(i / 5);
          }
          events.event(times[i], i, 0, 0);
        }
      }
    }
  }

  private static Segment segment(SplittableRandom random) {
    long from = random.nextInt(90);
    return random.nextInt(20) == 0
        ? Segment.whole(1)
        : new Segment(from, from + 1 + random.nextInt(random.nextInt(4) == 0 ? 90 : 9), 1);
  }

  @Seeded(times = 50)
  void getTheEventsBetweenTheirEnds(SplittableRandom random) throws IOException {
    long[] times = random.longs(random.nextInt(1, 60), 0, 100).toArray();
    if (random.nextBoolean()) {
      times[0] = Long.MAX_VALUE;
    }
    List<Segment> segments = new ArrayList<>();
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      segments.add(segment(random));
    }

    List<RecordedEvents> found =
        RecordedEvents.find(new Recording(times), segments, 0, Long.MAX_VALUE);

    assertThat(found).hasSameSizeAs(segments);
    for (int s = 0; s < segments.size(); s++) {
      Segment segment = segments.get(s);
      List<Integer> wanted = new ArrayList<>();
      for (int i = 0; i < times.length; i++) {
        boolean inside = times[i] >= segment.from() && times[i] < segment.to();
        if (inside || segment.isWhole()) {
          wanted.add(i);
        }
      }
      List<Integer> given = new ArrayList<>();
      found.get(s).forEach((time, x, y, polarity) -> given.add(x));
      assertThat(found.get(s).segment()).isEqualTo(segment);
      assertThat(given).as("%s of %s", segment, segments).isEqualTo(wanted);
      assertThat(found.get(s).stats().count()).isEqualTo(wanted.size());
    }
  }
}
