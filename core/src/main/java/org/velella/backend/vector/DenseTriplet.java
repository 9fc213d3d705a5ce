package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import org.velella.backend.SynapsePlaces;
import org.velella.backend.TripletKernel;
import org.velella.backend.vector.ActiveRows.Ends;
import org.velella.synapse.TripletStdpRule;

/** Triplets of spikes at a matrix. */
final class DenseTriplet extends TripletKernel implements ActiveRows.Kernel {
  private final ActiveRows rows;
  private final RulePace pace;

  DenseTriplet(TripletStdpRule rule, SynapsePlaces places, Watches watches) {
    super(rule, places);
    rows = new ActiveRows(places.sources());
    pace = new RulePace(watches, KernelForm.TRIPLETS);
  }

  @Override
  protected void visitActive() {
    if (pace.slow()) {
      super.visitActive();
      return;
    }
    rows.take(pre, x, tracePre, slowPre, sources);
    for (int o = 0; o < places.targets(); o++) {
      int row = synapses + o * places.sources();
      rows.visit(o, post[s + o], weight, row, weight, row, this);
    }
    pace.end(rows.operations(), rows.bytes());
  }

  @Override
  public void one(int k, int o) {
    change(synapses + o * places.sources() + k, k, o);
  }

  @Override
  public void run(int o, Ends ends, float[] weight, int w, float[] out, int to, int count) {
    FloatVector spike = FloatVector.broadcast(FLOATS, post[s + o]);
    FloatVector trace = FloatVector.broadcast(FLOATS, tracePost[targets + o]);
    float both = rule.a2Plus() + rule.a3Plus() * slowPost[targets + o];
    FloatVector pair = FloatVector.broadcast(FLOATS, both);
    FloatVector two = FloatVector.broadcast(FLOATS, rule.a2Minus());
    FloatVector three = FloatVector.broadcast(FLOATS, rule.a3Minus());
    FloatVector low = FloatVector.broadcast(FLOATS, rule.bounds().low());
    FloatVector high = FloatVector.broadcast(FLOATS, rule.bounds().high());
    for (int i = 0; i < count; i += Lanes.COUNT) {
      FloatVector old = FloatVector.fromArray(FLOATS, weight, w + i);
      FloatVector up = spike.mul(FloatVector.fromArray(FLOATS, ends.trace, ends.at + i)).mul(pair);
      FloatVector back = two.add(three.mul(FloatVector.fromArray(FLOATS, ends.slow, ends.at + i)));
      FloatVector down = FloatVector.fromArray(FLOATS, ends.pre, ends.x + i).mul(trace).mul(back);
      old.add(up.sub(down)).max(low).min(high).intoArray(out, to + i);
    }
  }
}
