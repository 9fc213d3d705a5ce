package org.velella.testkit;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.UnknownOutcomeException;

/** A store that fails at one call, before or after doing what it was asked. */
public final class FailingCheckpointStore implements CheckpointStore {
  /** What the failing call has done by then, and what later calls do. */
  public enum Failure {
    /** Nothing; later calls work. */
    BEFORE,
    /** Its work, but the caller is not told so; later calls work. */
    AFTER,
    /** Nothing, and so do all later calls: the process has died. */
    DEAD_BEFORE,
    /** Its work, and later calls do nothing: the process has died. */
    DEAD_AFTER
  }

  private final CheckpointStore delegate;
  private final Failure failure;
  private final int failing;
  private int calls;

  /**
   * @param failing the call that fails, counted from 1; 0 for none
   */
  public FailingCheckpointStore(CheckpointStore delegate, Failure failure, int failing) {
    this.delegate = delegate;
    this.failure = failure;
    this.failing = failing;
  }

  /** How many calls there have been. */
  public int calls() {
    return calls;
  }

  @FunctionalInterface
  private interface Call<T> {
    T run() throws IOException;
  }

  private <T> T counted(Call<T> call) throws IOException {
    calls++;
    boolean dead = failure == Failure.DEAD_BEFORE || failure == Failure.DEAD_AFTER;
    if (failing == 0 || calls < failing || (calls > failing && !dead)) {
      return call.run();
    }
    if (calls == failing && (failure == Failure.AFTER || failure == Failure.DEAD_AFTER)) {
      call.run();
      throw new UnknownOutcomeException("call " + calls + ": the answer was lost", null);
    }
    throw new IOException("call " + calls + " failed");
  }

  @Override
  public String location() {
    return delegate.location();
  }

  @Override
  public List<StoredFile> list(String directory, Predicate<String> names) throws IOException {
    return counted(() -> delegate.list(directory, names));
  }

  @Override
  public StoredInput open(String path) throws IOException {
    return counted(() -> delegate.open(path));
  }

  @Override
  public void createUnique(String path, Content content) throws IOException {
    counted(
        () -> {
          delegate.createUnique(path, content);
          return null;
        });
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) throws IOException {
    return counted(() -> delegate.createExclusive(path, bytes));
  }

  @Override
  public void replace(String path, byte[] bytes) throws IOException {
    counted(
        () -> {
          delegate.replace(path, bytes);
          return null;
        });
  }

  @Override
  public boolean delete(String path) throws IOException {
    return counted(() -> delegate.delete(path));
  }

  @Override
  public boolean exists(String path) throws IOException {
    return counted(() -> delegate.exists(path));
  }

  @Override
  public Optional<Instant> modified(String path) throws IOException {
    return counted(() -> delegate.modified(path));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    counted(
        () -> {
          delegate.rename(from, to);
          return null;
        });
  }
}
