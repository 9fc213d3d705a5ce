package org.velella.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

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
    List<RangeEntry> ranges) {
  /** The writer's key that tells two processes apart which write the same. */
  public static final String ATTEMPT = "attempt";

  /** The most ranges that a run may have; larger runs need larger ranges. */
  public static final int MAX_RANGES = 1 << 24;

  /**
   * @throws IllegalArgumentException if a number is out of bounds, there would be more than {@link
   *     #MAX_RANGES}, a range is not one of the run's, or ranges overlap or do not ascend
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
    requireRangesOfTheRun(ranges, samples, rangeSize);
    requireEqualSharedMemories(ranges);
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

  /** The first manifest of a run, in which nothing has been simulated. */
  public static Manifest first(
      RunIdentity run,
      long samples,
      long targetSteps,
      int rangeSize,
      SortedMap<String, String> writer) {
    return new Manifest(1, Parent.NONE, run, samples, targetSteps, rangeSize, writer, List.of());
  }

  /** Every range of the run in order, fresh ones included. */
  public List<RangeEntry> allRanges() {
    Map<SampleRange, RangeEntry> saved = new HashMap<>();
    ranges.forEach(entry -> saved.put(entry.range(), entry));
    List<RangeEntry> all = new ArrayList<>();
    for (long lo = 0; lo < samples; lo += rangeSize) {
      SampleRange range = rangeAt(lo, samples, rangeSize);
      all.add(saved.getOrDefault(range, RangeEntry.fresh(range)));
    }
    return all;
  }

  /** Whether every range has reached the target. */
  public boolean isComplete() {
    return allRanges().stream().allMatch(entry -> entry.step() >= targetSteps);
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
