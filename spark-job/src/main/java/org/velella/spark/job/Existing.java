package org.velella.spark.job;

/** What becomes of a file that is there where a command shall write one. */
public enum Existing {
  KEEP,
  REPLACE
}
