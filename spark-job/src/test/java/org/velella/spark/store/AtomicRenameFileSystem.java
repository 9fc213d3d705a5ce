package org.velella.spark.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.AbstractFileSystem;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A local directory that behaves as HDFS does: renaming without overwriting is atomic. */
public final class AtomicRenameFileSystem extends DelegateToFileSystem {
  private static final Configuration CONF = new Configuration();
  private static final Object NAME_NODE = new Object();

  /** Called by Hadoop. */
  public AtomicRenameFileSystem(URI uri, Configuration conf)
      throws IOException, URISyntaxException {
    super(uri, new RawLocalFileSystem(), conf, "file", false);
  }

  static FileContext files() throws IOException {
    try {
      AbstractFileSystem files = new AtomicRenameFileSystem(URI.create("file:///"), CONF);
      return FileContext.getFileContext(files, CONF);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  @Override
  public void renameInternal(Path source, Path target, boolean overwrite) throws IOException {
    synchronized (NAME_NODE) {
      if (!overwrite && fsImpl.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      if (!fsImpl.exists(source)) {
        throw new FileNotFoundException(source.toString());
      }
      // Hadoop's own local file system would refuse the target, or delete it first.
      Files.move(local(source), local(target), StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
