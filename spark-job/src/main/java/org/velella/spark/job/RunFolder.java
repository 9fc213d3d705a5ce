package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder in which runs lie, one directory each, and the names by which users mean them. */
public final class RunFolder {
  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);

  private final String folder;
  private final Configuration conf;

  /**
   * @param folder a path or URI; empty: where relative paths begin
   */
  public RunFolder(String folder, Configuration conf) {
    this.folder = folder;
    this.conf = conf;
  }

  /** The directory that a name means: a path or URI by itself, or one relative to this folder. */
  public String directory(String name) {
    Path path = new Path(name);
    boolean alone = folder.isEmpty() || path.isAbsolute() || path.toUri().getScheme() != null;
    return alone ? name : new Path(new Path(folder), path).toString();
  }

  /** Whether there is a run of a name. */
  public boolean hasRun(String name) {
    return RunDirectory.of(directory(name), conf).hasRun();
  }

  /**
   * The names of the runs that lie directly in this folder, in alphabetical order. Folders that
   * cannot be looked into are left out, and so are names with a colon, which no path can have.
   */
  public List<String> runs() {
    Path path = new Path(folder.isEmpty() ? "." : folder);
    try {
      FileSystem files = path.getFileSystem(conf);
      return Arrays.stream(files.listStatus(path))
          .filter(FileStatus::isDirectory)
          .map(directory -> directory.getPath().getName())
          .filter(this::isRun)
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      throw new UsageException("There is no folder %s of runs".formatted(path), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the runs in " + path, e);
    }
  }

  private boolean isRun(String name) {
    if (name.indexOf(':') >= 0) {
      LOG.info("{} is left out of the runs: a path cannot have a colon", name);
      return false;
    }
    try {
      return hasRun(name);
    } catch (UncheckedIOException e) {
      LOG.warn("{} is left out of the runs: {}", name, e.getMessage(), e);
      return false;
    }
  }
}
