package org.velella.spark.job;

import java.util.Locale;

/**
 * How the numbers of an input array are to be read, where its shape alone could mean two things.
 */
public enum InputLayout {
  /** By shape and element type; refused where that leaves two meanings. */
  AUTO,
  /** {@code [N, F]}, held constant over all steps, or {@code [T, N, F]}. */
  DENSE,
  /** {@code [E, 3]}: sample, step, index; several events on one element add up. */
  EVENTS;

  /** The name that users write, such as {@code events}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The layout that a user named.
   *
   * @throws UsageException if there is none of that name
   */
  public static InputLayout parse(String text) {
    for (InputLayout layout : values()) {
      if (layout.text().equals(text)) {
        return layout;
      }
    }
    throw new UsageException(
        "Unknown input layout '" + text + "'; known are auto, dense and events");
  }
}
