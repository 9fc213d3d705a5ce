package org.velella.spark.job;

/** Told on the driver how a run goes on; by one thread at a time. */
public interface RunListener {
  /** Says nothing. */
  RunListener SILENT = new RunListener() {};

  /** A line for the user, such as which backend was chosen and why. */
  default void message(String line) {}

  /** After every commit of the checkpoint. */
  default void progress(RunProgress progress) {}
}
