package org.velella.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.UnknownOutcomeException;

/** A store at each call of which a task of {@link Interleavings} waits for its turn. */
public final class SteppedCheckpointStore implements CheckpointStore {
  private final CheckpointStore delegate;
  private final Interleavings.Turns turns;

  private final Loses loses;
  private int creations;

  /** What happens to the first exclusive creation. */
  public enum Loses {
    /** It works. */
    NOTHING,
    /** It takes effect, but its answer is lost. */
    ANSWER,
    /** It is lost itself, and nobody knows. */
    REQUEST
  }

  public SteppedCheckpointStore(CheckpointStore delegate, Interleavings.Turns turns) {
    this(delegate, turns, Loses.NOTHING);
  }

  public SteppedCheckpointStore(CheckpointStore delegate, Interleavings.Turns turns, Loses loses) {
    this.delegate = delegate;
    this.turns = turns;
    this.loses = loses;
  }

  @FunctionalInterface
  private interface Call<T> {
    T run() throws IOException;
  }

  private <T> T stepped(String name, Call<T> call) throws IOException {
    turns.step();
    String result = "failed";
    try {
      T value = call.run();
      result = String.valueOf(value);
      return value;
    } finally {
      turns.saw(name + "=" + result);
    }
  }

  @Override
  public String location() {
    return delegate.location();
  }

  @Override
  public List<StoredFile> list(String directory, Predicate<String> names) throws IOException {
    return stepped("list", () -> delegate.list(directory, names));
  }

  @Override
  public StoredInput open(String path) throws IOException {
    byte[][] content = new byte[1][];
    stepped(
        "open " + path,
        () -> {
          try (StoredInput input = delegate.open(path)) {
            content[0] = input.stream().readAllBytes();
          }
          return Arrays.hashCode(content[0]);
        });
    return new StoredInput(new ByteArrayInputStream(content[0]), content[0].length);
  }

  @Override
  public void createUnique(String path, Content content) throws IOException {
    stepped(
        "create " + path,
        () -> {
          delegate.createUnique(path, content);
          return null;
        });
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) throws IOException {
    boolean lost = creations++ == 0 && loses != Loses.NOTHING;
    return stepped(
        "commit " + path + Arrays.hashCode(bytes),
        () -> {
          boolean created =
              !(lost && loses == Loses.REQUEST) && delegate.createExclusive(path, bytes);
          if (lost) {
            throw new UnknownOutcomeException("the answer was lost", null);
          }
          return created;
        });
  }

  @Override
  public void replace(String path, byte[] bytes) throws IOException {
    stepped(
        "replace " + path + Arrays.hashCode(bytes),
        () -> {
          delegate.replace(path, bytes);
          return null;
        });
  }

  @Override
  public boolean delete(String path) throws IOException {
    return stepped("delete " + path, () -> delegate.delete(path));
  }

  @Override
  public boolean exists(String path) throws IOException {
    return stepped("exists " + path, () -> delegate.exists(path));
  }

  @Override
  public Optional<Instant> modified(String path) throws IOException {
    return stepped("modified " + path, () -> delegate.modified(path));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    stepped(
        "rename " + from + to,
        () -> {
          delegate.rename(from, to);
          return null;
        });
  }
}
