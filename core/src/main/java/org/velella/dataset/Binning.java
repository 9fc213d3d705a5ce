package org.velella.dataset;

import java.io.Serializable;
import java.math.BigDecimal;

/** How events become steps of input. Times are in seconds. */
public sealed interface Binning extends Serializable {
  /** What is the same for all frames of a fixed number. */
  enum SplitBy {
    /** Events of a frame. */
    NUMBER,
    /** The time that a frame lasts. */
    TIME
  }

  /**
   * Frames of counted events, a fixed number of them for every sample.
   *
   * <p>By number: each has ⌊N / frames⌋ of the N events, the last one takes the rest. By time: each
   * lasts ⌊(t_last − t_first) / frames⌋ ticks, the last one takes the rest; a frame in which
   * nothing happened is empty.
   *
   * @seed datasets.integrate_events_by_fixed_frames_number
   */
  record FixedNumber(int frames, SplitBy splitBy) implements Binning {
    public FixedNumber {
      if (frames < 1) {
        throw new IllegalArgumentException("%d frames; give at least 1".formatted(frames));
      }
    }
  }

  /**
   * Frames of counted events that last equally long, ⌈(t_last − t_min) / duration⌉ of them and at
   * least one; the last takes the rest.
   *
   * @param padTo shorter samples get empty frames up to that many; 0: they stay as they are
   * @seed datasets.integrate_events_by_fixed_duration
   */
  record FixedDuration(BigDecimal seconds, int padTo) implements Binning {
    public FixedDuration {
      requirePositive("A frame's duration", seconds);
      if (padTo < 0) {
        throw new IllegalArgumentException("padding to %d frames; give 0 or more".formatted(padTo));
      }
    }
  }

  /**
   * Events at steps: an event at time t after the sample's beginning is one at step ⌊t / dt⌋.
   *
   * @param dt seconds per step
   */
  record Steps(BigDecimal dt) implements Binning {
    public Steps {
      requirePositive("The time of a step", dt);
    }
  }

  private static void requirePositive(String what, BigDecimal seconds) {
    if (seconds.signum() <= 0) {
      throw new IllegalArgumentException("%s is %s s; give more than 0".formatted(what, seconds));
    }
  }

  /**
   * Seconds as ticks.
   *
   * @throws DatasetException if they are no whole number of ticks
   */
  static long ticks(String file, BigDecimal seconds, long ticksPerSecond) {
    try {
      return seconds.multiply(BigDecimal.valueOf(ticksPerSecond)).longValueExact();
    } catch (ArithmeticException e) {
      throw DatasetException.of(
          file,
          "%s s are no whole number of the file's ticks, of which a second has %d; give a multiple"
              .formatted(seconds.toPlainString(), ticksPerSecond));
    }
  }
}
