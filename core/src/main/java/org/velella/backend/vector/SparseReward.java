package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.backend.RewardKernel;
import org.velella.backend.SynapsePlaces;
import org.velella.synapse.RewardedRule;

/**
 * Rules with a reward at any connectivity: the few synapses with a spike one by one, what all of
 * them do as vectors, a piece that fits the first cache at a time.
 */
final class SparseReward extends RewardKernel {
  private static final int PIECE = 2048;

  private int[] slots = new int[0];
  private float[] fresh = new float[0];
  private int found;

  SparseReward(RewardedRule<?> rule, SynapsePlaces places) {
    super(rule, places);
  }

  @Override
  protected void reward(float reward) {
    found = 0;
    visitActive();
    int end = synapses + places.count();
    for (int e = synapses; e < end; e += PIECE) {
      int count = Math.min(PIECE, end - e);
      RewardPasses.run(rule, reward, weight, eligibility, traceE, e, count);
      Arrays.fill(eligibility, e, e + count, 0.0f);
    }
    for (int i = 0; i < found; i++) {
      eligibility[slots[i]] = fresh[i];
    }
  }

  @Override
  protected void change(int slot, int source, int target) {
    if (found == slots.length) {
      int length = Math.max(64, Math.min(places.count(), 2 * found));
      slots = Arrays.copyOf(slots, length);
      fresh = Arrays.copyOf(fresh, length);
    }
    slots[found] = slot;
    fresh[found++] = eligible(weight[slot], source, target);
  }
}
