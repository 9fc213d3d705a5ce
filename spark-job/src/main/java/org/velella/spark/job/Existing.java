package org.velella.spark.job;

/** What becomes of a file that is there where a command shall write one. */
public enum Existing {
  /** It stays, and the command is refused. */
  KEEP,
  /** The new one takes its place. */
  REPLACE
}
