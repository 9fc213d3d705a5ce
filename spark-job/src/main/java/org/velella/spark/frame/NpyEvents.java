package org.velella.spark.frame;

import java.io.IOException;
import org.velella.spark.store.ContentChecksum;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.store.InputFile;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Some consecutive rows of an event table. */
final class NpyEvents {
  private static final int SLICE_ROWS = 1 << 19;

  /** The value of a cell that is no whole number. */
  static final long NOT_WHOLE = Long.MIN_VALUE;

  private final int count;

  /** Sample, step, index; of each, {@code stride} apart. */
  private final Tensor[] columns;

  private final int stride;

  /** The CRC32C of each stretch of the file that this was read from. */
  private final int[] crcs;

  private NpyEvents(int count, Tensor[] columns, int stride, int[] crcs) {
    this.count = count;
    this.columns = columns;
    this.stride = stride;
    this.crcs = crcs;
  }

  /** How many slices a table is read in. */
  static int slices(Npy.Header header) {
    // The largest tables have nearly as many rows as an int can count.
    return (int) Math.max(1, ((long) header.shape().dim(0) + SLICE_ROWS - 1) / SLICE_ROWS);
  }

  /** Reads one slice of a table. */
  static NpyEvents read(String uri, HadoopConf conf, int slice, int slices) throws IOException {
    try (InputFile file = InputFile.open(uri, conf.toConfiguration())) {
      Npy.Header header = Npy.header(file.fromStart(), uri);
      int rows = header.shape().dim(0);
      long first = (long) slice * SLICE_ROWS;
      int count = (int) Math.min(SLICE_ROWS, rows - first);
      if (slices(header) != slices) {
        throw new InputException(uri + " changed while it was read");
      }
      if (!header.fortranOrder()) {
        byte[] data = bytes(file, header, first * 3, count * 3);
        Tensor table = header.decode(data, Shape.of(count * 3));
        int[] crc = {ContentChecksum.of(data)};
        return new NpyEvents(count, new Tensor[] {table, table, table}, 3, crc);
      }
      Tensor[] columns = new Tensor[3];
      int[] crcs = new int[3];
      for (int c = 0; c < 3; c++) {
        byte[] data = bytes(file, header, (long) c * rows + first, count);
        columns[c] = header.decode(data, Shape.of(count));
        crcs[c] = ContentChecksum.of(data);
      }
      return new NpyEvents(count, columns, 1, crcs);
    }
  }

  private static byte[] bytes(InputFile file, Npy.Header header, long first, int count)
      throws IOException {
    int bytes = header.type().bytes();
    return file.read(header.dataOffset() + first * bytes, count * bytes);
  }

  /**
   * The checksum of a whole table.
   *
   * @param head CRC32C of what stands before the data
   * @param crcs for each slice, {@link #crcs}
   */
  static ContentChecksum checksum(Npy.Header header, int head, int[][] crcs) {
    ContentChecksum sum = new ContentChecksum();
    sum.add(head, header.dataOffset());
    int rows = header.shape().dim(0);
    // In Fortran order, a column of all slices comes before the next column.
    int stretches = header.fortranOrder() ? 3 : 1;
    long rowBytes = (long) header.type().bytes() * 3 / stretches;
    for (int stretch = 0; stretch < stretches; stretch++) {
      for (int slice = 0; slice < crcs.length; slice++) {
        long count = Math.min(SLICE_ROWS, rows - (long) slice * SLICE_ROWS);
        sum.add(crcs[slice][stretch], count * rowBytes);
      }
    }
    return sum;
  }

  /** The CRC32C of each stretch of the file that this slice is: one, or one for each column. */
  int[] crcs() {
    return crcs.clone();
  }

  int count() {
    return count;
  }

  /** The sample of a row; negative, {@link #NOT_WHOLE} among others, if it names none. */
  long sample(int row) {
    return cell(0, row);
  }

  long step(int row) {
    return cell(1, row);
  }

  long index(int row) {
    return cell(2, row);
  }

  private long cell(int column, int row) {
    Tensor cells = columns[column];
    int at = row * stride + (stride == 1 ? 0 : column);
    return switch (cells.dtype()) {
      case INT32 -> cells.ints()[at];
      case INT64 -> cells.longs()[at];
      default -> {
        double value = cells.doubleAt(at);
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
        yield whole ? (long) value : NOT_WHOLE;
      }
    };
  }

  /** The largest sample, and how many indices are no input of the network. */
  long[] lastSampleAndOutside(int width) {
    long last = -1;
    long outside = 0;
    for (int i = 0; i < count; i++) {
      last = Math.max(last, sample(i));
      long index = index(i);
      if (index < 0 || index >= width) {
        outside++;
      }
    }
    return new long[] {last, outside};
  }
}
