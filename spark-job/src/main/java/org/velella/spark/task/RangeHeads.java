package org.velella.spark.task;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.DeviceCounts;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.RangeLooks;
import org.velella.checkpoint.SampleRange;

/**
 * Some ranges of a run, and for each its newest file; broadcast once. Of plain fields only, so that
 * any of Spark's serializers carries it.
 */
public final class RangeHeads implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[] ranges;
  private final long[] lo;
  private final long[] hi;

  /** Of the newest file; null where nothing has been saved. */
  private final String[] files;

  private final long[] bytes;
  private final String[] checksums;
  private final String[] shared;

  /** What the steps so far have used of devices, as text; null if nothing. */
  private final String[] devices;

  /** Of the tasks of this process; null before they are asked for, guarded by this. */
  private transient RangeLooks looks;

  private RangeHeads(List<RangeEntry> all, int[] numbers) {
    ranges = numbers;
    lo = new long[ranges.length];
    hi = new long[ranges.length];
    files = new String[ranges.length];
    bytes = new long[ranges.length];
    checksums = new String[ranges.length];
    shared = new String[ranges.length];
    devices = new String[ranges.length];
    for (int i = 0; i < ranges.length; i++) {
      RangeEntry entry = all.get(ranges[i]);
      lo[i] = entry.range().lo();
      hi[i] = entry.range().hi();
      if (entry.current().isPresent()) {
        RangeFileRef file = entry.current().get();
        files[i] = file.file();
        bytes[i] = file.bytes();
        checksums[i] = file.crc32c();
        shared[i] = file.shared();
        devices[i] = file.devices().isNone() ? null : file.devices().text();
      }
    }
  }

  /**
   * Those of all of a run's ranges, in order, that have not reached a step.
   *
   * @param wanted which ranges count
   */
  public static RangeHeads before(
      List<RangeEntry> all, long targetSteps, Predicate<SampleRange> wanted) {
    return new RangeHeads(
        all,
        IntStream.range(0, all.size())
            .filter(range -> all.get(range).step() < targetSteps)
            .filter(range -> wanted.test(all.get(range).range()))
            .toArray());
  }

  /** All of a run's ranges. */
  public static RangeHeads of(List<RangeEntry> all) {
    return new RangeHeads(all, IntStream.range(0, all.size()).toArray());
  }

  /** Their numbers, ascending. */
  public int[] numbers() {
    return ranges.clone();
  }

  /** How many they are. */
  public int count() {
    return ranges.length;
  }

  /** The step of a range's newest file; {@link Long#MAX_VALUE} if it is not among these. */
  long step(SampleRange range) {
    int at = Arrays.binarySearch(lo, range.lo());
    if (at < 0 || hi[at] != range.hi()) {
      return Long.MAX_VALUE;
    }
    return files[at] == null ? 0 : stepOf(files[at]);
  }

  private static long stepOf(String file) {
    return RangeFileName.parse(file).orElseThrow().step();
  }

  /** What attempts have saved beyond this; the same for all tasks of a process. */
  synchronized RangeLooks looks(CheckpointStore store) {
    if (looks == null) {
      looks = new RangeLooks(store, this::step, System::nanoTime);
    }
    return looks;
  }

  /** Where a range stands: its newest file, without those before it and without recordings. */
  RangeEntry start(int range) {
    int at = Arrays.binarySearch(ranges, range);
    if (at < 0) {
      throw new IllegalArgumentException("Range " + range + " is not among these");
    }
    RangeEntry fresh = RangeEntry.fresh(new SampleRange(lo[at], hi[at]));
    if (files[at] == null) {
      return fresh;
    }
    long step = stepOf(files[at]);
    DeviceCounts used = devices[at] == null ? DeviceCounts.NONE : DeviceCounts.of(devices[at]);
    return fresh.append(
        new RangeFileRef(files[at], step, bytes[at], checksums[at], shared[at], used), List.of());
  }
}
