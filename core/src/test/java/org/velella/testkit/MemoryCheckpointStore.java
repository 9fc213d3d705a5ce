package org.velella.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.velella.checkpoint.CheckpointStore;

/** A store on the heap, fast enough for exhaustive tests, whose files a test may change. */
public final class MemoryCheckpointStore implements CheckpointStore {
  private final ConcurrentSkipListMap<String, byte[]> files = new ConcurrentSkipListMap<>();

  private final Map<String, Instant> times = new ConcurrentHashMap<>();

  /** A copy of all files by path. */
  public Map<String, byte[]> files() {
    Map<String, byte[]> copy = new TreeMap<>();
    files.forEach((path, bytes) -> copy.put(path, bytes.clone()));
    return copy;
  }

  /** The bytes of one file, which must be there. */
  public byte[] file(String path) {
    return files.get(path).clone();
  }

  @Override
  public void replace(String path, byte[] bytes) {
    files.put(CheckpointStore.requirePath(path), bytes.clone());
  }

  /** An independent store with the same files. */
  public MemoryCheckpointStore copy() {
    MemoryCheckpointStore copy = new MemoryCheckpointStore();
    files.forEach(copy::replace);
    return copy;
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public List<StoredFile> list(String directory) {
    return list(directory, name -> true);
  }

  @Override
  public List<StoredFile> list(String directory, Predicate<String> names) {
    String prefix = CheckpointStore.requirePath(directory) + "/";
    List<StoredFile> found = new ArrayList<>();
    files.tailMap(prefix).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .filter(entry -> entry.getKey().indexOf('/', prefix.length()) < 0)
        .filter(entry -> names.test(entry.getKey().substring(prefix.length())))
        .forEach(
            entry ->
                found.add(
                    new StoredFile(
                        entry.getKey().substring(prefix.length()), entry.getValue().length)));
    return found;
  }

  @Override
  public StoredInput open(String path) throws IOException {
    byte[] bytes = files.get(CheckpointStore.requirePath(path));
    if (bytes == null) {
      throw new FileNotFoundException("No file " + path);
    }
    return new StoredInput(new ByteArrayInputStream(bytes), bytes.length);
  }

  @Override
  public void createUnique(String path, Content content) throws IOException {
    CheckpointStore.requirePath(path);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(out);
    if (files.putIfAbsent(path, out.toByteArray()) != null) {
      throw new FileAlreadyExistsException(path);
    }
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) {
    return files.putIfAbsent(CheckpointStore.requirePath(path), bytes.clone()) == null;
  }

  @Override
  public boolean delete(String path) {
    return files.remove(CheckpointStore.requirePath(path)) != null;
  }

  @Override
  public boolean exists(String path) {
    return files.containsKey(CheckpointStore.requirePath(path));
  }

  @Override
  public Optional<Instant> modified(String path) {
    return exists(path) ? Optional.of(times.getOrDefault(path, Instant.EPOCH)) : Optional.empty();
  }

  /** Lets a file have been written at some time; without this it is from the epoch. */
  public void touch(String path, Instant time) {
    times.put(path, time);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    CheckpointStore.requirePath(to);
    byte[] bytes = files.get(CheckpointStore.requirePath(from));
    if (bytes == null) {
      throw new FileNotFoundException("No file " + from);
    }
    if (files.putIfAbsent(to, bytes) != null) {
      throw new FileAlreadyExistsException(to);
    }
    files.remove(from);
  }
}
