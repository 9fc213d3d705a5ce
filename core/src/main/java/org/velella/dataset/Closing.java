package org.velella.dataset;

/** Closes what was opened for a file that is then refused. */
final class Closing {
  private Closing() {}

  /**
   * Closes all; what that throws goes along with the failure, which the caller throws.
   *
   * @param opened null for what was not
   */
  static void after(Exception failure, AutoCloseable... opened) {
    for (AutoCloseable each : opened) {
      try {
        if (each != null) {
          each.close();
        }
      } catch (Exception e) {
        if (e != failure) {
          failure.addSuppressed(e);
        }
      }
    }
  }
}
