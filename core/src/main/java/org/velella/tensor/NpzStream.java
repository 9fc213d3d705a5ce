package org.velella.tensor;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * The arrays of a {@code .npz} file one after the other, as they lie in it. A name is a key and
 * never a path; what is passed over takes no memory.
 */
public final class NpzStream implements AutoCloseable {
  static final String SUFFIX = ".npy";

  private static final int MAX_ENTRIES = 1 << 16;

  /** Characters of an array's name, with its ending, at most. */
  private static final int MAX_NAME = 1 << 10;

  private final ZipInputStream zip;
  private final String name;
  private final Set<String> seen = new HashSet<>();
  private String key;
  private InputStream data;

  /**
   * A file.
   *
   * @param in from its first byte on
   * @param name for messages, such as a path
   */
  public NpzStream(InputStream in, String name) {
    this.zip = new ZipInputStream(in);
    this.name = name;
  }

  /**
   * Goes to the next array, whatever is left of the one before; false if there is none.
   *
   * @throws NpzException if the file is no zip file of arrays, is damaged, or has a name twice
   */
  public boolean next() throws IOException {
    ZipEntry entry;
    try {
      entry = zip.getNextEntry();
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      // The last is what the JDK throws at names that are not Unicode.
      throw new NpzException(name, String.valueOf(e.getMessage()));
    }
    if (entry == null) {
      if (seen.isEmpty()) {
        throw new NpzException(name, "it is no zip file, or one without arrays");
      }
      return false;
    }
    key = key(entry.getName());
    if (!seen.add(key)) {
      throw new NpzException(name, "it has the array '" + key + "' twice");
    }
    if (seen.size() > MAX_ENTRIES) {
      throw new NpzException(name, "it has more than " + MAX_ENTRIES + " arrays");
    }
    data = new Inflated(zip);
    return true;
  }

  private String key(String entry) {
    if (!entry.endsWith(SUFFIX) || entry.length() > MAX_NAME) {
      String shown = entry.length() > 80 ? entry.substring(0, 80) + "…" : entry;
      throw new NpzException(name, "its entry '" + shown + "' is no .npy array");
    }
    return entry.substring(0, entry.length() - SUFFIX.length());
  }

  /** The name of the array, without {@code .npy}. */
  public String key() {
    return key;
  }

  /**
   * The bytes of the array's {@code .npy}; what is wrong with them is a {@link ZipException}.
   * Closing them closes the file.
   */
  public InputStream data() {
    return data;
  }

  /** Closes the file. */
  @Override
  public void close() throws IOException {
    zip.close();
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
}
