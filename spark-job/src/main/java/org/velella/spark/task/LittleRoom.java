package org.velella.spark.task;

import java.util.Locale;

/**
 * What becomes of a run whose traces may be more than there is room for, or whose recordings may be
 * more files than the driver can list. Traces count as they are before they are compressed, and how
 * far they can be, nobody knows beforehand; neither whether there is something to record in each
 * interval.
 */
public enum LittleRoom {
  /** Nothing is computed. */
  REFUSE,
  /** One is told, and it goes on for as long as there is room. */
  WARN;

  /** The name that users know. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
