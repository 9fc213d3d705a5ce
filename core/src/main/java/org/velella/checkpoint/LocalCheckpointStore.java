package org.velella.checkpoint;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * A run in a directory of a local or network file system that has hard links.
 *
 * <p>A new file is written under a hidden name, forced to disk, linked to its name, and the
 * directory is forced to disk. Linking is the one call of a POSIX file system that is exclusive,
 * shows only whole files, and does not replace: renaming replaces, and creating in place shows a
 * half-written file after a crash. Symbolic links are not followed when a file is opened.
 */
public final class LocalCheckpointStore implements CheckpointStore {
  /** Of writing a small file whose hidden beginning somebody removes. */
  private static final int MOST_TRIES = 3;

  private final Path root;
  private final FileOps files;

  /** Directories of the run whose entries are known to survive. */
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();

  /**
   * The store of a run's directory, which need not exist yet.
   *
   * @param root the run's directory
   */
  public LocalCheckpointStore(Path root) {
    this(root, new DiskFileOps());
  }

  LocalCheckpointStore(Path root, FileOps files) {
    this.root = root.toAbsolutePath().normalize();
    this.files = files;
  }

  @Override
  public String location() {
    return root.toString();
  }

  @Override
  public List<StoredFile> list(String directory, Predicate<String> names) throws IOException {
    return list(directory, name -> !name.startsWith(".") && names.test(name), Instant.MAX);
  }

  @Override
  public List<StoredFile> unfinished(String directory, Instant before) throws IOException {
    return list(directory, UnfinishedFile::isName, before);
  }

