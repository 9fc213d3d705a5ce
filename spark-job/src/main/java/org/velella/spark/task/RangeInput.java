package org.velella.spark.task;

import java.util.Arrays;
import java.util.List;
import org.velella.simulate.TileInput;
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
   * A sample that cannot be simulated.
   *
   * @param sampleId null if no id is known
   */
  record Failure(Long sampleId, FailureReason reason, String detail) {}

  RangeInput {
    samples = List.copyOf(samples);
    failures = List.copyOf(failures);
  }

  /** The ids of the samples that can be simulated, ascending. */
  long[] sampleIds() {
    return samples.stream().mapToLong(SampleInput::sampleId).toArray();
  }

  /** How many events of these samples lie at or after a step. */
  long eventsFrom(long step) {
    return samples.stream().mapToLong(sample -> sample.eventsFrom(step)).sum();
  }

  /** The input of the samples {@code [from, to)} as a tile. */
  TileInput tile(int from, int to) {
    SampleInput[] tile = samples.subList(from, to).toArray(SampleInput[]::new);
    return (firstStep, steps, target) -> {
      Arrays.fill(target, 0);
      for (int n = 0; n < tile.length; n++) {
        tile[n].fill(firstStep, steps, target, n, tile.length);
      }
    };
  }
}
