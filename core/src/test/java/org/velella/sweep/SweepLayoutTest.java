package org.velella.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.velella.testkit.Seeded;

class SweepLayoutTest {
  /** Every (trial, sample) pair is ticked off by itself, as nothing else than this test could. */
  @Seeded
  void countsTrialsAndPairsAsOneWouldByHand(SplittableRandom random) {
    for (int example = 0; example < 200; example++) {
      List<Long> generations = new ArrayList<>();
      for (int g = random.nextInt(1, 4); g > 0; g--) {
        generations.add(random.nextLong(1, 12));
      }
      int samples = random.nextInt(1, 9);
      SweepLayout layout =
          new SweepLayout(generations, samples, random.nextInt(1, 6), random.nextInt(1, 6));
      BitSet done = new BitSet();
      for (int range = 0; range < layout.ranges(); range++) {
        done.set(range, random.nextInt(4) > 0);
      }
      int trials = generations.stream().mapToInt(Long::intValue).sum();
      BitSet pairs = new BitSet();
      long counted = 0;
      for (int range = 0; range < layout.ranges(); range++) {
        counted += layout.pairs(range);
        if (done.get(range)) {
          tick(layout, range, samples, pairs);
        }
      }
      int whole = 0;
      for (int trial = 0; trial < trials; trial++) {
        whole += pairs.nextClearBit(trial * samples) >= (trial + 1) * samples ? 1 : 0;
      }
      assertThat(layout.trials()).isEqualTo(trials);
      assertThat(counted).isEqualTo((long) trials * samples);
      assertThat(layout.trialsDone(done::get)).isEqualTo(whole);
    }
  }

  /** Parts of the samples are equally long, but for the last one. */
  private static void tick(SweepLayout layout, int range, int samples, BitSet pairs) {
    int pairsPerTrial =
        (int) (layout.pairs(range) / (layout.endTrial(range) - layout.firstTrial(range)));
    boolean last = layout.sampleBlock(range) == layout.sampleBlocks() - 1;
    int first = last ? samples - pairsPerTrial : layout.sampleBlock(range) * pairsPerTrial;
    for (long trial = layout.firstTrial(range); trial < layout.endTrial(range); trial++) {
      int at = (int) trial * samples + first;
      pairs.set(at, at + pairsPerTrial);
    }
  }
}
