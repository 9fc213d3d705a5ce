package org.velella.network.nir;

/**
 * A dataset whose elements are written after it was made, in any order; what is never written may
 * hold anything.
 */
final class Hdf5Region {
  private final Hdf5Sink sink;
  private final Hdf5Type type;
  private final long start;
  private final long address;

  Hdf5Region(Hdf5Sink sink, Hdf5Type type, long start, long address) {
    this.sink = sink;
    this.type = type;
    this.start = start;
    this.address = address;
  }

  /** The address that a group links to. */
  long address() {
    return address;
  }

  /** Writes elements in little endian from a flat index on. */
  void write(long index, byte[] elements, int length) {
    sink.write(start + index * type.size(), elements, 0, length);
  }
}
