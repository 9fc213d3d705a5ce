package org.velella.spark.task;

import java.util.Comparator;
import java.util.List;
import org.velella.spark.frame.FailureReason;
import org.velella.spark.frame.SampleInput;

/**
 * The decoded input of one range.
 *
 * @param range its number
 * @param samples those that can be simulated, in the order of their ids
 * @param failures those that cannot
 */
record RangeInput(int range, List<SampleInput> samples, List<Failure> failures) {
  /**
   * What cannot be simulated.
   *
   * @param trialId of its trial; 0 before that is known
   * @param sampleId null if no id is known, or if it is the whole trial
   */
  record Failure(long trialId, Long sampleId, FailureReason reason, String detail) {
    /** By trial, then by sample, those without an id first. */
    static final Comparator<Failure> ORDER =
        Comparator.comparingLong(Failure::trialId)
            .thenComparing(Failure::sampleId, Comparator.nullsFirst(Comparator.naturalOrder()));

    /** Which sample and why, in words. */
    String text() {
      return "%s%s: %s (%s)"
          .formatted(
              trialId == 0 ? "" : "trial " + trialId + ", ",
              sampleId == null ? "a row" : "sample " + sampleId,
              detail,
              reason.text());
    }

    /** The same in a trial. */
    Failure of(long trial) {
      return new Failure(trial, sampleId, reason, detail);
    }
  }

  RangeInput {
    samples = List.copyOf(samples);
    failures = List.copyOf(failures);
  }

  /** How many events of these samples lie at or after a step. */
  long eventsFrom(long step) {
    return samples.stream().mapToLong(sample -> sample.eventsFrom(step)).sum();
  }
}
