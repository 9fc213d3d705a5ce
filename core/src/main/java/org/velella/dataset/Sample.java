package org.velella.dataset;

/**
 * One sample of a data set.
 *
 * @param number among the samples of its file, from 0; or its own id, if the file has such
 * @param label its class, or {@link #NO_LABEL}
 */
public record Sample(long number, SampleData data, int label) {
  /** Of samples whose class nobody has told. */
  public static final int NO_LABEL = -1;
}
