package org.velella.backend;

/**
 * Whether a backend can run here.
 *
 * @param available if so
 * @param reason why, or why not, in words for a log line
 * @param remedy what to install or set; empty if available
 */
public record Availability(boolean available, String reason, String remedy) {
  public static Availability yes(String reason) {
    return new Availability(true, reason, "");
  }

  public static Availability no(String reason, String remedy) {
    return new Availability(false, reason, remedy);
  }
}
