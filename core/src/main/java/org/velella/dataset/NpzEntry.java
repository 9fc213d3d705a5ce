package org.velella.dataset;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.velella.tensor.Npy;
import org.velella.tensor.NpyException;
import org.velella.tensor.Npz;
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

  /** An array that the stream stands at; closes it if there is none. */
  private static NpzEntry at(String name, InputStream in) throws IOException {
    try {
      return new NpzEntry(name, in);
    } catch (IOException | RuntimeException e) {
      Closing.after(e, in);
      throw e;
    }
  }

  /** Names of the arrays of a {@code .npz} file. */
  static List<String> names(DataFile file) throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipInputStream zip = zip(file)) {
      Names all = new Names(file.name());
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(all.add(entry));
      }
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw e instanceof DatasetException known ? known : damaged(file.name(), e);
    }
    return names;
  }

  private static ZipInputStream zip(DataFile file) throws IOException {
    return new ZipInputStream(new BufferedInputStream(file.open(0), BLOCK_BYTES));
  }

  /** Names of a file's arrays so far, bounded as those of {@link Npz}. */
  private static final class Names {
    private final String file;
    private final Set<String> seen = new HashSet<>();

    Names(String file) {
      this.file = file;
    }

    String add(ZipEntry entry) {
      String full = entry.getName();
      if (full.length() > Npz.MAX_NAME) {
        throw DatasetException.of(file, "an array has a name of " + full.length() + " characters");
      }
      String name =
          full.endsWith(ENDING) ? full.substring(0, full.length() - ENDING.length()) : full;
      if (!seen.add(name)) {
        throw DatasetException.of(file, "it has the array '" + name + "' twice");
      }
      if (seen.size() > Npz.MAX_ENTRIES) {
        throw DatasetException.of(file, "it has more than " + Npz.MAX_ENTRIES + " arrays");
      }
      return name;
    }
  }

  /**
   * An array of a {@code .npz} file.
   *
   * @throws DatasetException if there is none of that name
   */
  static NpzEntry open(DataFile file, String array) throws IOException {
    ZipInputStream zip = zip(file);
    try {
      Names all = new Names(file.name());
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (all.add(entry).equals(array)) {
          return at(file.name() + ": " + array, zip);
        }
      }
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      Closing.after(e, zip);
      throw e instanceof DatasetException known ? known : damaged(file.name(), e);
    } catch (IOException e) {
      Closing.after(e, zip);
      throw e;
    }
    zip.close();
    throw DatasetException.of(
        file.name(), "it has no array '%s'; it has %s".formatted(array, names(file)));
  }

  /** The array of a {@code .npy} file. */
  static NpzEntry open(DataFile file) throws IOException {
    return at(file.name(), new BufferedInputStream(file.open(0), BLOCK_BYTES));
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
