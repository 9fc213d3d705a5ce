package org.velella.hdf5;

import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.exceptions.HdfException;
import io.jhdf.filter.PipelineFilterWithData;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.message.DataLayout;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * The numbers of a dataset, of which no more than a piece is held beside the array that they go to:
 * chunks are unpacked one after the other, and one large chunk piece by piece.
 */
final class Hdf5Numbers {
  /** Pieces of about this many bytes are decoded at once, unless told otherwise. */
  private static final int PIECE = 1 << 20;

  private static final int DEFLATE = 1;

  /** What one buffer can show. */
  private static final long MAP = Integer.MAX_VALUE;

  private final Dataset dataset;
  private final int atOnce;
  private final int[] dims;
  private final Object values;

  private Hdf5Numbers(Dataset dataset, int piece, Object values) {
    this.dataset = dataset;
    this.dims = dataset.getDimensions();
    this.atOnce = Math.max(1, piece / dataset.getDataType().getSize());
    this.values = values;
  }

  /** An admitted dataset, as FLOAT32, FLOAT64 or INT64; null if it holds anything else. */
  static Tensor read(Dataset dataset) {
    return read(dataset, PIECE);
  }

  /**
   * As {@link #read(Dataset)}.
   *
   * @param piece the bytes that are decoded at once, about
   */
  static Tensor read(Dataset dataset, int piece) {
    Shape shape = Shape.of(dataset.getDimensions());
    // Of a scalar, the type is that of an object.
    Class<?> type = MethodType.methodType(dataset.getJavaType()).unwrap().returnType();
    if (type == float.class) {
      float[] values = new float[shape.size()];
      new Hdf5Numbers(dataset, piece, values).fill();
      return Tensor.of(shape, values);
    }
    if (type == double.class) {
      double[] values = new double[shape.size()];
      new Hdf5Numbers(dataset, piece, values).fill();
      return Tensor.of(shape, values);
    }
    if (List.of(long.class, int.class, short.class, byte.class, BigInteger.class).contains(type)) {
      long[] values = new long[shape.size()];
      new Hdf5Numbers(dataset, piece, values).fill();
      return Tensor.of(shape, values);
    }
    return null;
  }

  private void fill() {
    int size = Array.getLength(values);
    if (size == 0) {
      return;
    }
    if (dataset.isEmpty()) {
      fillUnwritten();
    } else if (dims.length == 0) {
      put(0, 1, flat(dataset.getData()));
    } else if (dataset.getDataLayout() == DataLayout.COMPACT) {
      // At most 64 KiB, in the header of the dataset.
      put(0, size, dataset.getDataFlat());
    } else if (dataset instanceof ContiguousDataset contiguous && dataset.getSizeInBytes() <= MAP) {
      copy(contiguous.getBuffer());
    } else if (dataset instanceof ChunkedDataset chunked) {
      requireAllChunks(chunked);
      if (isOne(chunked)) {
        inflate(chunked);
      } else {
        blocks();
      }
    } else {
      blocks();
    }
  }

  /** What has never been written has the fill value, 0 if the file names none. */
  private void fillUnwritten() {
    Object value = dataset.getFillValue();
    if (value != null) {
      Object one = flat(value);
      for (int i = 0; i < Array.getLength(values); i++) {
        put(i, 1, one);
      }
    }
  }

  /** The library takes chunks that were never written as 0, whatever the fill value is. */
  private void requireAllChunks(ChunkedDataset chunked) {
    if (!(dataset.getFillValue() instanceof Number fill) || fill.doubleValue() == 0) {
      return;
    }
    int[] chunk = chunked.getChunkDimensions();
    steps(
        chunk,
        at -> {
          try {
            chunked.getRawChunkBuffer(at.clone());
          } catch (HdfException e) {
            throw new Hdf5Exception(
                "%s has no chunk at %s, which stands for the fill value %s; write the file with all values"
                    .formatted(dataset.getPath(), Arrays.toString(at), fill),
                e);
          }
        });
  }

  private void copy(ByteBuffer bytes) {
    DataType type = dataset.getDataType();
    int size = Array.getLength(values);
    for (int at = 0; at < size; at += atOnce) {
      int count = Math.min(atOnce, size - at);
      ByteBuffer piece = bytes.slice(at * type.getSize(), count * type.getSize());
      put(at, count, type.fillData(piece, new int[] {count}, null));
    }
  }

  /** Whether all of it is one chunk that is deflated and nothing else. */
  private boolean isOne(ChunkedDataset chunked) {
    List<PipelineFilterWithData> filters = chunked.getFilters();
    return filters.size() == 1
        && filters.get(0).getId() == DEFLATE
        && Arrays.equals(chunked.getChunkDimensions(), dims);
  }

