package org.velella.testkit;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.velella.checkpoint.CheckpointStore;

/** Does what another store does; tests override what shall go otherwise. */
public abstract class ForwardingCheckpointStore implements CheckpointStore {
  private final CheckpointStore delegate;

  protected ForwardingCheckpointStore(CheckpointStore delegate) {
    this.delegate = delegate;
  }

  @Override
  public String location() {
    return delegate.location();
  }

  @Override
  public List<StoredFile> list(String directory, Predicate<String> names) throws IOException {
    return delegate.list(directory, names);
  }

  @Override
  public StoredInput open(String path) throws IOException {
    return delegate.open(path);
  }

  @Override
  public void createUnique(String path, Content content) throws IOException {
    delegate.createUnique(path, content);
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) throws IOException {
    return delegate.createExclusive(path, bytes);
  }

  @Override
  public void replace(String path, byte[] bytes) throws IOException {
    delegate.replace(path, bytes);
  }

  @Override
  public boolean delete(String path) throws IOException {
    return delegate.delete(path);
  }

  @Override
  public boolean exists(String path) throws IOException {
    return delegate.exists(path);
  }

  @Override
  public Optional<Instant> modified(String path) throws IOException {
    return delegate.modified(path);
  }

  @Override
  public List<StoredFile> unfinished(String directory, Instant before) throws IOException {
    return delegate.unfinished(directory, before);
  }

  @Override
  public boolean deleteUnfinished(String path) throws IOException {
    return delegate.deleteUnfinished(path);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    delegate.rename(from, to);
  }
}
