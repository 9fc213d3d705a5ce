package org.velella.spark.faults;

/** What fault tests measure, in one line each that a report can be made of. */
public final class Measured {
  private Measured() {}

  /** Prints a figure. */
  static void print(String text) {
    System.out.println("measured: " + text);
  }

  /** Prints the work that a run has repeated. */
  public static void print(String name, long repeated, long bound, long needed) {
    print("%s repeated %d of %d sample-steps, bound %d".formatted(name, repeated, needed, bound));
  }
}
