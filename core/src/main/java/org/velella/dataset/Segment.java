package org.velella.dataset;

/**
 * A stretch of a recording that is one sample.
 *
 * @param from its first tick
 * @param to the first tick after it
 * @param label its class, or {@link Sample#NO_LABEL}
 */
public record Segment(long from, long to, int label) {
  /** All of a recording. */
  public static Segment whole(int label) {
    return new Segment(Long.MIN_VALUE, Long.MAX_VALUE, label);
  }

  /** Whether it is all of a recording. */
  public boolean isWhole() {
    return from == Long.MIN_VALUE;
  }

  boolean contains(long time) {
    return time >= from && (time < to || isWhole());
  }
}
