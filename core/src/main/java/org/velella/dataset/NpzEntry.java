package org.velella.dataset;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.velella.tensor.Npy;
import org.velella.tensor.NpyException;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** One array of a {@code .npz} file, or the one of a {@code .npy} file, read block by block. */
final class NpzEntry implements AutoCloseable {
  private static final String ENDING = ".npy";
  private static final int BLOCK_BYTES = 1 << 16;

  private final String name;
  private final InputStream in;
  private final Npy.Header header;

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
    try (ZipInputStream zip = zip(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(plain(entry.getName()));
      }
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw damaged(file.name(), e);
    }
    return names;
  }

  private static ZipInputStream zip(DataFile file) throws IOException {
    return new ZipInputStream(new BufferedInputStream(file.open(0), BLOCK_BYTES));
  }

  private static String plain(String name) {
    return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
  }

  /**
   * An array of a {@code .npz} file.
   *
   * @throws DatasetException if there is none of that name
   */
  static NpzEntry open(DataFile file, String array) throws IOException {
    ZipInputStream zip = zip(file);
    try {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (plain(entry.getName()).equals(array)) {
          return new NpzEntry(file.name() + ": " + array, zip);
        }
      }
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      zip.close();
      throw e instanceof DatasetException known ? known : damaged(file.name(), e);
    }
    zip.close();
    throw DatasetException.of(
        file.name(), "it has no array '%s'; it has %s".formatted(array, names(file)));
  }

  /** The array of a {@code .npy} file. */
  static NpzEntry open(DataFile file) throws IOException {
    return new NpzEntry(file.name(), new BufferedInputStream(file.open(0), BLOCK_BYTES));
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

  /** The next elements as whole numbers. */
  void next(long[] to, int count) throws IOException {
    Tensor block = next(count);
    for (int i = 0; i < count; i++) {
      to[i] =
          switch (block.dtype()) {
            case INT64 -> block.longs()[i];
            case INT32 -> block.ints()[i];
            case UINT8, BOOL -> block.bytes()[i] & 0xff;
            case FLOAT32, FLOAT64 -> whole(block.doubleAt(i));
          };
    }
  }

  private long whole(double value) {
    if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
      throw DatasetException.of(
          name, value + " is no whole number; write times in microseconds, as integers");
    }
    return (long) value;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
