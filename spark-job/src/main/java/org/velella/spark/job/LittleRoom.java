package org.velella.spark.job;

import java.util.Locale;

/**
 * What becomes of a run that may record more than its directory has room for. Traces count as they
 * are before they are compressed, and how far they can be, nobody knows beforehand.
 */
public enum LittleRoom {
  /** Nothing is computed. */
  REFUSE,
  /** One is told, and the run goes on for as long as there is room. */
  WARN;

  /**
   * By the name that users know.
   *
   * @throws UsageException if there is none of that name
   */
  public static LittleRoom parse(String name) {
    return switch (name) {
      case "refuse" -> REFUSE;
      case "warn" -> WARN;
      default -> throw new UsageException("--little-room is '" + name + "'; give refuse or warn");
    };
  }

  /** The name that users know. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
