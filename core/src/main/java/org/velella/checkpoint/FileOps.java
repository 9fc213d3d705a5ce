package org.velella.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.velella.checkpoint.CheckpointStore.StoredInput;

/**
 * The calls of a file system that {@link LocalCheckpointStore} rests on, so that its protocol can
 * be run over a model of one that loses power. Nothing survives a power failure before it was
 * forced: neither the bytes of a file nor the entries of a directory.
 */
interface FileOps {
  /** What is in a directory, in any order. */
  List<Path> list(Path directory) throws IOException;

  /** What is there, symbolic links not followed; null if there is nothing. */
  BasicFileAttributes attributes(Path path) throws IOException;

  /** Whether there is a directory, perhaps behind a symbolic link. */
  boolean isDirectory(Path path);

  /**
   * @throws NoSuchFileException if there is no such file
   */
  StoredInput open(Path file) throws IOException;

  /**
   * An empty file that was not there.
   *
   * @throws FileAlreadyExistsException if there is one of that name
   */
  NewFile create(Path file) throws IOException;

  /** A file that is being written. */
  interface NewFile extends Closeable {
    OutputStream out();

    /** Makes all bytes written so far survive. */
    void force() throws IOException;
  }

  /**
   * Gives a file one more name.
   *
   * @throws FileAlreadyExistsException if the name is taken
   * @throws UnsupportedOperationException if the file system has no hard links
   */
  void link(Path name, Path existing) throws IOException;

  /** Whether two names are of one file. */
  boolean isSameFile(Path one, Path other) throws IOException;

  /** Renames a file in one step over one that is there. */
  void replace(Path from, Path to) throws IOException;

  /** Renames a file to a name that is free. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a file; tells whether there was one. */
  boolean delete(Path file) throws IOException;

  /**
   * @throws FileAlreadyExistsException if the name is taken
   */
  void createDirectory(Path directory) throws IOException;

  /** Makes the entries of a directory survive. */
  void forceDirectory(Path directory) throws IOException;
}
