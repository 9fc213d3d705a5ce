package org.velella.spark.job;

/** A run stopped because its time was spent; the next call goes on there. */
public final class TimeLimitException extends RunFailedException {
  private static final long serialVersionUID = 1L;

  TimeLimitException(double seconds, Throwable cause) {
    super(
        "The time limit of %s s is spent; what was saved is kept, and the same command goes on from there"
            .formatted(seconds == Math.rint(seconds) ? "" + (long) seconds : "" + seconds),
        cause);
  }
}
