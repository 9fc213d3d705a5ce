package org.velella.spark.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.velella.spark.frame.BadSampleException;
import org.velella.spark.frame.Fragment;
import org.velella.spark.frame.SampleInput;
import org.velella.spark.frame.SampleKey;
import scala.Tuple2;

/** Decodes a task's fragments, sorted by key, range by range. */
final class RangeReader implements Iterator<RangeInput> {
  private static final Comparator<RangeInput.Failure> UNKNOWN_ORDER =
      Comparator.comparing(RangeInput.Failure::reason).thenComparing(RangeInput.Failure::detail);

  private final Iterator<Tuple2<SampleKey, byte[]>> fragments;
  private final int width;
  private final long steps;
  private Tuple2<SampleKey, byte[]> next;

  /**
   * @param width input elements of the network
   * @param steps steps that the run will do
   */
  RangeReader(Iterator<Tuple2<SampleKey, byte[]>> fragments, int width, long steps) {
    this.fragments = fragments;
    this.width = width;
    this.steps = steps;
    advance();
  }

  private void advance() {
    next = fragments.hasNext() ? fragments.next() : null;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public RangeInput next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    int range = next._1().range();
    Fragment marker = null;
    List<RangeInput.Failure> failures = new ArrayList<>();
    while (isOf(range) && !next._1().isSample()) {
      Fragment fragment = Fragment.of(next._2());
      if (next._1().isMarker()) {
        marker = fragment;
      } else {
        failures.add(new RangeInput.Failure(0, null, fragment.reason(), fragment.detail()));
      }
      advance();
    }
    failures.sort(UNKNOWN_ORDER);
    List<SampleInput> samples = new ArrayList<>();
    long present = marker != null && marker.isAllPresent() ? marker.firstId() : 0;
    long presentEnd = marker != null && marker.isAllPresent() ? present + marker.samples() : 0;
    while (isOf(range)) {
      long id = next._1().sampleId();
      for (; present < presentEnd && present < id; present++) {
        samples.add(SampleInput.silent(present, width));
      }
      present = Math.max(present, id + 1);
      decode(id, samples, failures);
    }
    for (; present < presentEnd; present++) {
      samples.add(SampleInput.silent(present, width));
    }
    return new RangeInput(range, samples, failures);
  }

  private boolean isOf(int range) {
    return next != null && next._1().range() == range;
  }

  /** Takes all fragments of one sample; a bad one concerns nobody else. */
  private void decode(long id, List<SampleInput> samples, List<RangeInput.Failure> failures) {
    SampleKey key = next._1();
    List<Fragment> all = new ArrayList<>();
    while (next != null && next._1().equals(key)) {
      all.add(Fragment.of(next._2()));
      advance();
    }
    try {
      samples.add(SampleInput.of(id, all, width, steps));
    } catch (BadSampleException e) {
      failures.add(new RangeInput.Failure(0, id, e.reason(), e.detail()));
    }
  }
}
