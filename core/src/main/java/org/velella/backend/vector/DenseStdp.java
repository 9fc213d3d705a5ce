package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.velella.backend.StdpKernel;
import org.velella.backend.SynapsePlaces;
import org.velella.synapse.StdpRule;

/** Pairs of spikes at a matrix, a vector of sources at a time. */
final class DenseStdp extends StdpKernel implements ActiveBlocks.Rows {
  private final ActiveBlocks blocks;

  DenseStdp(StdpRule rule, SynapsePlaces places) {
    super(rule, places);
    blocks = new ActiveBlocks(places.sources());
  }

  @Override
  protected void visitActive() {
    blocks.take(pre, x);
    for (int o = 0; o < places.targets(); o++) {
      blocks.visit(o, post[s + o], this);
    }
  }

  @Override
  public void one(int k, int o) {
    change(synapses + o * places.sources() + k, k, o);
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
    FloatVector rate = FloatVector.broadcast(FLOATS, rule.rate());
    FloatVector low = FloatVector.broadcast(FLOATS, rule.bounds().low());
    FloatVector high = FloatVector.broadcast(FLOATS, rule.bounds().high());
    IntVector every = IntVector.broadcast(INTS, fires);
    float[] weights = weight;
    float[] traces = tracePre;
    float[] in = pre;
    int[] spikes = blocks.spikes;
    for (int i = 0; i < count; i++) {
      int k = firsts[i];
      FloatVector w = FloatVector.fromArray(FLOATS, weights, row + k);
      FloatVector up = spike.mul(FloatVector.fromArray(FLOATS, traces, sources + k));
      up = upOffset.add(upSlope.mul(w)).mul(up);
      FloatVector down = trace.mul(FloatVector.fromArray(FLOATS, in, x + k));
      down = downOffset.add(downSlope.mul(w)).mul(down);
      FloatVector changed = w.add(rate.mul(up.sub(down))).max(low).min(high);
      IntVector old = w.reinterpretAsInts();
      IntVector active = IntVector.fromArray(INTS, spikes, k).or(every);
      old.lanewise(VectorOperators.XOR, changed.reinterpretAsInts())
          .and(active)
          .lanewise(VectorOperators.XOR, old)
          .reinterpretAsFloats()
          .intoArray(weights, row + k);
    }
  }
}
