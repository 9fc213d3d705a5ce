package org.velella.spark.job;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.velella.checkpoint.CheckpointStore;

/**
 * A run's files as they would be: what is written is kept in memory, and what is deleted is only
 * left out, so that a preview does what the real thing does. For the small files of manifests.
 */
final class PreviewStore implements CheckpointStore {
  private final CheckpointStore real;
  private final Map<String, byte[]> written = new TreeMap<>();
  private final Set<String> deleted = new HashSet<>();

  PreviewStore(CheckpointStore real) {
    this.real = real;
  }

  @Override
  public synchronized List<StoredFile> list(String directory, Predicate<String> names)
      throws IOException {
    List<StoredFile> files = new ArrayList<>();
    String prefix = directory + "/";
    for (StoredFile file : real.list(directory, names)) {
      String path = prefix + file.name();
      if (!deleted.contains(path) && !written.containsKey(path)) {
        files.add(file);
      }
    }
    written.forEach(
        (path, bytes) -> {
          String name = path.startsWith(prefix) ? path.substring(prefix.length()) : "/";
          if (name.indexOf('/') < 0 && names.test(name)) {
            files.add(new StoredFile(name, bytes.length));
          }
        });
    files.sort(Comparator.comparing(StoredFile::name));
    return files;
  }

  @Override
  public synchronized StoredInput open(String path) throws IOException {
    byte[] bytes = written.get(path);
    if (bytes != null) {
      return new StoredInput(new ByteArrayInputStream(bytes), bytes.length);
    }
    if (deleted.contains(path)) {
      throw new FileNotFoundException(path);
    }
    return real.open(path);
  }

  @Override
  public synchronized void createUnique(String path, Content content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(out);
    written.put(path, out.toByteArray());
  }

  @Override
  public synchronized boolean createExclusive(String path, byte[] bytes) throws IOException {
    if (exists(path)) {
      return false;
    }
    written.put(path, bytes.clone());
    return true;
  }

  @Override
  public synchronized void replace(String path, byte[] bytes) {
    written.put(path, bytes.clone());
  }

  @Override
  public synchronized boolean delete(String path) throws IOException {
    boolean there = exists(path);
    written.remove(path);
    deleted.add(path);
    return there;
  }

  @Override
  public synchronized List<StoredFile> unfinished(String directory, Instant before)
      throws IOException {
    return real.unfinished(directory, before).stream()
        .filter(file -> !deleted.contains(directory + "/" + file.name()))
        .toList();
  }

  @Override
  public synchronized boolean deleteUnfinished(String path) {
    return deleted.add(path);
  }

  @Override
  public synchronized boolean exists(String path) throws IOException {
    return written.containsKey(path) || !deleted.contains(path) && real.exists(path);
  }

  @Override
  public synchronized Optional<Instant> modified(String path) throws IOException {
    return written.containsKey(path) ? Optional.of(Instant.now()) : real.modified(path);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    try (StoredInput input = open(from)) {
      createUnique(to, out -> input.stream().transferTo(out));
    }
    delete(from);
  }

  @Override
  public String location() {
    return real.location();
  }
}
