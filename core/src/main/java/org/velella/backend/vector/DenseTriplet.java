package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;
import static org.velella.backend.vector.Lanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.velella.backend.SynapsePlaces;
import org.velella.backend.TripletKernel;
import org.velella.synapse.TripletStdpRule;

/** Triplets of spikes at a matrix, a vector of sources at a time. */
final class DenseTriplet extends TripletKernel implements ActiveBlocks.Rows {
  private final ActiveBlocks blocks;

  DenseTriplet(TripletStdpRule rule, SynapsePlaces places) {
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
    float both = rule.a2Plus() + rule.a3Plus() * slowPost[targets + o];
    FloatVector pair = FloatVector.broadcast(FLOATS, both);
    FloatVector two = FloatVector.broadcast(FLOATS, rule.a2Minus());
    FloatVector three = FloatVector.broadcast(FLOATS, rule.a3Minus());
    FloatVector low = FloatVector.broadcast(FLOATS, rule.bounds().low());
    FloatVector high = FloatVector.broadcast(FLOATS, rule.bounds().high());
    IntVector every = IntVector.broadcast(INTS, fires);
    float[] weights = weight;
    float[] traces = tracePre;
    float[] in = pre;
    int[] spikes = blocks.spikes;
    float[] slow = slowPre;
    for (int i = 0; i < count; i++) {
      int k = firsts[i];
      FloatVector w = FloatVector.fromArray(FLOATS, weights, row + k);
      FloatVector up = spike.mul(FloatVector.fromArray(FLOATS, traces, sources + k)).mul(pair);
      FloatVector back = two.add(three.mul(FloatVector.fromArray(FLOATS, slow, sources + k)));
      FloatVector down = FloatVector.fromArray(FLOATS, in, x + k).mul(trace).mul(back);
      FloatVector changed = w.add(up.sub(down)).max(low).min(high);
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
