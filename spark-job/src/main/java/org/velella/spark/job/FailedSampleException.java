package org.velella.spark.job;

/** A sample failed while it was simulated, in a run that was to stop at the first one. */
public final class FailedSampleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FailedSampleException(String message) {
    super(message);
  }
}
