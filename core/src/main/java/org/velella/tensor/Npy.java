package org.velella.tensor;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * NumPy's {@code .npy} files as tensors, and back.
 *
 * <p>Reads format versions 1.0, 2.0 and 3.0, both byte orders, C and Fortran order; types that
 * {@link Tensor} lacks are widened exactly ({@link NpyType}). A header is data: nothing in it is
 * evaluated, and no length in it is believed before as many bytes are there. Writes version 1.0, C
 * order, little-endian, the bytes that NumPy 2 writes for the same array, with one NaN.
 */
public final class Npy {
  static final int MAX_RANK = 64;

  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 0xffff;
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int FIRST_ELEMENTS = 1 << 16;

  private Npy() {}

  /**
   * What a {@code .npy} file says of its array.
   *
   * @param type of the elements in the file
   * @param byteOrder of each element
   * @param fortranOrder whether the first axis varies fastest in the file
   * @param dataOffset bytes from the file's beginning to its first element
   */
  public record Header(
      NpyType type, ByteOrder byteOrder, boolean fortranOrder, Shape shape, int dataOffset) {

    /** The type of the tensor that reading gives. */
    public DType dtype() {
      return type.dtype();
    }

    /**
     * The number of elements, which may exceed what one tensor holds.
     *
     * @throws ArithmeticException if it exceeds 2^63 - 1
     */
    public long elements() {
      long count = 1;
      for (int axis = 0; axis < shape.rank(); axis++) {
        count = Math.multiplyExact(count, (long) shape.dim(axis));
      }
      return count;
    }

    /** Bytes from the first element to the end of the array. */
    public long dataBytes() {
      return Math.multiplyExact(elements(), (long) type.bytes());
    }

    /**
     * Elements that lie one after the other in the file, such as a few rows of a C-order array, as
     * a tensor of {@code part}.
     *
     * @param data their bytes, exactly
     * @throws IllegalArgumentException if {@code data} has another length than {@code part} needs
     */
    public Tensor decode(byte[] data, Shape part) {
      int size = part.size();
      if (data.length != (long) size * type.bytes()) {
        throw new IllegalArgumentException(
            "%s elements of shape %s take %d bytes, found %d"
                .formatted(type, part, (long) size * type.bytes(), data.length));
      }
      Object elements = type.array(size);
      type.decode(ByteBuffer.wrap(data).order(byteOrder), elements, 0, size);
      return tensor("the given bytes", dtype(), part, elements);
    }
  }

  /**
   * The array in {@code file}.
   *
   * @throws NpyException if it is no {@code .npy} file, is cut short, has bytes after the array or
   *     holds something that a tensor cannot
   */
  public static Tensor read(byte[] file) {
    return read(file, "the given bytes");
  }

