package org.velella.dataset;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.velella.tensor.Npy;
import org.velella.tensor.NpyException;
import org.velella.tensor.NpzException;
import org.velella.tensor.NpzStream;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** One array of a {@code .npz} file, or the one of a {@code .npy} file, read block by block. */
final class NpzEntry implements AutoCloseable {
  private static final int BLOCK_BYTES = 1 << 16;

  private final String name;
  private final InputStream in;
  private final Npy.Header header;

  /**
   * An array.
   *
   * @param in from its header on, closed with it
   */
  private NpzEntry(String name, InputStream in) throws IOException {
    this.name = name;
    this.in = in;
    try {
      this.header = Npy.header(in, name);
    } catch (NpyException e) {
      throw new DatasetException(e.getMessage(), e);
    } catch (ZipException | EOFException e) {
      throw damaged(name, e);
    }
    if (header.fortranOrder() && header.shape().rank() > 1) {
      throw DatasetException.of(
          name, "its array is in Fortran order; write it with numpy.ascontiguousarray(array)");
    }
  }

  /** Names of the arrays of a {@code .npz} file. */
  static List<String> names(DataFile file) throws IOException {
    List<String> names = new ArrayList<>();
    try (NpzStream arrays = arrays(file)) {
      while (arrays.next()) {
        names.add(arrays.key());
      }
    } catch (NpzException e) {
      throw new DatasetException(e.getMessage(), e);
    }
    return names;
  }

  private static NpzStream arrays(DataFile file) throws IOException {
    return new NpzStream(new BufferedInputStream(file.open(0), BLOCK_BYTES), file.name());
  }

  /**
   * An array of a {@code .npz} file.
   *
   * @throws DatasetException if there is none of that name
   */
  static NpzEntry open(DataFile file, String array) throws IOException {
    NpzStream arrays = arrays(file);
    try {
      while (arrays.next()) {
        if (arrays.key().equals(array)) {
          return new NpzEntry(file.name() + ": " + array, arrays.data());
        }
      }
    } catch (NpzException e) {
      Closing.after(e, arrays);
      throw new DatasetException(e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      Closing.after(e, arrays);
      throw e;
    }
    arrays.close();
    throw DatasetException.of(
        file.name(), "it has no array '%s'; it has %s".formatted(array, names(file)));
  }

  /** The array of a {@code .npy} file. */
  static NpzEntry open(DataFile file) throws IOException {
    InputStream in = new BufferedInputStream(file.open(0), BLOCK_BYTES);
    try {
      return new NpzEntry(file.name(), in);
    } catch (IOException | RuntimeException e) {
      Closing.after(e, in);
      throw e;
    }
  }

  private static DatasetException damaged(String name, Exception e) {
    return new DatasetException(
        "%s: it is no .npz file, or damaged (%s)".formatted(name, e.getMessage()), e);
  }

  Npy.Header header() {
    return header;
  }

  /** The next elements, as many as asked for. */
  Tensor next(int count) throws IOException {
    int bytes = count * header.type().bytes();
    try {
      // Blocks are read as they come, so that a false shape cannot claim memory.
      byte[] data = in.readNBytes(bytes);
      if (data.length < bytes) {
        throw DatasetException.of(name, "it ends before its last element; it is cut short");
      }
      return header.decode(data, Shape.of(count));
    } catch (ZipException | EOFException | NpyException e) {
      throw damaged(name, e);
    }
  }

  /** Passes over elements. */
  void skip(long count) throws IOException {
    try {
      in.skipNBytes(count * header.type().bytes());
    } catch (ZipException | EOFException e) {
      throw damaged(name, e);
    }
  }

  /**
   * The next elements as whole numbers.
   *
   * @param remedy what to do if one is not
   */
  void next(long[] to, int count, String remedy) throws IOException {
    Tensor block = next(count);
    for (int i = 0; i < count; i++) {
      to[i] =
          switch (block.dtype()) {
            case INT64 -> block.longs()[i];
            case INT32 -> block.ints()[i];
            case UINT8, BOOL -> block.bytes()[i] & 0xff;
            case FLOAT32, FLOAT64 -> whole(block.doubleAt(i), remedy);
          };
    }
  }

  private long whole(double value, String remedy) {
    if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
      throw DatasetException.of(name, value + " is no whole number; " + remedy);
    }
    return (long) value;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
