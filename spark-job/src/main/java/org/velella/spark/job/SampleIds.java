package org.velella.spark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.velella.checkpoint.SampleRange;
import org.velella.checkpoint.Selection;
import org.velella.spark.frame.RangeIndex;

/**
 * The samples that one command works on, by their ids: all of them, or those of some intervals. A
 * command always takes whole ranges: those in which one of the samples lies, or would lie if it
 * were there.
 */
final class SampleIds {
  /** Every sample. */
  static final SampleIds ALL = new SampleIds(List.of());

  private static final Pattern INTERVAL = Pattern.compile("(-?[0-9]{1,19})?:(-?[0-9]{1,19})?");

  /** Ids from {@code from} up to, but without, {@code to}. */
  private record Interval(long from, long to) {}

  private final List<Interval> intervals;

  private SampleIds(List<Interval> intervals) {
    this.intervals = intervals;
  }

  /**
   * What a user writes: {@code FROM:TO}, where either may be left out, or several of those
   * separated by commas; empty for all.
   *
   * @throws UsageException if it is something else, or an interval is empty
   */
  static SampleIds parse(String text) {
    if (text.isBlank()) {
      return ALL;
    }
    List<Interval> intervals = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = INTERVAL.matcher(part.strip());
      if (!matcher.matches()) {
        throw wrong(part);
      }
      long from = bound(matcher.group(1), Long.MIN_VALUE, part);
      long to = bound(matcher.group(2), Long.MAX_VALUE, part);
      if (from >= to) {
        throw new UsageException(
            "--samples %s selects nothing; TO is the first id after those that are wanted"
                .formatted(part.strip()));
      }
      intervals.add(new Interval(from, to));
    }
    return new SampleIds(intervals);
  }

  private static long bound(String text, long absent, String part) {
    try {
      return text == null ? absent : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong(part);
    }
  }

  private static UsageException wrong(String part) {
    return new UsageException(
        "--samples %s is not FROM:TO with ids of samples, such as 0:1000".formatted(part.strip()));
  }

  boolean isAll() {
    return intervals.isEmpty();
  }

  /**
   * The ranges of a run in which these samples lie.
   *
   * @throws UsageException if there are none
   */
  Selection of(RangeIndex index) {
    if (isAll()) {
      return Selection.all();
    }
    List<SampleRange> ranges = new ArrayList<>();
    for (int range = 0; range < index.ranges(); range++) {
      if (contains(index, range)) {
        ranges.add(new SampleRange(index.firstRank(range), index.endRank(range)));
      }
    }
    if (ranges.isEmpty()) {
      throw new UsageException(
          "--samples selects none of the run's samples, whose ids begin at %d"
              .formatted(index.firstId(0)));
    }
    return ranges.size() == index.ranges() ? Selection.all() : Selection.of(ranges);
  }

  private boolean contains(RangeIndex index, int range) {
    long first = index.firstId(range);
    long last = lastId(index, range);
    return intervals.stream().anyMatch(ids -> ids.from() <= last && first < ids.to());
  }

  /** The largest id that belongs to a range. */
  private static long lastId(RangeIndex index, int range) {
    if (range + 1 < index.ranges()) {
      return index.firstId(range + 1) - 1;
    }
    return index.isConsecutive() ? index.firstId(range) + index.size(range) - 1 : Long.MAX_VALUE;
  }
}
