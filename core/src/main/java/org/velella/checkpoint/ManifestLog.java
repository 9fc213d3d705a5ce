package org.velella.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.CheckpointStore.StoredInput;

/**
 * The manifests of a run, numbered from 1. A checkpoint exists from the moment its manifest has
 * been created, which only one of any number of writers can do for a version.
 */
public final class ManifestLog {
  /** Where manifests lie. */
  public static final String DIRECTORY = "checkpoint/manifests";

  private static final Pattern NAME = Pattern.compile("\\d{20}\\.json");
  private static final int MAX_BYTES = 1 << 30;
  private static final int ATTEMPTS = 3;

  private final CheckpointStore store;

  public ManifestLog(CheckpointStore store) {
    this.store = store;
  }

  /**
   * The newest sound manifest; empty if the run has none at all.
   *
   * @throws CheckpointCorruptException if there are manifests and all are damaged
   * @throws CheckpointTooNewException if the newest undamaged one needs a newer reader
   */
  public Optional<ManifestHead> latest() throws IOException {
    List<Long> versions = versions();
    List<String> warnings = new ArrayList<>();
    for (long version : versions) {
      try {
        Read read = read(version);
        return Optional.of(
            new ManifestHead(read.manifest(), read.crc32c(), versions.get(0) + 1, warnings));
      } catch (CheckpointCorruptException e) {
        warnings.add(e.getMessage());
      } catch (FileNotFoundException e) {
        warnings.add(where(version) + " vanished while it was read");
      }
    }
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    throw new CheckpointCorruptException(
        "None of the %d manifests of %s can be read, so the run cannot be continued: %s; restore %s from a copy, or start a new run in another directory"
            .formatted(versions.size(), store.location(), String.join("; ", warnings), DIRECTORY));
  }

  /**
   * One version.
   *
   * @throws FileNotFoundException if there is none
   * @throws CheckpointCorruptException if it is damaged
   * @throws CheckpointTooNewException if it needs a newer reader
   */
  public Manifest manifest(long version) throws IOException {
    return read(version).manifest();
  }

  /**
   * Commits a manifest: all of it is there afterwards, or nothing of it.
   *
   * @param manifest from {@link Manifest#first} or {@link ManifestHead#successor}
   * @throws CommitFailedException if another writer has committed this version
   * @throws CommitStateUnknownException if the store does not tell whether it was committed
   * @throws IOException if the store failed before anything was committed
   */
  public ManifestHead commit(Manifest manifest) throws IOException {
    long version = manifest.version();
    if (version > 1 && !store.exists(path(version - 1))) {
      throw new IllegalArgumentException(
          "Manifest %d cannot be committed before manifest %d".formatted(version, version - 1));
    }
    byte[] bytes = ManifestCodec.encode(manifest);
    create(version, bytes);
    return new ManifestHead(manifest, ManifestCodec.statedCrc(bytes), version + 1, List.of());
  }

  /**
   * Creates the file, and settles by reading back what the store left open: a request may take
   * effect although its answer was lost, and a retried one then finds its own file.
   */
  private void create(long version, byte[] bytes) throws IOException {
    IOException open = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (store.createExclusive(path(version), bytes)) {
          return;
        }
      } catch (UnknownOutcomeException e) {
        open = e;
      } catch (IOException e) {
        if (open == null) {
          throw e;
        }
        throw unknown(version, e);
      }
      try {
        requireOwn(version, bytes);
        return;
      } catch (FileNotFoundException e) {
        // Not there, or not there yet: creating it again is safe, since only one creation succeeds.
        open = e;
      } catch (IOException e) {
        throw unknown(version, e);
      }
    }
    throw unknown(version, open);
  }

  private CommitStateUnknownException unknown(long version, IOException cause) {
    return new CommitStateUnknownException(
        "Whether %s was committed is unknown: %s; nothing was deleted, and running the same command again finds out"
            .formatted(where(version), cause.getMessage()),
        cause);
  }

  /** Returns if the version holds these bytes. */
  private void requireOwn(long version, byte[] bytes) throws IOException {
    byte[] found;
    try (StoredInput input = store.open(path(version))) {
      found = input.stream().readNBytes(bytes.length + 1);
    }
    if (!Arrays.equals(found, bytes)) {
      throw new CommitFailedException(
          "%s was committed by another writer; only one process may run in a directory at a time"
              .formatted(where(version)));
    }
  }

  private record Read(Manifest manifest, String crc32c) {}

  private Read read(long version) throws IOException {
    byte[] bytes;
    try (StoredInput input = store.open(path(version))) {
      if (input.length() > MAX_BYTES) {
        throw damaged(version, "it has %d bytes".formatted(input.length()), null);
      }
      bytes = input.stream().readNBytes((int) input.length());
    }
    try {
      Manifest manifest = ManifestCodec.decode(bytes, version, where(version));
      return new Read(manifest, ManifestCodec.statedCrc(bytes));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw damaged(version, e.getMessage(), e);
    }
  }

  private CheckpointCorruptException damaged(long version, String why, Exception cause) {
    return new CheckpointCorruptException(
        "%s is damaged: %s; restore it from a copy, or resume the run, which falls back to the previous manifest"
            .formatted(where(version), why),
        cause);
  }

  /** All versions that files are named after, newest first. */
  private List<Long> versions() throws IOException {
    List<Long> versions = new ArrayList<>();
    for (StoredFile file : store.list(DIRECTORY)) {
      version(file.name()).ifPresent(versions::add);
    }
    versions.sort(Comparator.reverseOrder());
    return versions;
  }

  private static OptionalLong version(String name) {
    if (!NAME.matcher(name).matches()) {
      return OptionalLong.empty();
    }
    try {
      long version = Long.parseLong(name.substring(0, name.indexOf('.')));
      return version < 1 ? OptionalLong.empty() : OptionalLong.of(version);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** The path of a version's file. */
  static String path(long version) {
    return "%s/%020d.json".formatted(DIRECTORY, version);
  }

  private String where(long version) {
    return store.location() + "/" + path(version);
  }
}
