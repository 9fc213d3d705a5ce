package org.velella.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.provenance.Checksums;

/**
 * One committed version of a run's checkpoint: which ranges have come how far, in which files.
 *
 * @param version from 1
 * @param parent the version this one continues
 * @param run what all of it belongs to
 * @param samples N, the number of samples
 * @param targetSteps T, the steps that the run shall have
 * @param rangeSize samples per range; the last range may have fewer
 * @param writer who wrote it, free-form; {@code attempt} must be unique to the process
 * @param selection the samples that its writer worked on; other writers may work on the others
 * @param ranges those of which something has been saved, ascending
 */
public record Manifest(
    long version,
    Parent parent,
    RunIdentity run,
    long samples,
    long targetSteps,
    int rangeSize,
    SortedMap<String, String> writer,
    Selection selection,
    List<RangeEntry> ranges) {
  /** The writer's key that tells two processes apart which write the same. */
  public static final String ATTEMPT = "attempt";

  /** The most ranges that one file lists; manifests of more have parts. */
  public static final int RANGES_OF_A_FILE = 4096;

  /** The most ranges that a run may have; larger runs need larger ranges. */
  public static final int MAX_RANGES = 1 << 24;

  /**
   * @throws IllegalArgumentException if a number is out of bounds, there would be more than {@link
   *     #MAX_RANGES}, a range is not one of the run's, ranges overlap or do not ascend, or the
   *     selection is not made of whole ranges
   * @throws CheckpointMismatchException if ranges at the same step have different shared memories
   */
  public Manifest {
    ranges = List.copyOf(ranges);
    writer = Collections.unmodifiableSortedMap(new TreeMap<>(writer));
    if (version < 1 || samples < 0 || targetSteps < 0 || rangeSize < 1) {
      throw new IllegalArgumentException(
          "A manifest cannot have version %d, %d samples, %d steps and ranges of %d"
              .formatted(version, samples, targetSteps, rangeSize));
    }
    if (samples / rangeSize >= MAX_RANGES) {
      throw new IllegalArgumentException(
          "%d samples in ranges of %d are more than %d ranges; make the ranges larger"
              .formatted(samples, rangeSize, MAX_RANGES));
    }
    if (parent.version() >= version) {
      throw new IllegalArgumentException(
          "Manifest %d cannot continue manifest %d".formatted(version, parent.version()));
    }
    if (writer.getOrDefault(ATTEMPT, "").isBlank()) {
      throw new IllegalArgumentException("The writer of a manifest needs an '" + ATTEMPT + "'");
    }
    selection.requireWholeRanges(samples, rangeSize);
    requireRangesOfTheRun(ranges, samples, rangeSize);
    requireEqualSharedMemories(ranges);
  }

  /** A manifest whose writer works on all samples. */
  public Manifest(
      long version,
      Parent parent,
      RunIdentity run,
      long samples,
      long targetSteps,
      int rangeSize,
      SortedMap<String, String> writer,
      List<RangeEntry> ranges) {
    this(version, parent, run, samples, targetSteps, rangeSize, writer, Selection.all(), ranges);
  }

  private static void requireRangesOfTheRun(List<RangeEntry> ranges, long samples, int rangeSize) {
    long from = 0;
    for (RangeEntry entry : ranges) {
      SampleRange range = entry.range();
      if (range.lo() < from
          || range.lo() >= samples
          || !range.equals(rangeAt(range.lo(), samples, rangeSize))
          || entry.files().isEmpty()) {
        throw new IllegalArgumentException(
            "%s is not a saved range of %d samples in ranges of %d, or it is out of order"
                .formatted(range, samples, rangeSize));
      }
      from = range.hi();
    }
  }

  private static void requireEqualSharedMemories(List<RangeEntry> ranges) {
    Map<Long, RangeEntry> firstAtStep = new HashMap<>();
    for (RangeEntry entry : ranges) {
      RangeEntry first = firstAtStep.putIfAbsent(entry.step(), entry);
      if (first != null && !shared(first).equals(shared(entry))) {
        throw new CheckpointMismatchException(
            "Ranges %s and %s have different shared memories after the same step %d, so one of them depends on its own samples; give such a memory the scope per-sample"
                .formatted(first.range(), entry.range(), entry.step()));
      }
    }
  }

  private static String shared(RangeEntry entry) {
    return entry.files().get(entry.files().size() - 1).shared();
  }

  private static SampleRange rangeAt(long sample, long samples, int rangeSize) {
    long lo = sample - sample % rangeSize;
    return new SampleRange(lo, Math.min(samples, lo + rangeSize));
  }

  /** The run's range that holds a sample. */
  SampleRange rangeAt(long sample) {
    return rangeAt(sample, samples, rangeSize);
  }

  /** The first manifest of a run, in which nothing has been simulated. */
  public static Manifest first(
      RunIdentity run,
      long samples,
      long targetSteps,
      int rangeSize,
      SortedMap<String, String> writer) {
    return first(run, samples, targetSteps, rangeSize, writer, Selection.all());
  }

  /** As {@link #first}, by a writer that works on a selection. */
  public static Manifest first(
      RunIdentity run,
      long samples,
      long targetSteps,
      int rangeSize,
      SortedMap<String, String> writer,
      Selection selection) {
    return new Manifest(
        1, Parent.NONE, run, samples, targetSteps, rangeSize, writer, selection, List.of());
  }

  /** How many ranges the run has, saved ones and others. */
  public int rangeCount() {
    return (int) ((samples + rangeSize - 1) / rangeSize);
  }

  /** Every range of the run in order, fresh ones included. */
  public List<RangeEntry> allRanges() {
    List<RangeEntry> all = new ArrayList<>(rangeCount());
    int saved = 0;
    for (long lo = 0; lo < samples; lo += rangeSize) {
      if (saved < ranges.size() && ranges.get(saved).range().lo() == lo) {
        all.add(ranges.get(saved++));
      } else {
        all.add(RangeEntry.fresh(rangeAt(lo, samples, rangeSize)));
      }
    }
    return all;
  }

  /** The entry of a range, fresh if nothing of it has been saved. */
  public RangeEntry entry(SampleRange range) {
    int at = Collections.binarySearch(ranges, RangeEntry.fresh(range), RangeEntry.BY_RANGE);
    return at < 0 ? RangeEntry.fresh(range) : ranges.get(at);
  }

  /** Whether every range has reached the target. */
  public boolean isComplete() {
    return (targetSteps == 0 || ranges.size() == rangeCount())
        && ranges.stream().allMatch(entry -> entry.step() >= targetSteps);
  }

  /**
   * This manifest on top of one that another writer has committed meanwhile: its entries for the
   * ranges of this manifest's selection, the other's for all others, and the later of the two
   * targets.
   *
   * @param newest of the same run
   */
  Manifest rebasedOn(ManifestHead newest) {
    Manifest theirs = newest.manifest();
    List<RangeEntry> merged = new ArrayList<>();
    for (RangeEntry entry : theirs.ranges) {
      if (!selection.contains(entry.range())) {
        merged.add(entry);
      }
    }
    for (RangeEntry entry : ranges) {
      if (selection.contains(entry.range())) {
        merged.add(entry);
      }
    }
    merged.sort(RangeEntry.BY_RANGE);
    return new Manifest(
        newest.nextVersion(),
        new Parent(theirs.version, newest.crc32c()),
        run,
        samples,
        Math.max(targetSteps, theirs.targetSteps),
        rangeSize,
        writer,
        selection,
        merged);
  }

  Manifest withSelection(Selection other) {
    return new Manifest(
        version, parent, run, samples, targetSteps, rangeSize, writer, other, ranges);
  }

  /** Whether another manifest of the run says the same about this one's selection. */
  boolean isKeptBy(Manifest later) {
    return selected(this).equals(selected(later));
  }

  private List<RangeEntry> selected(Manifest manifest) {
    return manifest.ranges.stream().filter(entry -> selection.contains(entry.range())).toList();
  }

  /**
   * An earlier manifest by version and checksum.
   *
   * @param version 0 for none
   */
  public record Parent(long version, String crc32c) {
    /** No parent. */
    public static final Parent NONE = new Parent(0, "");

    /**
     * @throws IllegalArgumentException if the version is negative or the checksum has another form
     */
    public Parent {
      if (version != 0 || !crc32c.isEmpty()) {
        Checksums.requireHex(crc32c);
        if (version < 1) {
          throw new IllegalArgumentException("A manifest has version 1 or later, not " + version);
        }
      }
    }
  }
}
