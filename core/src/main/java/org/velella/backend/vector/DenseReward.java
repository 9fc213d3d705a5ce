package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.velella.backend.RewardKernel;
import org.velella.backend.SynapsePlaces;
import org.velella.synapse.RewardedRule;

/** Rules with a reward at a matrix: all that a row needs while it is in cache. */
final class DenseReward extends RewardKernel implements ActiveBlocks.Rows {
  private final ActiveBlocks blocks;
  private final float[] old;

  DenseReward(RewardedRule<?> rule, SynapsePlaces places) {
    super(rule, places);
    blocks = new ActiveBlocks(places.sources());
    old = new float[places.sources()];
  }

  /**
   * The old weights of a row are set aside, which also brings them to the cache in the order that
   * memory is fastest in.
   */
  @Override
  protected void reward(float reward) {
    blocks.take(pre, x);
    int width = places.sources();
    for (int o = 0; o < places.targets(); o++) {
      int row = synapses + o * width;
      System.arraycopy(weight, row, old, 0, width);
      RewardPasses.run(rule, reward, weight, eligibility, traceE, row, width);
      Arrays.fill(eligibility, row, row + width, 0.0f);
      blocks.visit(o, post[s + o], this);
    }
  }

  @Override
  public void one(int k, int o) {
    eligibility[synapses + o * places.sources() + k] = eligible(old[k], k, o);
  }

  @Override
  public void blocks(int o, int[] firsts, int count, int fires) {
    int row = synapses + o * places.sources();
    FloatVector spike = FloatVector.broadcast(FLOATS, post[s + o]);
    FloatVector trace = FloatVector.broadcast(FLOATS, tracePost[targets + o]);
    FloatVector upOffset = FloatVector.broadcast(FLOATS, rule.post().offset());
    FloatVector upSlope = FloatVector.broadcast(FLOATS, rule.post().slope());
    FloatVector downOffset = FloatVector.broadcast(FLOATS, rule.pre().offset());
    FloatVector downSlope = FloatVector.broadcast(FLOATS, rule.pre().slope());
    IntVector every = IntVector.broadcast(INTS, fires);
    float[] weights = old;
    float[] eligible = eligibility;
    float[] traces = tracePre;
    float[] in = pre;
    int[] spikes = blocks.spikes;
    for (int i = 0; i < count; i++) {
      int k = firsts[i];
      FloatVector w = FloatVector.fromArray(FLOATS, weights, k);
      FloatVector up = spike.mul(FloatVector.fromArray(FLOATS, traces, sources + k));
      up = upOffset.add(upSlope.mul(w)).mul(up);
      FloatVector down = trace.mul(FloatVector.fromArray(FLOATS, in, x + k));
      down = downOffset.add(downSlope.mul(w)).mul(down);
      IntVector active = IntVector.fromArray(INTS, spikes, k).or(every);
      IntVector changed = up.sub(down).reinterpretAsInts().and(active);
      changed.reinterpretAsFloats().intoArray(eligible, row + k);
    }
  }
}