  private List<StoredFile> list(String directory, Predicate<String> names, Instant before)
      throws IOException {
    List<StoredFile> found = new ArrayList<>();
    try {
      for (Path path : files.list(resolve(directory))) {
        String name = path.getFileName().toString();
        // Null if the file vanished since it was listed, as temporary ones do.
        BasicFileAttributes attributes = names.test(name) ? files.attributes(path) : null;
        if (attributes != null
            && attributes.isRegularFile()
            && (before.equals(Instant.MAX)
                || attributes.lastModifiedTime().toInstant().isBefore(before))) {
          found.add(new StoredFile(name, attributes.size()));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    found.sort(Comparator.comparing(StoredFile::name));
    return found;
  }

  @Override
  public StoredInput open(String path) throws IOException {
    Path file = resolve(path);
    if (!isFile(file)) {
      throw new FileNotFoundException("No file " + file);
    }
    try {
      return files.open(file);
    } catch (NoSuchFileException e) {
      throw missing(file, e);
    }
  }

  @Override
  public void createUnique(String path, Content content) throws IOException {
    Path target = resolve(path);
    boolean created = linkNew(target, content, 1);
    if (!created) {
      throw new FileAlreadyExistsException(target.toString());
    }
    files.forceDirectory(target.getParent());
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) throws IOException {
    Path target = resolve(path);
    boolean created = linkNew(target, out -> out.write(bytes), MOST_TRIES);
    if (created) {
      try {
        files.forceDirectory(target.getParent());
      } catch (IOException e) {
        throw new UnknownOutcomeException(
            target + " was created but may not survive a power failure: " + e.getMessage(), e);
      }
    }
    return created;
  }

  private boolean linkNew(Path target, Content content, int tries) throws IOException {
    boolean[] linked = new boolean[1];
    writeAndShow(target, content, tries, temporary -> linked[0] = link(temporary, target));
    return linked[0];
  }

  /** Gives a file that is written under a hidden name its own. */
  @FunctionalInterface
  private interface Show {
    void show(Path temporary) throws IOException;
  }

  /**
   * Writes a file under a hidden name and has it shown. Whoever cleans up by the age of hidden
   * files, with a clock that has jumped, may take the one that is being written for a dead
   * writer's; then it is written again. Not so what attempts save: nothing of theirs is removed
   * while they are wanted, and later it should not come back.
   */
  private void writeAndShow(Path target, Content content, int tries, Show show) throws IOException {
    createDirectories(target.getParent());
    for (int left = tries; true; left--) {
      Path temporary = target.resolveSibling(UnfinishedFile.create());
      try {
        writeDurably(temporary, target, content);
        show.show(temporary);
        return;
      } catch (NoSuchFileException e) {
        if (left == 1 || !files.isDirectory(target.getParent())) {
          throw e;
        }
      } finally {
        deleteQuietly(temporary);
      }
    }
  }

  /** A leftover is hidden and harmless, so failing to remove it must not fail the commit. */
  private void deleteQuietly(Path temporary) {
    try {
      files.delete(temporary);
    } catch (IOException e) {
      // Harmless, as said.
      return;
    }
  }

  @Override
  public void replace(String path, byte[] bytes) throws IOException {
    Path target = resolve(path);
    writeAndShow(
        target, out -> out.write(bytes), MOST_TRIES, temporary -> files.replace(temporary, target));
    files.forceDirectory(target.getParent());
  }

  private void writeDurably(Path file, Path target, Content content) throws IOException {
    FileOps.NewFile created = files.create(file);
    NamedOutput out = NamedOutput.of(created.out(), target.toString());
    Closeable closing = out.naming(created);
    try (closing) {
      content.writeTo(out);
      out.flush();
      try {
        created.force();
      } catch (IOException e) {
        throw out.failure(e);
      }
    }
  }

  private boolean link(Path temporary, Path target) throws IOException {
    try {
      files.link(target, temporary);
      return true;
    } catch (UnsupportedOperationException e) {
      throw new ExclusiveCreateUnsupportedException(
          "The file system of "
              + root
              + " has no hard links, so a commit cannot be made exclusive;"
              + " put the run on another file system",
          e);
    } catch (IOException e) {
      // A network file system may create the link, lose the answer, and report a failure.
      if (isLinked(temporary, target)) {
        return true;
      }
      if (e instanceof FileAlreadyExistsException) {
        return false;
      }
      throw e;
    }
  }

  private boolean isLinked(Path temporary, Path target) throws IOException {
    try {
      return files.attributes(target) != null && files.isSameFile(temporary, target);
    } catch (NoSuchFileException e) {
      // Whoever had the name has just removed it.
      return false;
    }
  }

  @Override
  public boolean delete(String path) throws IOException {
    return files.delete(resolve(path));
  }

  @Override
  public boolean deleteUnfinished(String path) throws IOException {
    return files.delete(root.resolve(UnfinishedFile.requirePath(path)));
  }

  @Override
  public boolean exists(String path) throws IOException {
    return isFile(resolve(path));
  }

  private boolean isFile(Path file) throws IOException {
    BasicFileAttributes attributes = files.attributes(file);
    return attributes != null && attributes.isRegularFile();
  }

  @Override
  public Optional<Instant> modified(String path) throws IOException {
    BasicFileAttributes attributes = files.attributes(resolve(path));
    return attributes == null
        ? Optional.empty()
        : Optional.of(attributes.lastModifiedTime().toInstant());
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path source = resolve(from);
    Path target = resolve(to);
    createDirectories(target.getParent());
    try {
      files.rename(source, target);
    } catch (NoSuchFileException e) {
      throw missing(source, e);
    }
    files.forceDirectory(target.getParent());
    files.forceDirectory(source.getParent());
  }

  private Path resolve(String path) {
    return root.resolve(CheckpointStore.requirePath(path));
  }

  private static FileNotFoundException missing(Path file, IOException cause) {
    FileNotFoundException exception = new FileNotFoundException("No file " + file);
    exception.initCause(cause);
    return exception;
  }

  /**
   * Makes a directory and those above it exist and survive. One that is there already may have been
   * made by another process just now, so its entry is forced to disk as well, once.
   */
  private void createDirectories(Path directory) throws IOException {
    if (durable.contains(directory)) {
      return;
    }
    boolean inside = directory.startsWith(root);
    boolean there = files.isDirectory(directory);
    if (there && !inside) {
      return;
    }
    Path parent = directory.getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    if (!there) {
      create(directory);
    }
    if (parent != null) {
      files.forceDirectory(parent);
    }
    durable.add(directory);
  }

  private void create(Path directory) throws IOException {
    try {
      files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!files.isDirectory(directory)) {
        throw e;
      }
    }
  }
}
