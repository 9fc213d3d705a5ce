package org.velella.spark.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The paths of {@link FaultyDisk}; all else is the disk's own. */
final class FaultyDiskFiles extends FileSystem {
  private final FileSystemProvider provider;
  private final FileSystem disk;

  FaultyDiskFiles(FileSystemProvider provider, FileSystem disk) {
    this.provider = provider;
    this.disk = disk;
  }

  /** A path of the disk as one of this; null stays null. */
  Path path(Path plain) {
    return plain == null ? null : new FaultyPath(this, plain);
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("The disk is not closed");
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return disk.isReadOnly();
  }

  @Override
  public String getSeparator() {
    return disk.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    List<Path> roots = new ArrayList<>();
    disk.getRootDirectories().forEach(root -> roots.add(path(root)));
    return roots;
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return disk.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return disk.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return path(disk.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    PathMatcher matcher = disk.getPathMatcher(pattern);
    return path -> matcher.matches(FaultyPath.plain(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return disk.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() throws IOException {
    return disk.newWatchService();
  }
}
