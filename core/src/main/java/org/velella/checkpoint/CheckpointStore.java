package org.velella.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The files of one run, wherever they lie. Paths are relative to the run's directory, such as
 * {@code checkpoint/manifests/00000000000000000001.json}; their parts are separated by {@code /}
 * and consist of letters, digits and {@code . _ - =}, see {@link #requirePath}. Parts that begin
 * with a dot belong to the store and are never listed.
 *
 * <p>Files are written once and never changed, but for {@link #replace}. A file is seen whole or
 * not at all, by every reader, also after a crash: that is what commits rest on. Implementations
 * are safe for several threads and create missing directories themselves.
 *
 * <p>Every method throws {@link IOException} when the storage fails, and {@link
 * IllegalArgumentException} for a path that is not of the form above.
 */
public interface CheckpointStore {
  /**
   * The finished files directly in a directory, sorted by name; empty if there is no such
   * directory.
   */
  default List<StoredFile> list(String directory) throws IOException {
    return list(directory, name -> true);
  }

  /**
   * As {@link #list(String)}, of files with some names only. All names are gone through, but
   * nothing is kept or asked of the others.
   */
  List<StoredFile> list(String directory, Predicate<String> names) throws IOException;

  /**
   * A file, to be read from its beginning.
   *
   * @throws FileNotFoundException if there is none
   */
  StoredInput open(String path) throws IOException;

  /**
   * Creates a file under a name that nobody else uses. It appears, complete and durable, when the
   * call returns; if the call or the content fails, it does not appear.
   *
   * @throws FileAlreadyExistsException if there is one of that name; it stays as it is
   */
  void createUnique(String path, Content content) throws IOException;

  /**
   * Creates a small file if, and only if, there is none of that name, however many callers try at
   * once on however many machines. When it returns true the file is complete and durable.
   *
   * @return whether this call created it; false if it was there, which leaves it as it is
   * @throws UnknownOutcomeException if the store cannot tell; any other {@link IOException} means
   *     that this call created nothing
   * @throws ExclusiveCreateUnsupportedException if the storage offers no such operation
   */
  boolean createExclusive(String path, byte[] bytes) throws IOException;

  /**
   * Writes a small file that has one writer at a time, whether there is one of that name or not.
   * Readers, and whoever comes after a crash, see the old content or the new, never neither. The
   * length that {@link #open} tells may still be the old one, so read to the end.
   */
  void replace(String path, byte[] bytes) throws IOException;

  /**
   * Removes a file.
   *
   * @return whether there was one
   */
  boolean delete(String path) throws IOException;

  /** Whether there is a file of that name. */
  boolean exists(String path) throws IOException;

  /**
   * When a file was last written, by the storage's clock; empty if the storage does not tell, or
   * there is no such file.
   */
  default Optional<Instant> modified(String path) throws IOException {
    return Optional.empty();
  }

  /**
   * Files directly in a directory that writers have begun under hidden names and not finished:
   * those that write just now, and those that were killed. Empty on storages where such files
   * cannot be.
   *
   * @param before only those that were last changed before this time, by the storage's clock
   */
  default List<StoredFile> unfinished(String directory, Instant before) throws IOException {
    return List.of();
  }

  /**
   * Removes a file of {@link #unfinished}. If its writer is still at work, {@link #createUnique}
   * fails, and the others write their small file again if it was about to get its name.
   *
   * @param path the directory and the hidden name
   * @return whether there was one
   * @throws IllegalArgumentException if it is not the path of such a file
   */
  default boolean deleteUnfinished(String path) throws IOException {
    return false;
  }

  /**
   * Moves a file to a free name. This is for a single writer that publishes what is already
   * committed; some storages copy and delete.
   *
   * @throws FileNotFoundException if there is nothing to move
   * @throws FileAlreadyExistsException if the name is taken
   */
  void rename(String from, String to) throws IOException;

  /** The place as users name it, for messages. */
  String location();

  /**
   * A path, once it is known to stay inside the run's directory.
   *
   * @throws IllegalArgumentException if it is absolute, has an empty part or a part that begins
   *     with a dot, or uses other characters than letters, digits and {@code . _ - =}
   */
  static String requirePath(String path) {
    if (!StorePaths.isValid(path)) {
      throw new IllegalArgumentException(
          "'%s' is not a path inside a run: it needs parts of letters, digits and ._-= that do not begin with a dot, joined by single slashes"
              .formatted(path));
    }
    return path;
  }

  /** Writes the content of a new file; it need not close the stream. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * A finished file.
   *
   * @param name without its directory
   * @param length in bytes
   */
  record StoredFile(String name, long length) {}

  /**
   * A file opened for reading; whoever opened it closes it.
   *
   * @param length of the whole file in bytes, as the storage knows it
   */
  record StoredInput(InputStream stream, long length) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
