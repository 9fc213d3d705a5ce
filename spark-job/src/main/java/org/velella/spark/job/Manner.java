package org.velella.spark.job;

import java.util.function.Consumer;
import org.velella.checkpoint.RangeEntry;
import org.velella.spark.task.CheckpointInterval;
import org.velella.spark.task.CheckpointSchedule;
import org.velella.spark.task.LittleRoom;

/**
 * How a run is computed; none of it changes a bit of the results.
 *
 * @param backend a backend's name, or {@code auto}
 * @param tileSize samples of one kernel pass; 0: chosen by memory
 * @param partitions tasks that the ranges are spread over; 0: about three per core
 * @param samples which samples are to be worked on, as {@code FROM:TO} says it; empty: all
 * @param failFast whether one bad sample stops the run
 * @param keep files of each range that a checkpoint lists, to fall back on; {@link #AS_BEGUN}: as
 *     when the run began
 * @param mtbfSeconds in which, on average, one executor fails; {@link #AS_BEGUN}: as when the run
 *     began
 * @param selfCheck every how many tiles of a task one is computed again on the scalar backend and
 *     compared; 0: none
 * @param gpuPermits how many tiles may be on a GPU at once, of all the tasks in a process
 * @param littleRoom what becomes of a run that may record more than there is room for
 * @param budget what one call may spend
 */
public record Manner(
    String backend,
    int tileSize,
    int partitions,
    String samples,
    boolean failFast,
    int keep,
    double mtbfSeconds,
    int selfCheck,
    int gpuPermits,
    LittleRoom littleRoom,
    Budget budget) {
  /** For what a run remembers; a run that begins takes what is usual. */
  public static final int AS_BEGUN = 0;

  /** Files of each range that are kept unless a user says otherwise. */
  public static final int USUAL_KEEP = RangeEntry.DEFAULT_KEPT_FILES;

  /** While one tile is computed, the next one is copied. */
  public static final int USUAL_GPU_PERMITS = 2;

  /** As a user finds it who says nothing. */
  public static final Manner USUAL =
      new Manner(
          "auto",
          0,
          0,
          "",
          false,
          AS_BEGUN,
          AS_BEGUN,
          0,
          USUAL_GPU_PERMITS,
          LittleRoom.REFUSE,
          Budget.NONE);

  /** Instead of steps between two checkpoints: as often as is worth it. */
  public static final long AUTO = CheckpointSchedule.AUTO;

  /**
   * @throws UsageException if something is out of its range; the message names the option
   */
  public Manner {
    requireNotNegative("--tile-size", tileSize, "chosen by memory");
    requireNotNegative("--partitions", partitions, "about three per core");
    requireNotNegative("--self-check", selfCheck, "no checks");
    if (gpuPermits < 1) {
      throw new UsageException(
          "--gpu-permits is " + gpuPermits + "; give how many tiles a GPU may have, at least 1");
    }
    if (keep != AS_BEGUN) {
      requireKeep(keep);
    }
    if (mtbfSeconds != AS_BEGUN) {
      requireMtbf(mtbfSeconds);
    }
    SampleIds.parse(samples);
  }

  /** Some files of each range, as a user says it. */
  public static int requireKeep(int files) {
    if (files < 1) {
      throw new UsageException(
          "--keep is " + files + "; give how many files of each range to keep, at least 1");
    }
    return files;
  }

  /** A time between failures, as a user says it. */
  public static double requireMtbf(double seconds) {
    if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw new UsageException("--mtbf is " + seconds + " s; give a positive time");
    }
    return seconds;
  }

  /** With what a run that begins does not say. */
  Manner orUsual() {
    return orAsBegun(USUAL_KEEP, CheckpointInterval.USUAL_MTBF_SECONDS);
  }

  /** With what a run remembers, where nothing else is said. */
  Manner orAsBegun(int files, double seconds) {
    Manner kept = keep == AS_BEGUN ? withKeep(files) : this;
    return mtbfSeconds == AS_BEGUN ? kept.withMtbfSeconds(seconds) : kept;
  }

  static void requireNotNegative(String option, long value, String zero) {
    if (value < 0) {
      throw new UsageException(
          option + " is " + value + "; give a positive number, or 0 for: " + zero);
    }
  }

  /**
   * What becomes of a run that may record more than there is room for, as a user says it.
   *
   * @throws UsageException if it is neither {@code refuse} nor {@code warn}
   */
  public static LittleRoom requireLittleRoom(String name) {
    for (LittleRoom each : LittleRoom.values()) {
      if (each.toString().equals(name)) {
        return each;
      }
    }
    throw new UsageException("--little-room is '" + name + "'; give refuse or warn");
  }

  SampleIds sampleIds() {
    return SampleIds.parse(samples);
  }

  Manner withBackend(String name) {
    return with(draft -> draft.backend = name);
  }

  Manner withTileSize(int size) {
    return with(draft -> draft.tileSize = size);
  }

  Manner withPartitions(int count) {
    return with(draft -> draft.partitions = count);
  }

  Manner withSamples(String ids) {
    return with(draft -> draft.samples = ids);
  }

  Manner withFailFast(boolean first) {
    return with(draft -> draft.failFast = first);
  }

  Manner withKeep(int files) {
    return with(draft -> draft.keep = requireKeep(files));
  }

  Manner withMtbfSeconds(double seconds) {
    return with(draft -> draft.mtbfSeconds = requireMtbf(seconds));
  }

  Manner withSelfCheck(int every) {
    return with(draft -> draft.selfCheck = every);
  }

  Manner withGpuPermits(int tiles) {
    return with(draft -> draft.gpuPermits = tiles);
  }

  Manner withLittleRoom(LittleRoom otherwise) {
    return with(draft -> draft.littleRoom = otherwise);
  }

  Manner withBudget(Budget spend) {
    return with(draft -> draft.budget = spend);
  }

  private Manner with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.manner();
  }

  /** A manner of which one thing is about to change. */
  private static final class Draft {
    private String backend;
    private int tileSize;
    private int partitions;
    private String samples;
    private boolean failFast;
    private int keep;
    private double mtbfSeconds;
    private int selfCheck;
    private int gpuPermits;
    private LittleRoom littleRoom;
    private Budget budget;

    Draft(Manner from) {
      backend = from.backend;
      tileSize = from.tileSize;
      partitions = from.partitions;
      samples = from.samples;
      failFast = from.failFast;
      keep = from.keep;
      mtbfSeconds = from.mtbfSeconds;
      selfCheck = from.selfCheck;
      gpuPermits = from.gpuPermits;
      littleRoom = from.littleRoom;
      budget = from.budget;
    }

    Manner manner() {
      return new Manner(
          backend,
          tileSize,
          partitions,
          samples,
          failFast,
          keep,
          mtbfSeconds,
          selfCheck,
          gpuPermits,
          littleRoom,
          budget);
    }
  }
}
