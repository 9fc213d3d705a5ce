package org.velella.dataset;

import java.io.IOException;
import java.util.Arrays;

/** Makes steps of a sample's events. */
final class EventBinner {
  /** Of one sample's frames; more is most likely a clock that has jumped. */
  private static final long MAX_FRAME_BYTES = 1L << 30;

  /** One more is the same number in float32. */
  private static final float MOST_COUNTED = 1 << 24;

  private final Binning binning;
  private final EventShape shape;
  private final long ticksPerSecond;

  EventBinner(Binning binning, EventShape shape, long ticksPerSecond) {
    this.binning = binning;
    this.shape = shape;
    this.ticksPerSecond = ticksPerSecond;
  }

  /**
   * The steps of events.
   *
   * @param origin the time at which step 0 begins, where steps are not counted from the events
   */
  SampleData bin(Events events, long origin) throws IOException {
    if (binning instanceof Binning.FixedNumber number) {
      return fixedNumber(events, number);
    }
    return binning instanceof Binning.FixedDuration duration
        ? fixedDuration(events, duration)
        : steps(events, (Binning.Steps) binning, origin);
  }

  private SampleData fixedNumber(Events events, Binning.FixedNumber number) throws IOException {
    EventStats stats = events.stats();
    int last = number.frames() - 1;
    if (number.splitBy() == Binning.SplitBy.NUMBER) {
      long perFrame = stats.count() / number.frames();
      long[] at = {0};
      return frames(
          events,
          number.frames(),
          time -> perFrame == 0 ? last : (int) Math.min(last, at[0]++ / perFrame));
    }
    long first = stats.firstTime();
    long ticks = difference(events, stats.lastTime(), first) / number.frames();
    return frames(
        events,
        number.frames(),
        time -> ticks <= 0 ? last : frame(difference(events, time, first), ticks, last));
  }

  private SampleData fixedDuration(Events events, Binning.FixedDuration fixed) throws IOException {
    EventStats stats = events.stats();
    long ticks = Binning.ticks(events.name(), fixed.seconds(), ticksPerSecond);
    long least = stats.leastTime();
    long span = difference(events, stats.lastTime(), least);
    long frames = Math.max(1, span / ticks + (span % ticks > 0 ? 1 : 0));
    int last = (int) Math.min(Integer.MAX_VALUE, frames) - 1;
    return frames(
        events,
        Math.max(frames, fixed.padTo()),
        time -> frame(difference(events, time, least), ticks, last));
  }

  private static int frame(long sinceFirst, long ticks, int last) {
    return (int) Math.max(0, Math.min(last, sinceFirst / ticks));
  }

  private static long difference(Events events, long later, long earlier) {
    try {
      return Math.subtractExact(later, earlier);
    } catch (ArithmeticException e) {
      throw DatasetException.of(
          events.name(), "events at the times %d and %d".formatted(earlier, later));
    }
  }

  /** Says which frame an event belongs to. */
  @FunctionalInterface
  private interface FrameOf {
    int frame(long time);
  }

  private SampleData frames(Events events, long frames, FrameOf frameOf) throws IOException {
    int size = shape.size();
    if (frames > MAX_FRAME_BYTES / Float.BYTES / size) {
      throw DatasetException.of(
          events.name(),
          "a sample of %d frames of %d values, more than 1 GiB; give longer frames, or cut the recording"
              .formatted(frames, size));
    }
    float[] values = new float[(int) frames * size];
    String name = events.name();
    events.forEach(
        (time, x, y, polarity) -> {
          int at = frameOf.frame(time) * size + shape.index(name, x, y, polarity);
          if (values[at] == MOST_COUNTED) {
            throw DatasetException.of(
                name,
                "more than %d events at x = %d, y = %d in one frame, which no float32 counts; give more frames"
                    .formatted((int) MOST_COUNTED, x, y));
          }
          values[at]++;
        });
    return new SampleData.Frames((int) frames, values);
  }

  private SampleData steps(Events events, Binning.Steps steps, long origin) throws IOException {
    long ticks = Binning.ticks(events.name(), steps.dt(), ticksPerSecond);
    StepList list = new StepList(events.name());
    events.forEach(
        (time, x, y, polarity) ->
            list.add(
                Math.floorDiv(difference(events, time, origin), ticks),
                time,
                shape.index(events.name(), x, y, polarity)));
    return list.data();
  }

  /** Events at steps while they are collected. */
  private static final class StepList {
    private final String name;
    private int[] steps = new int[64];
    private int[] indices = new int[64];
    private int count;

    StepList(String name) {
      this.name = name;
    }

    void add(long step, long time, int index) {
      if (step < 0 || step > Integer.MAX_VALUE) {
        throw DatasetException.of(
            name,
            "an event at tick %d, which is step %d; steps are 0 to 2^31 - 1".formatted(time, step));
      }
      if (count == steps.length) {
        steps = Arrays.copyOf(steps, 2 * count);
        indices = Arrays.copyOf(indices, 2 * count);
      }
      steps[count] = (int) step;
      indices[count++] = index;
    }

    SampleData data() {
      return new SampleData.EventList(Arrays.copyOf(steps, count), Arrays.copyOf(indices, count));
    }
  }
}
