package org.velella.spark.data;

import java.io.Serializable;

/** Samples of one file that one task reads in one go. No record, since Kryo cannot carry such. */
final class DataPart implements Serializable {
  private static final long serialVersionUID = 1L;

  private final SourceFile file;
  private final long first;
  private final long count;
  private final long firstId;

  /**
   * Samples of a file.
   *
   * @param first of them, in the file
   * @param firstId the id of that one in the table; -1: samples have ids of their own
   */
  DataPart(SourceFile file, long first, long count, long firstId) {
    this.file = file;
    this.first = first;
    this.count = count;
    this.firstId = firstId;
  }

  SourceFile file() {
    return file;
  }

  long first() {
    return first;
  }

  long count() {
    return count;
  }

  long firstId() {
    return firstId;
  }
}
