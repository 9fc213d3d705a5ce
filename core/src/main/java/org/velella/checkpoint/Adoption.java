package org.velella.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.velella.checkpoint.CheckpointStore.StoredFile;

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
    /** All of it: for resuming, where files may have been damaged since. */
    DATA
  }

  private final CheckpointStore store;
  private final RangeHeaders headers;
  private final Set<String> reported = new HashSet<>();

  /** Files whose data was found damaged; looking at headers alone would take them for sound. */
  private final Set<String> damaged = new HashSet<>();

  public Adoption(CheckpointStore store) {
    this.store = store;
    headers = new RangeHeaders(store);
  }

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
    Pass pass = new Pass(base.run(), base.targetSteps(), verification);
    Map<SampleRange, Map<String, Long>> files = pass.listing();
    List<RangeEntry> ranges = new ArrayList<>();
    for (RangeEntry entry : base.allRanges()) {
      RangeEntry now = pass.newest(entry, files.getOrDefault(entry.range(), Map.of()));
      files.remove(entry.range());
      if (!now.files().isEmpty()) {
        ranges.add(now);
      }
    }
    for (Map<String, Long> others : files.values()) {
      others.keySet().forEach(name -> pass.ignore(name, "the run has no such range"));
    }
    return new Result(ranges, !ranges.equals(base.ranges()), pass.warnings);
  }

  /**
   * How far one range has come: for a task that is tried again and goes on where the lost attempt
   * stopped.
   *
   * @param base the range as the task was given it
   * @throws CheckpointCorruptException if {@code base} has files and none is usable
   * @throws CheckpointTooNewException if a file of {@code base} needs a newer reader
   * @throws CheckpointMismatchException if a file of {@code base} belongs to another run
   */
  public Result adopt(RunIdentity run, RangeEntry base, long targetSteps, Verification verification)
      throws IOException {
    Pass pass = new Pass(run, targetSteps, verification);
    RangeEntry now = pass.newest(base, pass.listing().getOrDefault(base.range(), Map.of()));
    List<RangeEntry> ranges = now.files().isEmpty() ? List.of() : List.of(now);
    return new Result(ranges, !now.equals(base), pass.warnings);
  }

  /** One look at the files. */
  private final class Pass {
    private final RunIdentity run;
    private final long targetSteps;
    private final Verification verification;
    private final List<String> warnings = new ArrayList<>();

    Pass(RunIdentity run, long targetSteps, Verification verification) {
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

    /** Names and lengths of the range files, by range. */
    Map<SampleRange, Map<String, Long>> listing() throws IOException {
      Map<SampleRange, Map<String, Long>> byRange = new HashMap<>();
      for (StoredFile file : store.list(RangeFileName.DIRECTORY)) {
        Optional<RangeFileName> name = RangeFileName.parse(file.name());
        if (name.isPresent()) {
          byRange
              .computeIfAbsent(name.get().range(), range -> new TreeMap<>())
              .put(file.name(), file.length());
        } else {
          ignore(file.name(), "it does not have the name of a range file");
        }
      }
      return byRange;
    }

    /**
     * The chain to go on from: the manifest's own or one that reaches further. Only if neither is
     * sound, older files are looked at.
     */
    RangeEntry newest(RangeEntry base, Map<String, Long> files) throws IOException {
      Map<String, String> failures = new LinkedHashMap<>();
      Optional<RangeEntry> found = firstSound(base, files, base.step(), failures);
      if (found.isEmpty()) {
        found = firstSound(base, files, 1, failures);
      }
      if (found.isEmpty() && !base.files().isEmpty()) {
        throw new CheckpointCorruptException(
            "No saved state of range %s is usable, though the manifest has it at step %d: %s"
                .formatted(base.range(), base.step(), String.join("; ", failures.values())));
      }
      RangeEntry now = found.orElse(base);
      for (String failure : failures.values()) {
        warn("%s. Range %s goes on from step %d".formatted(failure, base.range(), now.step()));
      }
      return now;
    }

    private Optional<RangeEntry> firstSound(
        RangeEntry base, Map<String, Long> files, long fromStep, Map<String, String> failures)
        throws IOException {
      for (RangeEntry chain : chains(base, files, fromStep).newestFirst()) {
        RangeFileRef newest = chain.files().get(chain.files().size() - 1);
        if (chain.step() >= fromStep && !failures.containsKey(newest.file())) {
          String failure = failure(newest, files);
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
          SavedRange saved = RangeFile.verify(store, ref);
          run.requireSame(saved.header().run(), RangeFile.where(store, ref.file()));
        } catch (CheckpointCorruptException e) {
          damaged.add(ref.file());
          return e.getMessage();
        }
      }
      return "";
    }
  }
}
