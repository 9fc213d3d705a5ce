package org.velella.spark.job;

/** More samples have failed than may; says nothing of why they have. */
final class TooManyFailuresException extends RunFailedException {
  private static final long serialVersionUID = 1L;

  /**
   * @param failures how many have
   * @param allowed how many may
   */
  TooManyFailuresException(long failures, long allowed) {
    this(
        "%d samples have failed, and --max-failures is %d; what was saved is kept, and the same command with a higher one goes on from there"
            .formatted(failures, allowed),
        null);
  }

  private TooManyFailuresException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same with some reasons. */
  TooManyFailuresException with(String reasons) {
    return new TooManyFailuresException(getMessage() + reasons, this);
  }
}
