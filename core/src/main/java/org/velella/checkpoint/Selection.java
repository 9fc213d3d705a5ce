package org.velella.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;

/**
 * The samples that one driver works on, by their place in the run: all of them, or some ranges.
 * Drivers whose selections have no sample in common can work on one run at the same time.
 *
 * @param intervals ascending, with samples in between that are not selected
 */
public record Selection(List<Interval> intervals) {
  private static final Selection ALL = new Selection(List.of(new Interval(0, Long.MAX_VALUE)));
  private static final String KEY = "selection";

  /**
   * Consecutive samples, {@code lo} up to but without {@code hi}.
   *
   * @param lo from 0
   * @param hi above {@code lo}
   */
  public record Interval(long lo, long hi) {
    /**
     * @throws IllegalArgumentException if it is empty or begins below zero
     */
    public Interval {
      if (lo < 0 || hi <= lo) {
        throw new IllegalArgumentException(
            "[%d, %d) is not an interval of samples".formatted(lo, hi));
      }
    }

    @Override
    public String toString() {
      return "[" + lo + ", " + hi + ")";
    }
  }

  /**
   * @throws IllegalArgumentException if nothing is selected, or the intervals do not ascend or
   *     touch each other
   */
  public Selection {
    intervals = List.copyOf(intervals);
    if (intervals.isEmpty()) {
      throw new IllegalArgumentException("A selection needs at least one sample");
    }
    for (int i = 1; i < intervals.size(); i++) {
      if (intervals.get(i).lo() <= intervals.get(i - 1).hi()) {
        throw new IllegalArgumentException(
            "Selected samples %s and %s do not ascend with others in between"
                .formatted(intervals.get(i - 1), intervals.get(i)));
      }
    }
  }

  /** Every sample of the run. */
  public static Selection all() {
    return ALL;
  }

  /**
   * The samples of some ranges.
   *
   * @param ranges at least one, ascending
   * @throws IllegalArgumentException if there is none, or they overlap or do not ascend
   */
  public static Selection of(Collection<SampleRange> ranges) {
    List<Interval> joined = new ArrayList<>();
    for (SampleRange range : ranges) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).hi() == range.lo()) {
        joined.set(last, new Interval(joined.get(last).lo(), range.hi()));
      } else {
        joined.add(new Interval(range.lo(), range.hi()));
      }
    }
    return new Selection(joined);
  }

  /** Whether every sample of every run is selected. */
  public boolean isAll() {
    return equals(ALL);
  }

  /** Whether some sample of the range is selected. */
  public boolean contains(SampleRange range) {
    int from = 0;
    int to = intervals.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (intervals.get(middle).hi() <= range.lo()) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from < intervals.size() && intervals.get(from).lo() < range.hi();
  }

  /** Whether some sample is in both. */
  public boolean intersects(Selection other) {
    int mine = 0;
    int theirs = 0;
    while (mine < intervals.size() && theirs < other.intervals.size()) {
      Interval a = intervals.get(mine);
      Interval b = other.intervals.get(theirs);
      if (a.lo() < b.hi() && b.lo() < a.hi()) {
        return true;
      }
      if (a.hi() <= b.lo()) {
        mine++;
      } else {
        theirs++;
      }
    }
    return false;
  }

  /** Checks that only whole ranges of a run are selected, so that it is clear who has which. */
  void requireWholeRanges(long samples, int rangeSize) {
    if (isAll()) {
      return;
    }
    for (Interval interval : intervals) {
      boolean endsOne = interval.hi() == samples || interval.hi() % rangeSize == 0;
      if (interval.lo() % rangeSize != 0 || interval.hi() > samples || !endsOne) {
        throw new IllegalArgumentException(
            "Selected samples %s are not whole ranges of %d samples in ranges of %d"
                .formatted(interval, samples, rangeSize));
      }
    }
  }

  /** The intervals as pairs, for {@code [[lo, hi], …]} in JSON. */
  public ArrayNode toJson() {
    ArrayNode array = CanonicalJson.object().arrayNode();
    for (Interval interval : intervals) {
      array.addArray().add(interval.lo()).add(interval.hi());
    }
    return array;
  }

  /**
   * What an object has under {@code selection}; without it, {@link #all()}.
   *
   * @throws IllegalArgumentException if it is not a list of ascending pairs
   */
  public static Selection fromJson(JsonFields json) {
    if (!json.has(KEY)) {
      return ALL;
    }
    List<Interval> intervals = new ArrayList<>();
    for (JsonNode pair : json.array(KEY)) {
      JsonNode lo = pair.path(0);
      JsonNode hi = pair.path(1);
      if (pair.size() != 2 || !lo.isIntegralNumber() || !hi.isIntegralNumber()) {
        throw new JsonException("'" + KEY + "' of " + json.where() + " holds " + pair);
      }
      if (!lo.canConvertToLong() || !hi.canConvertToLong()) {
        throw new JsonException("'" + KEY + "' of " + json.where() + " holds " + pair);
      }
      intervals.add(new Interval(lo.longValue(), hi.longValue()));
    }
    return new Selection(intervals);
  }

  @Override
  public String toString() {
    if (isAll()) {
      return "all samples";
    }
    List<String> words = intervals.stream().map(Interval::toString).toList();
    return "samples " + String.join(", ", words);
  }
}
