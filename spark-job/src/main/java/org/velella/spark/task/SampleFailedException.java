package org.velella.spark.task;

/** A sample cannot be simulated, and the run was to end at the first such one. */
public final class SampleFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SampleFailedException(RangeInput.Failure failure) {
    super(failure.text());
  }
}
