package org.velella.checkpoint;

import java.io.IOException;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * What attempts have saved beyond what the tasks of a run were given, for those tasks that are
 * tried again. Storages list a directory only as a whole, and that of a large run has hundreds of
 * thousands of files, so the tasks of a process share a look, and look anew only when looks have
 * taken a small share of the time, or a task begins and a look takes little. What is saved in
 * between is repeated, if no manifest lists it by then. Safe for several threads.
 */
public final class RangeLooks {
  /** A look that took a second is good for this many. */
  private static final int LASTS = 20;

  /** However long one took: the process may have stood still. */
  private static final long LASTS_AT_MOST_NANOS = 1_800_000_000_000L;

  /** What a task takes for a look of its own when it begins. */
  private static final long LITTLE_NANOS = 1_000_000_000L;

  private final CheckpointStore store;
  private final ToLongFunction<SampleRange> known;
  private final LongSupplier nanos;

  /** Null before the first look; guarded by this, as are the next fields. */
  private RangeListing last;

  private long begunAt;
  private long endedAt;

  /**
   * @param known the step at which tasks were given a range; {@link Long#MAX_VALUE} for those that
   *     they were not given
   * @param nanos a clock, such as {@link System#nanoTime}
   */
  public RangeLooks(CheckpointStore store, ToLongFunction<SampleRange> known, LongSupplier nanos) {
    this.store = store;
    this.known = known;
    this.nanos = nanos;
  }

  /**
   * The looks of a task that begins now. Where a look takes little, it sees all that is saved by
   * now.
   */
  public OfTask ofTask() {
    return new OfTask(nanos.getAsLong());
  }

  /** The looks of one task. */
  public final class OfTask {
    private final long taskBegunAt;

    private OfTask(long taskBegunAt) {
      this.taskBegunAt = taskBegunAt;
    }

    /** A range's files at later steps than the given one, with their lengths, as of a look. */
    Map<String, Long> further(SampleRange range) throws IOException {
      return RangeLooks.this.further(range, taskBegunAt);
    }

    /** All files of a range as they are now: a look of its own, for where something is damaged. */
    Map<String, Long> all(SampleRange range) throws IOException {
      return RangeListing.some(store, name -> name.range().equals(range)).of(range);
    }
  }

  private synchronized Map<String, Long> further(SampleRange range, long taskBegunAt)
      throws IOException {
    long now = nanos.getAsLong();
    if (last == null || isOver(now) || begunAt - taskBegunAt < 0 && took() <= LITTLE_NANOS) {
      last = RangeListing.some(store, name -> name.step() > known.applyAsLong(name.range()));
      begunAt = now;
      endedAt = nanos.getAsLong();
    }
    return last.of(range);
  }

  private long took() {
    return endedAt - begunAt;
  }

  private boolean isOver(long now) {
    return now - endedAt >= Math.min(LASTS * took(), LASTS_AT_MOST_NANOS);
  }
}
