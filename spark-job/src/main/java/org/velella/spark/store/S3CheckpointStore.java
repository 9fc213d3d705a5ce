package org.velella.spark.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StreamCapabilities;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.ExclusiveCreateUnsupportedException;
import org.velella.checkpoint.UnknownOutcomeException;

/**
 * A run under a prefix of an S3 bucket, through Hadoop's S3A.
 *
 * <p>An object appears whole when its upload is completed, so nothing is written under another name
 * first. Every new object is uploaded on the condition that there is none of its name, which S3
 * decides when the upload is completed. S3A repeats requests whose answer was lost, and may then be
 * refused because of its own object; so each upload carries an id, and whoever gets no clear answer
 * reads back whose object is there.
 */
public final class S3CheckpointStore implements CheckpointStore {
  /** As Hadoop 3.4.2 and later name it; older versions lack the constant. */
  static final String CONDITIONAL = "fs.option.create.conditional.overwrite";

  /** S3A stores what is given under this prefix as the object's user metadata… */
  static final String WRITE_OPTION = "fs.s3a.create.header.velella-write";

  /** … and shows it as an extended attribute. */
  static final String WRITE_ATTRIBUTE = "header.velella-write";

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int ATTEMPTS = 3;

  private final FileSystem files;
  private final Path root;

  /**
   * The store of a run's directory, which need not exist yet.
   *
   * @param files S3A, or what behaves like it
   * @throws ExclusiveCreateUnsupportedException if it cannot create objects conditionally
   */
  public S3CheckpointStore(FileSystem files, Path root) throws IOException {
    this.files = files;
    this.root = files.makeQualified(root);
    if (!files.hasPathCapability(this.root, CONDITIONAL)) {
      throw new ExclusiveCreateUnsupportedException(
          ("A run cannot be written to %s: this Hadoop (%s) does not create S3 objects only if they"
                  + " are absent; that takes Hadoop 3.4.2 or later, as Spark 4.1 and 4.2 bring it,"
                  + " with fs.s3a.create.conditional.enabled not switched off. Give an --output"
                  + " elsewhere and copy the finished run")
              .formatted(this.root, org.apache.hadoop.util.VersionInfo.getVersion()));
    }
  }

  @Override
  public String location() {
    return root.toString();
  }

  @Override
  public List<StoredFile> list(String directory, Predicate<String> names) throws IOException {
    List<StoredFile> found = new ArrayList<>();
    Path path = resolve(directory);
    try {
      // Page by page: what is not wanted of a large run's files need not fit in memory.
      RemoteIterator<FileStatus> entries = files.listStatusIterator(path);
      while (entries.hasNext()) {
        FileStatus entry = entries.next();
        String name = entry.getPath().getName();
        boolean below = !entry.getPath().equals(path);
        if (below && entry.isFile() && !name.startsWith(".") && names.test(name)) {
          found.add(new StoredFile(name, entry.getLen()));
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
    String id = UUID.randomUUID().toString();
    try {
      upload(target, id, content);
    } catch (UploadException e) {
      switch (owner(target, id, e)) {
        case MINE -> {}
        case OTHER -> throw taken(target, e);
        case NOBODY ->
            throw new IOException(
                "Uploading " + target + " failed: " + e.getCause().getMessage(), e.getCause());
      }
    }
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) throws IOException {
    Path target = resolve(path);
    String id = UUID.randomUUID().toString();
    UploadException last = null;
    // Again with the same id: only one of the attempts can succeed, and any of them is ours.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        upload(target, id, out -> out.write(bytes));
        return true;
      } catch (UploadException e) {
        last = e;
        Owner owner = owner(target, id, e);
        if (owner != Owner.NOBODY) {
          return owner == Owner.MINE;
        }
      }
    }
    throw unknown(target, last.getCause(), last);
  }

  /** Whose object stands under a name. */
  private enum Owner {
    MINE,
    OTHER,
    NOBODY
  }

  private Owner owner(Path target, String id, UploadException why) throws IOException {
    if (why.getCause() instanceof AccessDeniedException denied) {
      throw denied;
    }
    try {
      byte[] found = files.getXAttr(target, WRITE_ATTRIBUTE);
      return found != null && Arrays.equals(found, id.getBytes(UTF_8)) ? Owner.MINE : Owner.OTHER;
    } catch (FileNotFoundException e) {
      return Owner.NOBODY;
    } catch (IOException | UnsupportedOperationException e) {
      throw unknown(target, why.getCause(), e);
    }
  }

  private static UnknownOutcomeException unknown(Path target, Throwable upload, Exception cause) {
    return new UnknownOutcomeException(
        "Whether %s was created is unknown: %s".formatted(target, upload.getMessage()), cause);
  }

  private static FileAlreadyExistsException taken(Path target, Exception cause) {
    FileAlreadyExistsException taken = new FileAlreadyExistsException(target.toString());
    taken.initCause(cause);
    return taken;
  }

  /** An upload was sent, and did not end well as far as this side knows. */
  private static final class UploadException extends IOException {
    private static final long serialVersionUID = 1L;

    UploadException(IOException cause) {
      super(cause);
    }
  }

  /**
   * Uploads a new object.
   *
   * @throws UploadException if it may have become visible all the same; any other exception means
   *     that it has not
   */
  private void upload(Path target, String id, Content content) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(target);
    builder.create();
    builder.overwrite(false);
    builder.recursive();
    builder.must(CONDITIONAL, true);
    builder.must(WRITE_OPTION, id);
    FSDataOutputStream stream = builder.build();
    write(stream, target, content);
    try {
      stream.close();
    } catch (IOException e) {
      throw new UploadException(e);
    }
  }

  /** Closing would make a half-written object visible, so whatever fails ends the upload. */
  private static void write(FSDataOutputStream stream, Path target, Content content)
      throws IOException {
    boolean written = false;
    try {
      if (!stream.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
        throw new ExclusiveCreateUnsupportedException(
            "Uploads to " + target + " cannot be broken off; give an --output elsewhere");
      }
      BufferedOutputStream out = new BufferedOutputStream(new Unclosed(stream), BUFFER_BYTES);
      content.writeTo(out);
      out.flush();
      written = true;
    } finally {
      if (!written) {
        stream.abort();
      }
    }
  }

  /** Content need not close what it writes to, but may. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      out.write(bytes, from, count);
    }

    @Override
    public void close() {}
  }

  /** One upload; who reads meanwhile gets the old object or the new one. */
  @Override
  public void replace(String path, byte[] bytes) throws IOException {
    Path target = resolve(path);
    FSDataOutputStream stream = files.create(target, true);
    write(stream, target, out -> out.write(bytes));
    stream.close();
  }

  @Override
  public boolean delete(String path) throws IOException {
    try {
      return files.delete(resolve(path), false);
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  @Override
  public boolean exists(String path) throws IOException {
    try {
      return files.getFileStatus(resolve(path)).isFile();
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

  /** S3 copies and deletes: a copy is whole or absent, and the original may outlive it. */
  @Override
  public void rename(String from, String to) throws IOException {
    Path source = resolve(from);
    Path target = resolve(to);
    if (exists(to)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    if (!exists(from)) {
      throw new FileNotFoundException("No file " + source);
    }
    if (!files.rename(source, target)) {
      throw new IOException("Copying " + source + " to " + target + " was refused");
    }
  }

  private Path resolve(String path) {
    return new Path(root, CheckpointStore.requirePath(path));
  }
}
