package org.velella.spark.bench;

/** A benchmark computed something else than it should; its times say nothing. */
public final class WrongAnswerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrongAnswerException(String message) {
    super(message);
  }

  /** Checks a count that is known from elsewhere. */
  static void require(String what, long expected, long found) {
    if (expected != found) {
      throw new WrongAnswerException("%s: expected %d, found %d".formatted(what, expected, found));
    }
  }
}
