package org.velella.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.checkpoint.ManifestFiles.Prepared;
import org.velella.checkpoint.ManifestFiles.Read;

/**
 * The manifests of a run, numbered from 1. A checkpoint exists from the moment its manifest has
 * been created, which only one of any number of writers can do for a version.
 *
 * <p>A log remembers the manifest that it has last read or committed, so use one log for all
 * commits of a run.
 */
public final class ManifestLog {
  /** Where manifests lie. */
  public static final String DIRECTORY = "checkpoint/manifests";

  private static final int ATTEMPTS = 3;

  private final CheckpointStore store;
  private final ManifestFiles files;

  /** What the next manifest continues, most likely; null before anything has been read. */
  private volatile Read known;

  public ManifestLog(CheckpointStore store) {
    this(store, new ManifestFiles(store));
  }

  ManifestLog(CheckpointStore store, ManifestFiles files) {
    this.store = store;
    this.files = files;
  }

  /**
   * The newest sound manifest; empty if the run has none at all.
   *
   * @throws CheckpointCorruptException if there are manifests and all are damaged
   * @throws CheckpointTooNewException if the newest undamaged one needs a newer reader
   */
  public Optional<ManifestHead> latest() throws IOException {
    List<Long> versions = files.versions();
    List<String> warnings = new ArrayList<>();
    for (long version : versions) {
      try {
        known = files.read(version);
        return Optional.of(
            new ManifestHead(known.manifest(), known.crc32c(), versions.get(0) + 1, warnings));
      } catch (CheckpointCorruptException e) {
        warnings.add(e.reason());
      } catch (FileNotFoundException e) {
        warnings.add(files.where(version) + " vanished while it was read");
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
    return files.read(version).manifest();
  }

  /**
   * What the newest sound manifest says about one range, without reading more of a large manifest
   * than that; empty if there is no manifest or nothing of the range has been saved.
   *
   * @throws CheckpointCorruptException if there are manifests and all are damaged
   * @throws CheckpointTooNewException if the newest undamaged one needs a newer reader
   */
  public Optional<RangeEntry> latestEntry(SampleRange range) throws IOException {
    CheckpointCorruptException damaged = null;
    for (long version : files.versions()) {
      try {
        RangeEntry entry = files.read(version, range).manifest().entry(range);
        return entry.files().isEmpty() ? Optional.empty() : Optional.of(entry);
      } catch (CheckpointCorruptException e) {
        damaged = e;
      } catch (FileNotFoundException e) {
        // Collected since it was listed; an older one would not be the newest either.
        damaged = new CheckpointCorruptException(files.where(version) + " vanished", e);
      }
    }
    if (damaged != null) {
      throw damaged;
    }
    return Optional.empty();
  }

  /**
   * Commits a manifest: all of it is there afterwards, or nothing of it.
   *
   * <p>If other writers have committed meanwhile, and none of their selections has a sample in
   * common with this manifest's, it is committed on top of theirs: with their entries for all
   * ranges outside its selection. A writer that was not told whether its last manifest was
   * committed may go on, with what it would commit next after the one before.
   *
   * @param manifest from {@link Manifest#first} or {@link ManifestHead#successor}
   * @return the newest manifest: this one, perhaps with another number and others' entries
   * @throws CommitFailedException if another writer has committed something for the same samples
   * @throws CommitStateUnknownException if the store does not tell whether it was committed
   * @throws ManifestTooLargeException if nobody could read it
   * @throws IOException if the store failed before anything was committed
   */
  public ManifestHead commit(Manifest manifest) throws IOException {
    Manifest mine = manifest;
    while (true) {
      if (!isPassed(mine.version())) {
        Prepared prepared = files.prepare(mine, knownParent(mine));
        if (create(mine.version(), prepared.bytes())) {
          return committed(mine, prepared);
        }
      }
      mine = rebase(mine);
    }
  }

  /** The parent of a manifest, if it is the one that was last read or committed, or null. */
  private Read knownParent(Manifest manifest) {
    Read last = known;
    return last != null
            && last.manifest().version() == manifest.parent().version()
            && last.crc32c().equals(manifest.parent().crc32c())
        ? last
        : null;
  }

  /** Whether there are later manifests and this one, whosever it was, has been collected. */
  private boolean isPassed(long version) throws IOException {
    if (version == 1) {
      return false;
    }
    List<Long> versions = files.versions();
    long newest = versions.isEmpty() ? 0 : versions.get(0);
    if (newest < version - 1) {
      throw new IllegalArgumentException(
          "Manifest %d cannot be committed before manifest %d".formatted(version, version - 1));
    }
    return newest > version && !versions.contains(version);
  }

  /**
   * The head after this manifest's file was created. Old manifests are collected, so a writer that
   * slept long may find its number free again. The newest ones never are: if there is none beyond
   * this one, nobody had this number before.
   */
  private ManifestHead committed(Manifest mine, Prepared prepared) throws IOException {
    ManifestHead newest;
    try {
      long last = files.versions().stream().findFirst().orElse(mine.version());
      if (last <= mine.version()) {
        known = prepared.asRead(mine);
        return new ManifestHead(mine, known.crc32c(), mine.version() + 1, List.of());
      }
      newest = latest().orElseThrow(() -> new IOException("all manifests have vanished"));
    } catch (IOException e) {
      throw unknown(mine.version(), e);
    }
    if (newest.manifest().version() > mine.version() && !mine.isKeptBy(newest.manifest())) {
      throw overtaken(newest.manifest());
    }
    return newest;
  }

  private CommitFailedException overtaken(Manifest by) {
    return new CommitFailedException(
        "%s was committed by another writer, which works on %s; only one process at a time may work on a sample"
            .formatted(files.where(by.version()), by.selection()));
  }

  /** The same on top of what others have committed from its version on. */
  private Manifest rebase(Manifest mine) throws IOException {
    Read base = knownParent(mine);
    List<Long> later = new ArrayList<>(files.versions());
    later.removeIf(version -> version < mine.version());
    Read newest = null;
    for (long version : later) {
      Read read = readForRebase(version);
      Manifest theirs = read.manifest();
      if (theirs.selection().intersects(mine.selection()) && !isSameWriters(theirs, mine)) {
        throw overtaken(theirs);
      }
      requireSameRun(mine, theirs);
      newest = newest == null ? read : newest;
    }
    boolean allSeen =
        newest != null && later.size() == newest.manifest().version() - mine.version() + 1;
    // Of manifests that were collected it is not known who wrote them, only that nothing changed.
    if (newest == null
        || !allSeen && (base == null || !isUntouched(mine.selection(), base, newest))) {
      throw new CommitFailedException(
          "%s was committed by another writer, and what was committed since cannot be told; run the same command again to go on from there"
              .formatted(files.where(mine.version())));
    }
    known = newest;
    long next = newest.manifest().version() + 1;
    return mine.rebasedOn(new ManifestHead(newest.manifest(), newest.crc32c(), next, List.of()));
  }

  /** Whether a manifest is one of which this writer was not told whether it was committed. */
  private static boolean isSameWriters(Manifest theirs, Manifest mine) {
    // Whoever does not say who it is, is somebody else.
    String attempt = theirs.writer().get(Manifest.ATTEMPT);
    return attempt != null && attempt.equals(mine.writer().get(Manifest.ATTEMPT));
  }

  private Read readForRebase(long version) throws IOException {
    try {
      return files.read(version);
    } catch (CheckpointCorruptException | FileNotFoundException e) {
      throw new CommitFailedException(
          "%s was committed by another writer and cannot be read: %s"
              .formatted(files.where(version), e.getMessage()));
    }
  }

  private void requireSameRun(Manifest mine, Manifest theirs) {
    boolean same = mine.samples() == theirs.samples() && mine.rangeSize() == theirs.rangeSize();
    try {
      mine.run().requireSame(theirs.run(), files.where(theirs.version()));
    } catch (CheckpointMismatchException e) {
      throw new CommitFailedException(e.getMessage());
    }
    if (!same) {
      throw new CommitFailedException(
          "%s has %d samples in ranges of %d, this run has %d in ranges of %d; give each run a directory of its own"
              .formatted(
                  files.where(theirs.version()),
                  theirs.samples(),
                  theirs.rangeSize(),
                  mine.samples(),
                  mine.rangeSize()));
    }
  }

  private static boolean isUntouched(Selection selection, Read base, Read newest) {
    Manifest probe = base.manifest().withSelection(selection);
    return probe.isKeptBy(newest.manifest());
  }

  /**
   * Creates the file, and settles by reading back what the store left open: a request may take
   * effect although its answer was lost, and a retried one then finds its own file.
   *
   * @return whether the version is this writer's; false if it is another's
   */
  private boolean create(long version, byte[] bytes) throws IOException {
    IOException open = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        if (store.createExclusive(ManifestFiles.path(version), bytes)) {
          return true;
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
        return holds(version, bytes);
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
            .formatted(files.where(version), cause.getMessage()),
        cause);
  }

  private boolean holds(long version, byte[] bytes) throws IOException {
    try (StoredInput input = store.open(ManifestFiles.path(version))) {
      return Arrays.equals(input.stream().readNBytes(bytes.length + 1), bytes);
    }
  }

  /** The path of a version's file. */
  static String path(long version) {
    return ManifestFiles.path(version);
  }
}
