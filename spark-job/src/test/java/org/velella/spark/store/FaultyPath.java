package org.velella.spark.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/** A path of the disk that leads through {@link FaultyDisk}. */
record FaultyPath(FaultyDiskFiles files, Path plain) implements Path {
  /** The disk's own path. */
  static Path plain(Path path) {
    return path instanceof FaultyPath faulty ? faulty.plain : path;
  }

  @Override
  public FileSystem getFileSystem() {
    return files;
  }

  @Override
  public boolean isAbsolute() {
    return plain.isAbsolute();
  }

  @Override
  public Path getRoot() {
    return files.path(plain.getRoot());
  }

  @Override
  public Path getFileName() {
    return files.path(plain.getFileName());
  }

  @Override
  public Path getParent() {
    return files.path(plain.getParent());
  }

  @Override
  public int getNameCount() {
    return plain.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return files.path(plain.getName(index));
  }

  @Override
  public Path subpath(int from, int to) {
    return files.path(plain.subpath(from, to));
  }

  @Override
  public boolean startsWith(Path other) {
    return plain.startsWith(plain(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return plain.endsWith(plain(other));
  }

  @Override
  public Path normalize() {
    return files.path(plain.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return files.path(plain.resolve(plain(other)));
  }

  @Override
  public Path relativize(Path other) {
    return files.path(plain.relativize(plain(other)));
  }

  @Override
  public URI toUri() {
    return plain.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return files.path(plain.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return files.path(plain.toRealPath(options));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
      throws IOException {
    return plain.register(watcher, events, modifiers);
  }

  @Override
  public int compareTo(Path other) {
    return plain.compareTo(plain(other));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FaultyPath path && plain.equals(path.plain);
  }

  @Override
  public int hashCode() {
    return plain.hashCode();
  }

  @Override
  public String toString() {
    return plain.toString();
  }
}
