package org.velella.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds out from the files alone how far each range has come. Attempts save files that nobody has
 * been told of, because their task, their executor or the driver was lost before; whatever of it is
 * sound and leads back to the manifest, or to the beginning, is taken.
 *
 * <p>Headers that were read once are kept, so that asking again costs one listing and the new
 * files. Used by one thread.
 */
public final class Adoption {
  /** How much of a file is read before it is relied upon. */
  public enum Verification {
    /** The header and the file's length: for files that this very run is writing. */
    HEADERS,
    /** All of it and of its recordings: for resuming, where files may have been damaged since. */
    DATA
  }

  private final CheckpointStore store;
  private final int keep;
  private final RangeHeaders headers;
  private final Set<String> reported = new HashSet<>();

  /** Files whose data was found damaged; looking at headers alone would take them for sound. */
  private final Set<String> damaged = new HashSet<>();

  /** Why recordings cannot be used, by their path: no state counts that needs one of them. */
  private final Map<String, String> lostRecordings = new HashMap<>();

  /** Adoption that lists {@link RangeEntry#DEFAULT_KEPT_FILES} files of each range. */
  public Adoption(CheckpointStore store) {
    this(store, RangeEntry.DEFAULT_KEPT_FILES);
  }

  /**
   * @param keep how many files of a range's chain are listed, at least 1: the state, and those to
   *     fall back on
   */
  public Adoption(CheckpointStore store, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("A range keeps at least 1 file, not " + keep);
    }
    this.store = store;
    this.keep = keep;
    headers = new RangeHeaders(store);
  }

  /** Range files that chains went through, and that no manifest has ever listed. */
  private final List<String> passed = new ArrayList<>();

  /**
   * How far ranges have come.
   *
   * @param ranges those of which something has been saved, ascending
   * @param changed whether that differs from what was known before
   * @param warnings what was passed over and why, in words; each is said once
   */
  public record Result(List<RangeEntry> ranges, boolean changed, List<String> warnings) {
    public Result {
      ranges = List.copyOf(ranges);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * How far every range of a run has come.
   *
   * @throws CheckpointCorruptException if a range of the manifest has no usable file left
   * @throws CheckpointTooNewException if a file of the manifest needs a newer reader
   * @throws CheckpointMismatchException if a file of the manifest belongs to another run
   */
  public Result adopt(Manifest base, Verification verification) throws IOException {
    return adopt(base, Selection.all(), verification);
  }

  /**
   * As {@link #adopt(Manifest, Verification)}, for a driver that works on a selection: ranges
   * outside it stay as the manifest has them, and their files are not looked at.
   */
  public Result adopt(Manifest base, Selection selection, Verification verification)
      throws IOException {
    return adopt(base, selection, range -> verification == Verification.DATA);
  }

  /**
   * As {@link #adopt(Manifest, Selection, Verification)}, for whoever knows which ranges may be
   * damaged.
   *
   * @param wholly of which ranges the data is read, too
   */
  public Result adopt(Manifest base, Selection selection, Predicate<SampleRange> wholly)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    Pass pass = new Pass(base.run(), base.targetSteps(), Verification.HEADERS, warnings);
    Pass whole = new Pass(base.run(), base.targetSteps(), Verification.DATA, warnings);
    RangeListing listing = pass.listing();
    List<RangeEntry> ranges = new ArrayList<>();
    for (RangeEntry entry : base.allRanges()) {
      boolean selected = selection.contains(entry.range());
      Pass its = selected && wholly.test(entry.range()) ? whole : pass;
      RangeEntry now = selected ? its.newest(entry, listing.take(entry.range())) : entry;
      if (!now.files().isEmpty()) {
        ranges.add(now);
      }
    }
    for (String file : listing.notTaken()) {
      SampleRange range = RangeFileName.require(file).range();
      if (range.lo() >= base.samples() || !base.rangeAt(range.lo()).equals(range)) {
        pass.ignore(file, "the run has no such range");
      }
    }
    return new Result(ranges, !ranges.equals(base.ranges()), warnings);
  }

  /**
   * How far one range has come: for a task that is tried again and goes on where the lost attempt
   * stopped. What the task was given may have been left behind since, so the newest manifest is
   * asked as well. All that counts is read whole.
   *
   * @param given the range as the task was given it
   * @param looks what other attempts have saved
   * @throws CheckpointCorruptException if {@code given} has files and none is usable
   * @throws CheckpointTooNewException if a file of {@code given} needs a newer reader
   * @throws CheckpointMismatchException if a file of {@code given} belongs to another run
   */
  public Result adopt(RunIdentity run, RangeEntry given, long targetSteps, RangeLooks.OfTask looks)
      throws IOException {
    RangeEntry base = listed(given);
    while (true) {
      try {
        Pass pass = new Pass(run, targetSteps, Verification.DATA, new ArrayList<>());
        RangeEntry now = pass.newest(base, looks);
        List<RangeEntry> ranges = now.files().isEmpty() ? List.of() : List.of(now);
        return new Result(ranges, !now.equals(given), pass.warnings);
      } catch (CheckpointCorruptException e) {
        // A collector may have removed the files since, but then a newer manifest lists others.
        RangeEntry newer = listed(base);
        if (newer.step() <= base.step()) {
          throw e;
        }
        base = newer;
      }
    }
  }

  /**
   * The range files that were saved and passed by between two looks, so that no manifest ever lists
   * them: once what was adopted is committed, they are as superseded as those that older manifests
   * list. Each is said once.
   */
  public List<String> takePassed() {
    List<String> taken = List.copyOf(passed);
    passed.clear();
    return taken;
  }

  /**
   * What the newest manifest says of a range, if that is not less than what is given; without
   * looking at its files. Damaged manifests are the driver's care.
   */
  public RangeEntry listed(RangeEntry given) throws IOException {
    try {
      return new ManifestLog(store)
          .latestEntry(given.range())
          .filter(entry -> entry.step() >= given.step())
          .orElse(given);
    } catch (CheckpointCorruptException e) {
      return given;
    }
  }

  /**
   * Reads all that a range goes on from: its newest file and its recordings.
   *
   * @throws CheckpointException if something is damaged, missing, too new or of another run
   */
  public static void verify(CheckpointStore store, RunIdentity run, RangeEntry range)
      throws IOException {
    verify(store, run, range.current().orElseThrow());
    for (Recording recording : range.recordings()) {
      RecordingFile.verify(store, recording);
    }
  }

  private static void verify(CheckpointStore store, RunIdentity run, RangeFileRef ref)
      throws IOException {
    SavedRange saved = RangeFile.verify(store, ref);
    run.requireSame(saved.header().run(), RangeFile.where(store, ref.file()));
  }

  /** One look at the files. */
  private final class Pass {
    private final RunIdentity run;
    private final long targetSteps;
    private final Verification verification;
    private final List<String> warnings;

    /** Of the range that is looked at, those that were read. */
    private final Set<String> recordings = new HashSet<>();

    Pass(RunIdentity run, long targetSteps, Verification verification, List<String> warnings) {
      this.warnings = warnings;
      this.run = run;
      this.targetSteps = targetSteps;
      this.verification = verification;
    }

    void warn(String warning) {
      if (reported.add(warning)) {
        warnings.add(warning);
      }
    }

    void ignore(String file, String why) {
      warn("%s is ignored: %s".formatted(RangeFile.where(store, file), why));
    }

    RangeListing listing() throws IOException {
      return RangeListing.of(
          store, name -> ignore(name, "it does not have the name of a range file"));
    }

    /**
     * The chain to go on from: the manifest's own or one that reaches further. Only if neither is
     * sound, older files are looked at.
     */
    RangeEntry newest(RangeEntry base, Map<String, Long> files) throws IOException {
      Map<String, String> failures = begin();
      Optional<RangeEntry> found = firstSound(base, files, base.step(), failures);
      if (found.isEmpty()) {
        found = firstSound(base, files, 1, failures);
      }
      return kept(base, found.orElseGet(() -> fresh(base, failures)), failures);
    }

    /** As above, of one range; the directory is listed for it only where that may help. */
    RangeEntry newest(RangeEntry base, RangeLooks.OfTask looks) throws IOException {
      Map<String, String> failures = begin();
      Map<String, Long> files = looks.further(base.range());
      // The look may be older than the manifest; reading tells whether they are there.
      base.files().forEach(file -> files.putIfAbsent(file.file(), file.bytes()));
      Optional<RangeEntry> found = firstSound(base, files, base.step(), failures);
      if (found.isEmpty() && !base.files().isEmpty()) {
        found = firstSound(base, looks.all(base.range()), 1, failures);
      }
      return kept(base, found.orElseGet(() -> fresh(base, failures)), failures);
    }

    private Map<String, String> begin() {
      recordings.clear();
      return new LinkedHashMap<>();
    }

    /** A range of which nothing is sound, if nothing was relied upon. */
    private RangeEntry fresh(RangeEntry base, Map<String, String> failures) {
      if (!base.files().isEmpty()) {
        throw new CheckpointCorruptException(
            "No saved state of range %s is usable, though the manifest has it at step %d: %s; restore one of these files from a copy, or begin a new run in another directory"
                .formatted(
                    base.range(),
                    base.step(),
                    String.join("; ", new LinkedHashSet<>(failures.values()))));
      }
      return base;
    }

    private RangeEntry kept(RangeEntry base, RangeEntry now, Map<String, String> failures) {
      for (String failure : failures.values()) {
        warn("%s. Range %s goes on from step %d".formatted(failure, base.range(), now.step()));
      }
      RangeEntry kept = now.newest(keep);
      for (RangeFileRef file : now.files().subList(0, now.files().size() - kept.files().size())) {
        if (base.indexOf(file.file()) < 0) {
          passed.add(file.file());
        }
      }
      return kept;
    }

    private Optional<RangeEntry> firstSound(
        RangeEntry base, Map<String, Long> files, long fromStep, Map<String, String> failures)
        throws IOException {
      for (RangeEntry chain : chains(base, files, fromStep).newestFirst()) {
        RangeFileRef newest = chain.files().get(chain.files().size() - 1);
        if (chain.step() >= fromStep && !failures.containsKey(newest.file())) {
          String failure = failure(newest, files);
          if (failure.isEmpty()) {
            failure = recordingFailure(chain);
          }
          if (failure.isEmpty()) {
            return Optional.of(chain);
          }
          failures.put(newest.file(), failure);
        }
      }
      return Optional.empty();
    }

    /** The chains of the manifest, and those that end in other files from a step on. */
    private RangeChains chains(RangeEntry base, Map<String, Long> files, long fromStep)
        throws IOException {
      RangeChains chains = new RangeChains(base, headers.of(run, this::warn));
      for (String file : files.keySet()) {
        long step = RangeFileName.require(file).step();
        if (base.indexOf(file) >= 0 || step < fromStep) {
          headers.forget(file);
        } else if (step > targetSteps) {
          ignore(file, "it lies beyond the run's %d steps".formatted(targetSteps));
        } else if (verification == Verification.DATA || !damaged.contains(file)) {
          String problem = chains.add(file);
          if (!problem.isEmpty()) {
            ignore(file, problem);
          }
        }
      }
      return chains;
    }

    /** Why a file cannot be used; empty if it can. */
    private String failure(RangeFileRef ref, Map<String, Long> files) throws IOException {
      Long length = files.get(ref.file());
      if (length == null || length != ref.bytes()) {
        return "%s should have %d bytes but %s"
            .formatted(
                RangeFile.where(store, ref.file()),
                ref.bytes(),
                length == null ? "is missing" : "has " + length);
      }
      if (verification == Verification.DATA) {
        try {
          verify(store, run, ref);
        } catch (CheckpointCorruptException e) {
          damaged.add(ref.file());
          return e.reason();
        }
      }
      return "";
    }

    /** Why a state cannot be used though its file can: what was recorded before it is lost. */
    private String recordingFailure(RangeEntry chain) throws IOException {
      for (Recording recording : chain.recordings()) {
        if (verification == Verification.DATA && recordings.add(recording.file())) {
          try {
            RecordingFile.verify(store, recording);
          } catch (CheckpointCorruptException e) {
            lostRecordings.put(recording.file(), e.getMessage());
          }
        }
        if (lostRecordings.containsKey(recording.file())) {
          chain.current().ifPresent(file -> damaged.add(file.file()));
          return lostRecordings.get(recording.file());
        }
      }
      return "";
    }
  }
}
