package org.velella.spark.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.velella.dataset.DataFile;
import org.velella.provenance.Secrets;

/** A file of any Hadoop file system. */
final class HadoopFile implements DataFile, AutoCloseable {
  private final org.apache.hadoop.fs.Path path;
  private final FileSystem files;
  private final long length;
  private Path copy;

  HadoopFile(String uri, Configuration conf) throws IOException {
    this.path = new org.apache.hadoop.fs.Path(uri);
    this.files = path.getFileSystem(conf);
    this.length = files.getFileStatus(path).getLen();
  }

  @Override
  public String name() {
    return isLocal() ? path.toUri().getPath() : Secrets.hide(path.toString());
  }

  private boolean isLocal() {
    // Not every file system knows its own scheme.
    return files.getUri().getScheme().equals("file");
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public InputStream open(long offset) throws IOException {
    FSDataInputStream in = files.open(path);
    try {
      in.seek(offset);
      return in;
    } catch (IOException | RuntimeException e) {
      // Closes it, and goes on with what is wrong.
      try (in) {
        throw e;
      }
    }
  }

  @Override
  public Path local() throws IOException {
    if (isLocal()) {
      return Path.of(path.toUri().getPath());
    }
    if (copy == null) {
      copy = Files.createTempFile("velella-", ".copy");
      try (InputStream in = files.open(path)) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return copy;
  }

  /** Removes the copy, if there is one. */
  @Override
  public void close() throws IOException {
    if (copy != null) {
      Files.deleteIfExists(copy);
    }
  }
}
