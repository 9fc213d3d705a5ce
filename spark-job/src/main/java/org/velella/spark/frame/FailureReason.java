package org.velella.spark.frame;

import java.util.Locale;

/** Why a sample is not simulated; the rest of the run goes on without it. */
public enum FailureReason {
  /** The row names no sample: its id is null, negative in an event table, or no whole number. */
  NO_SAMPLE_ID,
  /** Several rows have this id. */
  DUPLICATE_ID,
  /** The input, or something in it, is null. */
  NULL_VALUE,
  /** Neither one step's values nor those of all steps. */
  WRONG_LENGTH,
  /** A NaN or an infinity. */
  NOT_FINITE,
  /** An event's step or index is not a whole number. */
  NOT_WHOLE,
  /** An event's step is negative or beyond 2^31 - 1. */
  STEP_OUT_OF_RANGE,
  /** An event's index is no input element of the network. */
  INDEX_OUT_OF_RANGE,
  /** The network cannot run with the values of the sample's trial. */
  INVALID_PARAMETERS,
  /** On the way, a node met a value of this sample that it cannot take. */
  UNFIT_VALUE,
  /** On the way, a user's module threw an exception, or gave what it must not. */
  MODULE_FAILED;

  /** The word that stands in {@code failures/}, such as {@code wrong_length}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
