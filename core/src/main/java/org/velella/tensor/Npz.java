package org.velella.tensor;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
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
  private static final String SUFFIX = ".npy";

  /** Arrays of a file at most. */
  public static final int MAX_ENTRIES = 1 << 16;

  /** Characters of an array's name, with its ending, at most. */
  public static final int MAX_NAME = 1 << 10;

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
    walk(
        in,
        name,
        (key, header, data, label) -> {
          if (wanted.contains(key)) {
            tensors.put(key, Npy.elements(data, header, label));
          } else {
            skip(data, header.dataBytes(), label);
          }
        });
    for (String key : wanted) {
      if (!tensors.containsKey(key)) {
        throw new NpzException(name, "it has no array '" + key + "'");
      }
    }
    return tensors;
  }

  private static void walk(InputStream in, String name, Visitor visitor) throws IOException {
    Set<String> seen = new HashSet<>();
    // Closing it would close the caller's stream.
    ZipInputStream zip = new ZipInputStream(in);
    try {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String key = key(entry.getName(), name);
        if (!seen.add(key)) {
          throw new NpzException(name, "it has the array '" + key + "' twice");
        }
        if (seen.size() > MAX_ENTRIES) {
          throw new NpzException(name, "it has more than " + MAX_ENTRIES + " arrays");
        }
        String label = name + ", array '" + key + "',";
        InputStream data = new Inflated(zip);
        visitor.visit(key, Npy.header(data, label), data, label);
        if (data.read() >= 0) {
          throw new NpzException(name, "bytes follow the array '" + key + "'");
        }
      }
    } catch (NpyException | NpzException e) {
      throw e;
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      // The last is what the JDK throws at names that are not Unicode.
      throw new NpzException(name, String.valueOf(e.getMessage()));
    }
    if (seen.isEmpty()) {
      throw new NpzException(name, "it is no zip file, or one without arrays");
    }
  }

  private static String key(String entry, String name) {
    if (!entry.endsWith(SUFFIX) || entry.length() > MAX_NAME) {
      String shown = entry.length() > 80 ? entry.substring(0, 80) + "…" : entry;
      throw new NpzException(name, "its entry '" + shown + "' is no .npy array");
    }
    return entry.substring(0, entry.length() - SUFFIX.length());
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

  /** One entry's bytes; wrong deflated data is a ZipException, as everything wrong of a zip is. */
  private static final class Inflated extends FilterInputStream {
    Inflated(ZipInputStream zip) {
      super(zip);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return in.read(target, offset, length);
      } catch (EOFException e) {
        throw new ZipException("it ends inside an entry");
      }
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
      ZipEntry entry = new ZipEntry(each.getKey() + SUFFIX);
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
