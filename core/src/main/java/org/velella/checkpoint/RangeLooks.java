package org.velella.checkpoint;

import java.io.IOException;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * What attempts have saved beyond what the tasks of a run were given, for those tasks that are
 * tried again. Storages list a directory only as a whole, and that of a large run has hundreds of
 * thousands of files, so the tasks of a process share a look, and look anew only when looks have
 * taken a small share of the time. What is saved in between is repeated, if no manifest lists it by
 * then. Safe for several threads.
 */
public final class RangeLooks {
  /** A look that took a second is good for this many. */
  private static final int LASTS = 20;

  private final CheckpointStore store;
  private final ToLongFunction<SampleRange> known;
  private final LongSupplier nanos;

  /** Null before the first look; guarded by this, as is the next field. */
  private RangeListing last;

  private long lookAgainAt;

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

  /** A range's files at later steps than the given one, with their lengths, as of the last look. */
  synchronized Map<String, Long> further(SampleRange range) throws IOException {
    long now = nanos.getAsLong();
    if (last == null || now - lookAgainAt >= 0) {
      last = RangeListing.some(store, name -> name.step() > known.applyAsLong(name.range()));
      long end = nanos.getAsLong();
      lookAgainAt = end + LASTS * (end - now);
    }
    return last.of(range);
  }

  /** All files of a range as they are now: a look of its own, for where something is damaged. */
  Map<String, Long> all(SampleRange range) throws IOException {
    return RangeListing.some(store, name -> name.range().equals(range)).of(range);
  }
}
