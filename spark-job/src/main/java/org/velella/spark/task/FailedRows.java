package org.velella.spark.task;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.module.HostFailedException;
import org.velella.module.UnfitInputException;
import org.velella.spark.frame.FailureReason;

/**
 * Finds out by whom a tile fails: elements of the batch do not depend on each other, so the tile is
 * computed again by halves, and only those that fail are cut further.
 */
final class FailedRows {
  private static final Logger LOG = LoggerFactory.getLogger(FailedRows.class);

  /** Letters of a reason: what users' modules say may be long, and each row has it. */
  private static final int MOST_LETTERS = 1000;

  private final Wanted wanted;
  private final RangeRows rows;

  /**
   * @param rows of the tile
   */
  FailedRows(Wanted wanted, RangeRows rows) {
    this.wanted = wanted;
    this.rows = rows;
  }

  /** Computes some rows of the tile by themselves. */
  interface Attempt {
    /**
     * @param places their numbers in the tile, ascending
     * @param few nothing but them
     */
    void run(int[] places, RangeRows few) throws IOException;
  }

  /**
   * The rows that fail, by their numbers in the tile, and why.
   *
   * @param thrown by the tile; thrown again if none of its rows fails by itself
   */
  Map<Integer, RangeInput.Failure> of(RuntimeException thrown, Attempt attempt) throws IOException {
    wanted.requireOfSamples(thrown);
    Map<Integer, RangeInput.Failure> failed = new TreeMap<>();
    int[] all = IntStream.range(0, rows.size()).toArray();
    if (all.length == 1) {
      // It has just been computed by itself.
      failed.put(0, failure(rows, thrown));
    } else {
      halves(all, attempt, failed);
    }
    if (failed.isEmpty()) {
      throw thrown;
    }
    tell(thrown, failed, all.length);
    return failed;
  }

  private void halves(int[] places, Attempt attempt, Map<Integer, RangeInput.Failure> failed)
      throws IOException {
    int middle = places.length / 2;
    find(Arrays.copyOf(places, middle), attempt, failed);
    find(Arrays.copyOfRange(places, middle, places.length), attempt, failed);
  }

  private void find(int[] places, Attempt attempt, Map<Integer, RangeInput.Failure> failed)
      throws IOException {
    wanted.require();
    RangeRows few = rows.select(places);
    try {
      attempt.run(places, few);
    } catch (UnfitInputException | HostFailedException e) {
      wanted.requireOfSamples(e);
      if (places.length > 1) {
        halves(places, attempt, failed);
      } else {
        failed.put(places[0], failure(few, e));
      }
    }
  }

  private static RangeInput.Failure failure(RangeRows alone, RuntimeException why) {
    return failure(
        alone,
        why instanceof HostFailedException
            ? FailureReason.MODULE_FAILED
            : FailureReason.UNFIT_VALUE,
        why);
  }

  private static RangeInput.Failure failure(
      RangeRows alone, FailureReason reason, RuntimeException why) {
    String text = why.getMessage();
    String detail = text.length() > MOST_LETTERS ? text.substring(0, MOST_LETTERS) + " …" : text;
    RowIds id = alone.ids(0, 1);
    return new RangeInput.Failure(id.trials()[0], id.samples()[0], reason, detail);
  }

  /** The table has no stack of a user's exception, so the log has. */
  private static void tell(
      RuntimeException thrown, Map<Integer, RangeInput.Failure> failed, int all) {
    if (!(thrown instanceof HostFailedException)) {
      return;
    }
    long reasons = failed.values().stream().map(RangeInput.Failure::detail).distinct().count();
    boolean alike = all > 1 && failed.size() == all && reasons == 1;
    LOG.warn(
        "{} of the {} samples of a tile fail in a user's module{}; the others go on without them",
        failed.size(),
        all,
        alike ? ", all alike, which the module may be the reason of" : "",
        thrown);
  }
}
