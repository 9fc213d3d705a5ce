package org.velella.spark.task;

import java.util.Locale;

/**
 * What becomes of a run whose traces may be more than there is room for. They count as they are
 * before they are compressed, and how far they can be, nobody knows beforehand.
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
