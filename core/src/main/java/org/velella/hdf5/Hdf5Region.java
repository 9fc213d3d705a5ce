package org.velella.hdf5;

/** The place of a dataset whose bytes are written after it was made. */
public final class Hdf5Region {
  private final Hdf5Sink sink;
  private final long start;
  private final long address;

  Hdf5Region(Hdf5Sink sink, long start, long address) {
    this.sink = sink;
    this.start = start;
    this.address = address;
  }

  /** The address that a group links to. */
  public long address() {
    return address;
  }

  /** Writes bytes of the dataset from {@code at} on. */
  public void write(long at, byte[] bytes, int length) {
    sink.write(start + at, bytes, 0, length);
  }
}
