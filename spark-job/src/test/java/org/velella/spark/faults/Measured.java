package org.velella.spark.faults;

/** What fault tests measure, in one line each that a report can be made of. */
final class Measured {
  private Measured() {}

  /** Prints the work that a run has repeated. */
  static void print(String name, long repeated, long bound, long needed) {
    System.out.printf(
        java.util.Locale.ROOT,
        "measured: %s repeated %d of %d sample-steps, bound %d%n",
        name,
        repeated,
        needed,
        bound);
  }
}
