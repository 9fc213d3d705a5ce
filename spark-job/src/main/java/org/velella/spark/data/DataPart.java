package org.velella.spark.data;

import java.io.Serializable;
import org.velella.dataset.SegmentIndex;

/** Samples of one file that one task reads in one go. No record, since Kryo cannot carry such. */
final class DataPart implements Serializable {
  private static final long serialVersionUID = 1L;

  private final SourceFile file;
  private final long first;
  private final long count;
  private final long firstId;
  private final long offset;
  private final long line;
  private final SegmentIndex segments;

  /**
   * Samples of a file.
   *
   * @param first of them, in the file
   * @param firstId the id of that one in the table; -1: samples have ids of their own
   */
  DataPart(SourceFile file, long first, long count, long firstId) {
    this(file, first, count, firstId, 0, 1, null);
  }

  /**
   * Samples of a table of events.
   *
   * @param offset the byte at which the first one begins
   * @param line the number of its first line
   */
  static DataPart ofTable(
      SourceFile file, long first, long count, long firstId, long offset, long line) {
    return new DataPart(file, first, count, firstId, offset, line, null);
  }

  /**
   * Samples of a recording.
   *
   * @param segments where their events are
   */
  static DataPart ofRecording(
      SourceFile file, long first, long count, long firstId, SegmentIndex segments) {
    return new DataPart(file, first, count, firstId, 0, 1, segments);
  }

  private DataPart(
      SourceFile file,
      long first,
      long count,
      long firstId,
      long offset,
      long line,
      SegmentIndex segments) {
    this.file = file;
    this.first = first;
    this.count = count;
    this.firstId = firstId;
    this.offset = offset;
    this.line = line;
    this.segments = segments;
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

  /** Of a table of events, the byte at which the first sample begins; else 0. */
  long offset() {
    return offset;
  }

  /** Of a table of events, the number of the first sample's first line. */
  long line() {
    return line;
  }

  /** Of a recording, where the events of the samples are; null if it is to be looked for. */
  SegmentIndex segments() {
    return segments;
  }
}
