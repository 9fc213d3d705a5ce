package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.velella.backend.RewardKernel;
import org.velella.backend.SynapsePlaces;
import org.velella.backend.vector.ActiveRows.Ends;
import org.velella.synapse.RewardedRule;

/** Rules with a reward at a matrix: all that a row needs while it is in cache. */
final class DenseReward extends RewardKernel implements ActiveRows.Kernel {
  /** About what a vector of synapses takes beside spikes, loads and stores among them. */
  private static final int PER_VECTOR = 20;

  /** Old weights, weights, eligibilities twice and their traces, read and written. */
  private static final int NUMBERS = 10;

  private final ActiveRows rows;
  private final RulePace pace;
  private final float[] old;

  DenseReward(RewardedRule<?> rule, SynapsePlaces places, Watches watches) {
    super(rule, places);
    rows = new ActiveRows(places.sources());
    pace = new RulePace(watches, KernelForm.REWARDS);
    old = new float[places.sources()];
  }

  /**
   * The old weights of a row are set aside, which also brings them to the cache in the order that
   * memory is fastest in.
   */
  @Override
  protected void reward(float reward) {
    if (pace.slow()) {
      super.reward(reward);
      return;
    }
    rows.take(pre, x, tracePre, null, sources);
    int width = places.sources();
    for (int o = 0; o < places.targets(); o++) {
      int row = synapses + o * width;
      System.arraycopy(weight, row, old, 0, width);
      RewardPasses.run(rule, reward, weight, eligibility, traceE, row, width);
      Arrays.fill(eligibility, row, row + width, 0.0f);
      rows.visit(o, post[s + o], old, 0, eligibility, row, this);
    }
    double all = places.count();
    pace.end(
        rows.operations() + PER_VECTOR * all / Lanes.COUNT,
        rows.bytes() + NUMBERS * all * Float.BYTES);
  }

  @Override
  public void one(int k, int o) {
    eligibility[synapses + o * places.sources() + k] = eligible(old[k], k, o);
  }

  @Override
  public void run(int o, Ends ends, float[] weight, int w, float[] out, int to, int count) {
    FloatVector spike = FloatVector.broadcast(FLOATS, post[s + o]);
    FloatVector trace = FloatVector.broadcast(FLOATS, tracePost[targets + o]);
    FloatVector upOffset = FloatVector.broadcast(FLOATS, rule.post().offset());
    FloatVector upSlope = FloatVector.broadcast(FLOATS, rule.post().slope());
    FloatVector downOffset = FloatVector.broadcast(FLOATS, rule.pre().offset());
    FloatVector downSlope = FloatVector.broadcast(FLOATS, rule.pre().slope());
    for (int i = 0; i < count; i += Lanes.COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, weight, w + i);
      FloatVector up = spike.mul(FloatVector.fromArray(FLOATS, ends.trace, ends.at + i));
      up = upOffset.add(upSlope.mul(before)).mul(up);
      FloatVector down = trace.mul(FloatVector.fromArray(FLOATS, ends.pre, ends.x + i));
      down = downOffset.add(downSlope.mul(before)).mul(down);
      up.sub(down).intoArray(out, to + i);
    }
  }
}
