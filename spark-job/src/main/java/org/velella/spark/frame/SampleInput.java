package org.velella.spark.frame;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The checked input of one sample, ready to be written step by step into a tile's input. */
public final class SampleInput {
  private static final Comparator<Fragment> BAD_ORDER =
      Comparator.comparing(Fragment::reason).thenComparing(Fragment::detail);

  private final long sampleId;
  private final int width;

  /** Values of one step (held) or of many, or null. */
  private final Fragment values;

  /** Events as {@code step << 32 | index}, sorted, or null. */
  private final long[] events;

  private SampleInput(long sampleId, int width, Fragment values, long[] events) {
    this.sampleId = sampleId;
    this.width = width;
    this.values = values;
    this.events = events;
  }

  /** A sample without events. */
  public static SampleInput silent(long sampleId, int width) {
    return new SampleInput(sampleId, width, null, new long[0]);
  }

  /**
   * The input of one sample from all its fragments.
   *
   * @param width input elements of the network
   * @param steps steps that the run will do; a series must be at least as long
   * @throws BadSampleException if the sample cannot be simulated
   */
  public static SampleInput of(long sampleId, List<Fragment> fragments, int width, long steps)
      throws BadSampleException {
    Fragment first = fragments.get(0);
    requireNoBad(fragments);
    for (Fragment fragment : fragments) {
      if (fragments.size() > 1 && !fragment.isPartial()) {
        throw new BadSampleException(
            FailureReason.DUPLICATE_ID,
            fragments.size() + " rows have sample_id " + sampleId + "; every sample is one row");
      }
    }
    if (first.isValues()) {
      requireLength(first.count(), width, steps);
      requireFinite(first, width);
      return new SampleInput(sampleId, width, first, null);
    }
    return new SampleInput(sampleId, width, null, sortedEvents(fragments, width));
  }

  /** Fragments arrive in any order, so of several complaints a fixed one is reported. */
  private static void requireNoBad(List<Fragment> fragments) throws BadSampleException {
    Fragment worst = null;
    for (Fragment fragment : fragments) {
      if (fragment.isBad() && (worst == null || BAD_ORDER.compare(fragment, worst) < 0)) {
        worst = fragment;
      }
    }
    if (worst != null) {
      throw new BadSampleException(worst.reason(), worst.detail());
    }
  }

  private static void requireLength(int count, int width, long steps) throws BadSampleException {
    boolean held = count == width;
    boolean series = count % width == 0 && count / width >= steps;
    if (!held && !series) {
      throw new BadSampleException(
          FailureReason.WRONG_LENGTH,
          "%d values; the network takes %d per step: give those, held, or whole steps of them, %d or more"
              .formatted(count, width, steps));
    }
  }

  private static void requireFinite(Fragment values, int width) throws BadSampleException {
    for (int i = 0; i < values.count(); i++) {
      float value = values.value(i);
      if (!Float.isFinite(value)) {
        throw new BadSampleException(
            FailureReason.NOT_FINITE,
            "%s at step %d, element %d".formatted(value, i / width, i % width));
      }
    }
  }

  private static long[] sortedEvents(List<Fragment> fragments, int width)
      throws BadSampleException {
    long total = 0;
    for (Fragment fragment : fragments) {
      total += fragment.count();
    }
    long[] events = new long[Math.toIntExact(total)];
    int at = 0;
    for (Fragment fragment : fragments) {
      for (int i = 0; i < fragment.count(); i++) {
        events[at++] = event(fragment.step(i), fragment.index(i), width);
      }
    }
    Arrays.sort(events);
    return events;
  }

  private static long event(int step, int index, int width) throws BadSampleException {
    if (step < 0) {
      throw new BadSampleException(
          FailureReason.STEP_OUT_OF_RANGE, "an event at step " + step + "; steps begin at 0");
    }
    if (index < 0 || index >= width) {
      throw new BadSampleException(
          FailureReason.INDEX_OUT_OF_RANGE,
          "an event of index %d at step %d; the network has inputs 0 to %d"
              .formatted(index, step, width - 1));
    }
    return (long) step << 32 | index;
  }

  public long sampleId() {
    return sampleId;
  }

  /** How many of the events lie at or after a step; 0 for values. */
  public int eventsFrom(long step) {
    return events == null ? 0 : events.length - firstEvent(step);
  }

  /** Whether every step has the same values. */
  public boolean held() {
    return values != null ? values.count() == width : events.length == 0;
  }

  /**
   * Writes the input of {@code steps} steps into this sample's rows of {@code [steps, N, F]}, whose
   * elements must be zero.
   *
   * @param sample the row of this sample, of {@code samples}
   */
  public void fill(long firstStep, int steps, float[] target, int sample, int samples) {
    if (values != null) {
      for (int t = 0; t < steps; t++) {
        int from = held() ? 0 : Math.toIntExact((firstStep + t) * width);
        values.copyValues(from, target, (t * samples + sample) * width, width);
      }
      return;
    }
    long end = firstStep + steps;
    for (int i = firstEvent(firstStep); i < events.length; i++) {
      long step = events[i] >>> 32;
      if (step >= end) {
        break;
      }
      int frame = (int) (step - firstStep) * samples + sample;
      target[frame * width + (int) events[i]]++;
    }
  }

  private int firstEvent(long step) {
    if (step > Integer.MAX_VALUE) {
      return events.length;
    }
    long key = step << 32;
    int low = 0;
    int high = events.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (events[middle] < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
