package org.velella.tensor;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's {@code .npz} files as tensors by name, and back: a zip file of {@code .npy} files, stored
 * or deflated.
 *
 * <p>Reading goes in two passes, so that nothing is kept that was not asked for: {@link #headers}
 * says what there is, {@link #read} gives some of it. A name is a key and never a path, an array
 * takes no memory before its bytes are there, and what an array does not need is not inflated.
 */
public final class Npz {
  private static final int SKIP_BYTES = 1 << 16;

  /** Zip files know no time before this one; the same each time, so that equal is equal. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz() {}

  private interface Visitor {
    void visit(String key, Npy.Header header, InputStream data, String label) throws IOException;
  }

  /**
   * The arrays' headers by name, in the order of the file; all of it is looked at and none kept.
   *
   * @param name for messages, such as a path
   * @throws NpzException if it is no zip file of arrays, is cut short, or has a name twice
   * @throws NpyException if one of the arrays cannot be read
   */
  public static Map<String, Npy.Header> headers(InputStream in, String name) throws IOException {
    Map<String, Npy.Header> headers = new LinkedHashMap<>();
    walk(
        in,
        name,
        (key, header, data, label) -> {
          skip(data, header.dataBytes(), label);
          headers.put(key, header);
        });
    return headers;
  }

  /**
   * The arrays of some names, in the order of the file.
   *
   * @throws NpzException as {@link #headers}, or if one of the names is missing
   * @throws NpyException if one of the arrays cannot be read
   */
  public static Map<String, Tensor> read(InputStream in, String name, Set<String> wanted)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    read(in, name, wanted, tensors::put);
    return tensors;
  }

  /** As the other, but each array is handed over as soon as it is read, and not kept. */
  public static void read(
      InputStream in, String name, Set<String> wanted, BiConsumer<String, Tensor> consumer)
      throws IOException {
    Set<String> missing = new LinkedHashSet<>(wanted);
    walk(
        in,
        name,
        (key, header, data, label) -> {
          if (missing.remove(key)) {
            consumer.accept(key, Npy.elements(data, header, label));
          } else {
            skip(data, header.dataBytes(), label);
          }
        });
    if (!missing.isEmpty()) {
      throw new NpzException(name, "it has no array '" + missing.iterator().next() + "'");
    }
  }

  private static void walk(InputStream in, String name, Visitor visitor) throws IOException {
    // Not closed, for that would close the caller's stream.
    NpzStream arrays = new NpzStream(in, name);
    try {
      while (arrays.next()) {
        String label = name + ", array '" + arrays.key() + "',";
        InputStream data = arrays.data();
        visitor.visit(arrays.key(), Npy.header(data, label), data, label);
        if (data.read() >= 0) {
          throw new NpzException(name, "bytes follow the array '" + arrays.key() + "'");
        }
      }
    } catch (ZipException e) {
      throw new NpzException(name, String.valueOf(e.getMessage()));
    }
  }

  private static void skip(InputStream data, long bytes, String label) throws IOException {
    byte[] block = new byte[SKIP_BYTES];
    for (long at = 0; at < bytes; ) {
      int found = data.readNBytes(block, 0, (int) Math.min(block.length, bytes - at));
      if (found == 0) {
        throw new NpyException(label, "it ends after %d of %d bytes".formatted(at, bytes));
      }
      at += found;
    }
  }

  /**
   * Writes a file as {@code numpy.savez} does, stored and not deflated; equal tensors give equal
   * bytes. The stream stays open.
   */
  public static void write(OutputStream out, Map<String, Tensor> tensors) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
      ZipEntry entry = new ZipEntry(each.getKey() + NpzStream.SUFFIX);
      entry.setTimeLocal(TIME);
      Counted counted = new Counted();
      CheckedOutputStream checked = new CheckedOutputStream(counted, new CRC32());
      NpyWriter.write(each.getValue(), checked);
      entry.setSize(counted.bytes);
      entry.setCompressedSize(counted.bytes);
      entry.setCrc(checked.getChecksum().getValue());
      zip.putNextEntry(entry);
      NpyWriter.write(each.getValue(), zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** Counts bytes and drops them. */
  private static final class Counted extends FilterOutputStream {
    private long bytes;

    Counted() {
      super(OutputStream.nullOutputStream());
    }

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      bytes += length;
    }
  }
}