  private void inflate(ChunkedDataset chunked) {
    DataType type = dataset.getDataType();
    int size = Array.getLength(values);
    Inflater inflater = new Inflater();
    try (InputStream in =
        new InflaterInputStream(
            new Remaining(chunked.getRawChunkBuffer(new int[dims.length])), inflater, 1 << 14)) {
      byte[] piece = new byte[Math.min(size, atOnce) * type.getSize()];
      int count;
      for (int at = 0; at < size; at += count) {
        count = Math.min(atOnce, size - at);
        int bytes = count * type.getSize();
        if (in.readNBytes(piece, 0, bytes) < bytes) {
          throw new Hdf5Exception(
              "%s unpacks to less than its %d elements; it is damaged"
                  .formatted(dataset.getPath(), size));
        }
        put(at, count, type.fillData(ByteBuffer.wrap(piece, 0, bytes), new int[] {count}, null));
      }
      // Only at its end is a stream compared with its checksum.
      if (in.read() != -1) {
        throw new Hdf5Exception(
            "%s unpacks to more than its %d elements; it is damaged"
                .formatted(dataset.getPath(), size));
      }
    } catch (IOException e) {
      throw new Hdf5Exception(
          "%s cannot be unpacked: %s; it is damaged".formatted(dataset.getPath(), e.getMessage()),
          e);
    } finally {
      inflater.end();
    }
  }

  /** Blocks of whole chunks, so that no chunk is unpacked twice. */
  private void blocks() {
    int[] block = block();
    steps(block, at -> block(at, block));
  }

  /** Calls with the first index of every block. */
  private void steps(int[] block, Consumer<int[]> each) {
    int[] at = new int[dims.length];
    int axis = 0;
    while (axis >= 0) {
      each.accept(at);
      axis = dims.length - 1;
      while (axis >= 0 && at[axis] >= dims[axis] - block[axis]) {
        at[axis] = 0;
        axis--;
      }
      if (axis >= 0) {
        at[axis] += block[axis];
      }
    }
  }

  private int[] block() {
    int[] block = new int[dims.length];
    Arrays.fill(block, 1);
    if (dataset instanceof ChunkedDataset chunked) {
      System.arraycopy(chunked.getChunkDimensions(), 0, block, 0, block.length);
    }
    long elements = 1;
    for (int axis = 0; axis < block.length; axis++) {
      block[axis] = Math.min(block[axis], dims[axis]);
      elements *= block[axis];
    }
    for (int axis = block.length - 1; axis >= 0; axis--) {
      long times = Math.max(1, atOnce / elements);
      long wide = Math.min(dims[axis], times * block[axis]);
      elements = elements / block[axis] * wide;
      block[axis] = (int) wide;
    }
    return block;
  }

  private void block(int[] from, int[] block) {
    int[] size = new int[dims.length];
    long[] offset = new long[dims.length];
    for (int axis = 0; axis < dims.length; axis++) {
      offset[axis] = from[axis];
      size[axis] = Math.min(block[axis], dims[axis] - from[axis]);
    }
    put(dataset.getData(offset, size), from, 0, 0);
  }

  /** Puts nested arrays, of which axes before {@code axis} are behind, to where they belong. */
  private void put(Object part, int[] from, int axis, int at) {
    int here = at * dims[axis] + from[axis];
    if (axis == dims.length - 1) {
      put(here, Array.getLength(part), part);
      return;
    }
    Object[] rows = (Object[]) part;
    for (int row = 0; row < rows.length; row++) {
      put(rows[row], from, axis + 1, here + row);
    }
  }

  private static Object flat(Object scalar) {
    Object one = Array.newInstance(scalar.getClass(), 1);
    Array.set(one, 0, scalar);
    return one;
  }

  private void put(int at, int count, Object part) {
    if (part.getClass().getComponentType() == values.getClass().getComponentType()) {
      System.arraycopy(part, 0, values, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      Object value = Array.get(part, i);
      if (value instanceof BigInteger big) {
        if (big.bitLength() > Long.SIZE - 1) {
          throw new Hdf5Exception(
              "%s holds %s, at element %d; whole numbers up to 2^63 - 1 are read"
                  .formatted(dataset.getPath(), big, at + i));
        }
        value = big.longValue();
      }
      if (values instanceof long[] longs) {
        longs[at + i] = ((Number) value).longValue();
      } else if (values instanceof double[] doubles) {
        doubles[at + i] = ((Number) value).doubleValue();
      } else {
        ((float[]) values)[at + i] = ((Number) value).floatValue();
      }
    }
  }

  /** The bytes of a buffer, which may lie in a file and not in memory. */
  private static final class Remaining extends InputStream {
    private final ByteBuffer buffer;

    Remaining(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public int read() {
      return buffer.hasRemaining() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      if (!buffer.hasRemaining()) {
        return -1;
      }
      int count = Math.min(length, buffer.remaining());
      buffer.get(bytes, offset, count);
      return count;
    }
  }
}