  /** As {@link #read(byte[])}, with a name for messages. */
  public static Tensor read(byte[] file, String name) {
    try (InputStream in = new ByteArrayInputStream(file)) {
      return readWhole(in, file.length, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #read(byte[])}, from a file. */
  public static Tensor read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return readWhole(in, Files.size(file), file.toString());
    }
  }

  /**
   * The array that {@code in} holds next; reads up to its last element and no further, so that
   * several arrays may follow each other.
   *
   * @param nameForMessages such as a path
   * @throws NpyException as {@link #read(byte[])}, but for bytes after the array
   */
  public static Tensor read(InputStream in, String nameForMessages) throws IOException {
    return elements(in, header(in, nameForMessages), FIRST_ELEMENTS, nameForMessages);
  }

  /** The elements that follow a header, up to the last one. */
  static Tensor elements(InputStream in, Header header, String name) throws IOException {
    return elements(in, header, FIRST_ELEMENTS, name);
  }

  private static Tensor readWhole(InputStream in, long fileBytes, String name) throws IOException {
    Header header = header(in, name);
    long found = fileBytes - header.dataOffset();
    if (found != header.dataBytes()) {
      throw new NpyException(
          name,
          "%s elements of shape %s take %d bytes after the header, found %d"
              .formatted(header.type(), header.shape(), header.dataBytes(), found));
    }
    return elements(in, header, Integer.MAX_VALUE, name);
  }

  /**
   * Reads the header only and leaves {@code in} at the first element, so that a part of a large
   * file can be read without the rest.
   *
   * @throws NpyException if there is no readable header
   */
  public static Header header(InputStream in) throws IOException {
    return header(in, "the given stream");
  }

  /** As {@link #header(InputStream)}, with a name for messages. */
  public static Header header(InputStream in, String name) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2
        || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new NpyException(name, "it does not begin with the bytes of the format");
    }
    int major = start[MAGIC.length] & 0xff;
    int minor = start[MAGIC.length + 1] & 0xff;
    if (major < 1 || major > 3 || minor != 0) {
      throw new NpyException(
          name, "format version %d.%d; readable are 1.0, 2.0 and 3.0".formatted(major, minor));
    }
    int lengthBytes = major == 1 ? 2 : 4;
    byte[] raw = in.readNBytes(lengthBytes);
    long length = 0;
    for (int i = raw.length - 1; i >= 0; i--) {
      length = length << 8 | raw[i] & 0xff;
    }
    if (raw.length < lengthBytes || length > MAX_HEADER) {
      throw new NpyException(
          name,
          raw.length < lengthBytes
              ? "it ends inside the header"
              : "its header claims %d bytes, at most %d are read".formatted(length, MAX_HEADER));
    }
    byte[] text = in.readNBytes((int) length);
    if (text.length < length) {
      throw new NpyException(
          name, "its header claims %d bytes, found %d".formatted(length, text.length));
    }
    int dataOffset = start.length + lengthBytes + text.length;
    Header header = NpyHeaderText.parse(name, new String(text, StandardCharsets.UTF_8), dataOffset);
    requireCountable(header, name);
    return header;
  }

  private static void requireCountable(Header header, String name) {
    try {
      header.dataBytes();
    } catch (ArithmeticException e) {
      throw new NpyException(name, "its shape " + header.shape() + " has more than 2^63 bytes");
    }
  }

  private static int size(Header header, String name) {
    try {
      return header.shape().size();
    } catch (ArithmeticException e) {
      throw new NpyException(
          name,
          "its shape %s exceeds the 2^31 - 1 elements of one tensor".formatted(header.shape()));
    }
  }

  /** The array grows with what has arrived, so that a false shape cannot claim memory. */
  private static Tensor elements(InputStream in, Header header, int firstElements, String name)
      throws IOException {
    int size = size(header, name);
    NpyType type = header.type();
    Object elements = type.array(Math.min(size, firstElements));
    int blockElements = BLOCK_BYTES / type.bytes();
    byte[] block = new byte[blockElements * type.bytes()];
    for (int at = 0; at < size; ) {
      int count = Math.min(blockElements, size - at);
      int found = in.readNBytes(block, 0, count * type.bytes());
      if (found < count * type.bytes()) {
        long bytes = (long) at * type.bytes() + found;
        throw new NpyException(
            name, "it ends after %d of %d bytes of elements".formatted(bytes, header.dataBytes()));
      }
      int length = Array.getLength(elements);
      if (at + count > length) {
        Object longer = type.array((int) Math.min(size, 2L * Math.max(length, count)));
        System.arraycopy(elements, 0, longer, 0, at);
        elements = longer;
      }
      type.decode(ByteBuffer.wrap(block).order(header.byteOrder()), elements, at, count);
      at += count;
    }
    if (header.fortranOrder() && header.shape().rank() > 1) {
      elements = rowMajor(type, header.shape(), elements, size);
    }
    return tensor(name, type.dtype(), header.shape(), elements);
  }

  private static Object rowMajor(NpyType type, Shape shape, Object columnMajor, int size) {
    Object to = type.array(size);
    int rank = shape.rank();
    int[] index = new int[rank];
    int[] strides = new int[rank];
    for (int axis = 0, stride = 1; axis < rank; axis++) {
      strides[axis] = stride;
      stride *= Math.max(1, shape.dim(axis));
    }
    for (int i = 0, from = 0; i < size; i++) {
      System.arraycopy(columnMajor, from, to, i, 1);
      for (int axis = rank - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < shape.dim(axis)) {
          break;
        }
        from -= index[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return to;
  }

  private static Tensor tensor(String name, DType dtype, Shape shape, Object elements) {
    if (dtype == DType.BOOL) {
      byte[] truths = (byte[]) elements;
      for (int i = 0; i < truths.length; i++) {
        if ((truths[i] & 0xfe) != 0) {
          throw new NpyException(
              name, "element %d of type BOOL is %d, not 0 or 1".formatted(i, truths[i] & 0xff));
        }
      }
    }
    return switch (dtype) {
      case FLOAT32 -> Tensor.of(shape, (float[]) elements);
      case FLOAT64 -> Tensor.of(shape, (double[]) elements);
      case INT32 -> Tensor.of(shape, (int[]) elements);
      case INT64 -> Tensor.of(shape, (long[]) elements);
      case UINT8, BOOL -> Tensor.of(dtype, shape, (byte[]) elements);
    };
  }

  /** Writes {@code tensor} as a {@code .npy} file; does not close {@code out}. */
  public static void write(Tensor tensor, OutputStream out) throws IOException {
    NpyWriter.write(tensor, out);
  }

  /** The {@code .npy} file of {@code tensor}. */
  public static byte[] toBytes(Tensor tensor) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      write(tensor, out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
