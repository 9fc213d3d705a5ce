package org.velella.spark.task;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.module.HostFailedException;
import org.velella.module.UnfitInputException;
import org.velella.spark.frame.FailureReason;

/**
 * Finds out by whom a tile fails: elements of the batch do not depend on each other, so each row is
 * computed once by itself, as far as it comes.
 */
final class FailedRows {
  private static final Logger LOG = LoggerFactory.getLogger(FailedRows.class);

  /** Letters of a reason: what users' modules say may be long, and each row has it. */
  private static final int MOST_LETTERS = 1000;

  private final RangeSegment.Tools tools;
  private final RangeRows rows;

  /**
   * @param rows of which the tile has some
   */
  FailedRows(RangeSegment.Tools tools, RangeRows rows) {
    this.tools = tools;
    this.rows = rows;
  }

  /** Computes a row by itself. */
  interface Attempt {
    /**
     * @param row its number
     * @param alone nothing but it
     */
    void run(int row, RangeRows alone) throws IOException;
  }

  /**
   * The rows of a tile that fail, by their numbers, and why.
   *
   * @param thrown by the tile; thrown again if none of its rows fails by itself
   */
  Map<Integer, RangeInput.Failure> of(RuntimeException thrown, int[] tile, Attempt attempt)
      throws IOException {
    Map<Integer, RangeInput.Failure> failed = new TreeMap<>();
    for (int row : tile) {
      tools.requireWanted().run();
      RangeRows alone = rows.select(new int[] {row});
      try {
        attempt.run(row, alone);
      } catch (UnfitInputException e) {
        failed.put(row, failure(alone, FailureReason.UNFIT_VALUE, e));
      } catch (HostFailedException e) {
        failed.put(row, failure(alone, FailureReason.MODULE_FAILED, e));
      }
    }
    if (failed.isEmpty()) {
      throw thrown;
    }
    tell(thrown, failed, tile.length);
    return failed;
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
