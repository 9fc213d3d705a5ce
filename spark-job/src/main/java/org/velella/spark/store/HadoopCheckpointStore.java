package org.velella.spark.store;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.NamedOutput;
import org.velella.checkpoint.UnfinishedFile;
import org.velella.checkpoint.UnknownOutcomeException;

/**
 * A run in a directory of a file system whose {@code rename} without overwriting is atomic, as that
 * of HDFS is.
 *
 * <p>A new file is written under a hidden name, synchronised to the disks of the data nodes, closed
 * and renamed. The rename is what makes it exist; it fails if the name is taken.
 */
public final class HadoopCheckpointStore implements CheckpointStore {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Of writing a small file whose hidden beginning somebody removes. */
  private static final int MOST_TRIES = 3;

  private final FileContext files;
  private final Path root;

  /**
   * The store of a run's directory, which need not exist yet.
   *
   * @param files of a file system whose rename without overwriting is atomic
   */
  public HadoopCheckpointStore(FileContext files, Path root) {
    this.files = files;
    this.root = files.makeQualified(root);
  }

  @Override
  public String location() {
    return root.toString();
  }

  @Override
  public List<StoredFile> list(String directory, Predicate<String> names) throws IOException {
    return found(
        directory,
        entry -> {
          String name = entry.getPath().getName();
          return !name.startsWith(".") && names.test(name);
        });
  }

  @Override
  public List<StoredFile> unfinished(String directory, Instant before) throws IOException {
    return found(
        directory,
        entry ->
            UnfinishedFile.isName(entry.getPath().getName())
                && (before.equals(Instant.MAX)
                    || Instant.ofEpochMilli(entry.getModificationTime()).isBefore(before)));
  }

  private List<StoredFile> found(String directory, Predicate<FileStatus> wanted)
      throws IOException {
    List<StoredFile> found = new ArrayList<>();
    Path path = resolve(directory);
    try {
      if (!files.getFileStatus(path).isDirectory()) {
        return List.of();
      }
      RemoteIterator<FileStatus> entries = files.listStatus(path);
      while (entries.hasNext()) {
        FileStatus entry = entries.next();
        if (entry.isFile() && wanted.test(entry)) {
          found.add(new StoredFile(entry.getPath().getName(), entry.getLen()));
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    found.sort(Comparator.comparing(StoredFile::name));
    return found;
  }

  @Override
  public StoredInput open(String path) throws IOException {
    Path file = resolve(path);
    FileStatus status = files.getFileStatus(file);
    if (!status.isFile()) {
      throw new FileNotFoundException("No file " + file);
    }
    return new StoredInput(files.open(file), status.getLen());
  }

  @Override
  public void createUnique(String path, Content content) throws IOException {
    Path target = resolve(path);
    if (!create(target, content, 1)) {
      throw new FileAlreadyExistsException(target.toString());
    }
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) throws IOException {
    return create(resolve(path), out -> out.write(bytes), MOST_TRIES);
  }

  private boolean create(Path target, Content content, int tries) throws IOException {
    return writeAndRename(target, content, tries, temporary -> renameNew(temporary, target));
  }

  /** Gives a file that is written under a hidden name its own; tells whether it could. */
  @FunctionalInterface
  private interface Rename {
    boolean rename(Path temporary) throws IOException;
  }

  /**
   * Writes a file under a hidden name and has it renamed. Whoever cleans up by the age of hidden
   * files, with a clock that has jumped, may take the one that is being written for a dead
   * writer's; then it is written again. Not so what attempts save: nothing of theirs is removed
   * while they are wanted, and later it should not come back.
   */
  private boolean writeAndRename(Path target, Content content, int tries, Rename rename)
      throws IOException {
    for (int left = tries; true; left--) {
      Path temporary = new Path(target.getParent(), UnfinishedFile.create());
      boolean renamed = false;
      try {
        writeDurably(temporary, target, content);
        renamed = rename.rename(temporary);
        return renamed;
      } catch (FileNotFoundException e) {
        if (left == 1) {
          throw e;
        }
      } finally {
        if (!renamed) {
          deleteQuietly(temporary);
        }
      }
    }
  }

  @Override
  public void replace(String path, byte[] bytes) throws IOException {
    Path target = resolve(path);
    writeAndRename(
        target,
        out -> out.write(bytes),
        MOST_TRIES,
        temporary -> {
          replace(temporary, target);
          return true;
        });
  }

  /** Some file systems, Azure's among them, remove the old file first; then the new one is all. */
  private void replace(Path temporary, Path target) throws IOException {
    try {
      files.rename(temporary, target, Options.Rename.OVERWRITE);
    } catch (IOException e) {
      if (isFile(target)) {
        throw e;
      }
      try {
        files.rename(temporary, target, Options.Rename.NONE);
      } catch (IOException again) {
        e.addSuppressed(again);
        throw e;
      }
    }
  }

  private void writeDurably(Path file, Path target, Content content) throws IOException {
    EnumSet<CreateFlag> flags = EnumSet.of(CreateFlag.CREATE);
    try (FSDataOutputStream stream = files.create(file, flags, Options.CreateOpts.createParent());
        NamedOutput out =
            NamedOutput.of(new BufferedOutputStream(stream, BUFFER_BYTES), target.toString())) {
      content.writeTo(out);
      out.flush();
      try {
        stream.hsync();
      } catch (IOException e) {
        throw out.failure(e);
      }
    }
  }

  private boolean renameNew(Path temporary, Path target) throws IOException {
    try {
      files.rename(temporary, target, Options.Rename.NONE);
      return true;
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    } catch (FileNotFoundException | AccessControlException e) {
      throw e;
    } catch (IOException e) {
      throw new UnknownOutcomeException(
          "Renaming to " + target + " gave no clear answer: " + e.getMessage(), e);
    }
  }

  /** A leftover is hidden and harmless, so failing to remove it must not hide what went wrong. */
  private void deleteQuietly(Path temporary) {
    try {
      files.delete(temporary, false);
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(HadoopCheckpointStore.class)
          .warn("Could not remove {}: {}", temporary, e.getMessage());
    }
  }

  @Override
  public boolean delete(String path) throws IOException {
    return delete(resolve(path));
  }

  @Override
  public boolean deleteUnfinished(String path) throws IOException {
    return delete(new Path(root, UnfinishedFile.requirePath(path)));
  }

  private boolean delete(Path path) throws IOException {
    try {
      return files.delete(path, false);
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  @Override
  public boolean exists(String path) throws IOException {
    return isFile(resolve(path));
  }

  private boolean isFile(Path path) throws IOException {
    try {
      return files.getFileStatus(path).isFile();
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  @Override
  public Optional<Instant> modified(String path) throws IOException {
    try {
      long millis = files.getFileStatus(resolve(path)).getModificationTime();
      return millis > 0 ? Optional.of(Instant.ofEpochMilli(millis)) : Optional.empty();
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path target = resolve(to);
    Path source = resolve(from);
    files.mkdir(
        target.getParent(), org.apache.hadoop.fs.permission.FsPermission.getDirDefault(), true);
    try {
      files.rename(source, target, Options.Rename.NONE);
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      FileAlreadyExistsException taken = new FileAlreadyExistsException(target.toString());
      taken.initCause(e);
      throw taken;
    }
  }

  private Path resolve(String path) {
    return new Path(root, CheckpointStore.requirePath(path));
  }
}
