package org.velella.spark.frame;

import java.io.Serializable;

/**
 * Where a fragment of input belongs: its range, and in it its sample. Sorts by range, then the
 * range's own marker, then rows whose sample is unknown, then samples by id.
 */
public final class SampleKey implements Comparable<SampleKey>, Serializable {
  private static final long serialVersionUID = 1L;

  private static final byte MARKER = 0;
  private static final byte UNKNOWN = 1;
  private static final byte SAMPLE = 2;

  private final int range;
  private final byte kind;
  private final long sampleId;

  private SampleKey(int range, byte kind, long sampleId) {
    this.range = range;
    this.kind = kind;
    this.sampleId = sampleId;
  }

  /** The key of what concerns a range as a whole; it comes first. */
  public static SampleKey marker(int range) {
    return new SampleKey(range, MARKER, 0);
  }

  /** The key of a row that names no sample. */
  public static SampleKey unknown(int range) {
    return new SampleKey(range, UNKNOWN, 0);
  }

  public static SampleKey of(int range, long sampleId) {
    return new SampleKey(range, SAMPLE, sampleId);
  }

  /** The same in another range. */
  SampleKey of(int other) {
    return new SampleKey(other, kind, sampleId);
  }

  public int range() {
    return range;
  }

  public boolean isMarker() {
    return kind == MARKER;
  }

  /** Whether the sample's id is known. */
  public boolean isSample() {
    return kind == SAMPLE;
  }

  public long sampleId() {
    return sampleId;
  }

  @Override
  public int compareTo(SampleKey other) {
    if (range != other.range) {
      return Integer.compare(range, other.range);
    }
    return kind != other.kind
        ? Byte.compare(kind, other.kind)
        : Long.compare(sampleId, other.sampleId);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SampleKey that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return (31 * range + kind) * 31 + Long.hashCode(sampleId);
  }

  @Override
  public String toString() {
    return "range "
        + range
        + (kind == SAMPLE ? ", sample " + sampleId : kind == UNKNOWN ? ", unknown sample" : "");
  }
}
