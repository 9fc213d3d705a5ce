package org.velella.spark.job;

import org.velella.backend.BackendUnavailableException;
import org.velella.checkpoint.CheckpointException;
import org.velella.spark.task.SampleFailedException;

/** What a failed Spark job means; users can do more about some causes than try again. */
final class JobFailure {
  private JobFailure() {}

  /** What to throw for the exception that Spark gives. */
  static RuntimeException of(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && !isTold(root)) {
      root = root.getCause();
    }
    if (root instanceof SampleFailedException) {
      return new FailedSampleException(
          "With --fail-fast, the run stopped at a sample that failed on the way: %s; what was saved is kept, and without --fail-fast the same command goes on with the others"
              .formatted(root.getMessage()));
    }
    if (isTold(root)) {
      return (RuntimeException) root;
    }
    String message = String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    return new RunFailedException(
        "Simulating failed; what was saved is kept, and the same command goes on from there: "
            + message,
        thrown);
  }

  /** What is said of it where there is little room; empty if it says nothing. */
  static String firstLine(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
  }

  private static boolean isTold(Throwable thrown) {
    return thrown instanceof CheckpointException
        || thrown instanceof BackendUnavailableException
        || thrown instanceof SampleFailedException;
  }
}
