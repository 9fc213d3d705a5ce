package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import org.velella.backend.StdpKernel;
import org.velella.backend.SynapsePlaces;
import org.velella.backend.vector.ActiveRows.Ends;
import org.velella.synapse.StdpRule;

/** Pairs of spikes at a matrix. */
final class DenseStdp extends StdpKernel implements ActiveRows.Kernel {
  private final ActiveRows rows;
  private final RulePace pace;

  DenseStdp(StdpRule rule, SynapsePlaces places, Watches watches) {
    super(rule, places);
    rows = new ActiveRows(places.sources());
    pace = new RulePace(watches, KernelForm.PAIRS);
  }

  @Override
  protected void visitActive() {
    if (pace.slow()) {
      super.visitActive();
      return;
    }
    rows.take(pre, x, tracePre, null, sources);
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
    FloatVector upOffset = FloatVector.broadcast(FLOATS, rule.post().offset());
    FloatVector upSlope = FloatVector.broadcast(FLOATS, rule.post().slope());
    FloatVector downOffset = FloatVector.broadcast(FLOATS, rule.pre().offset());
    FloatVector downSlope = FloatVector.broadcast(FLOATS, rule.pre().slope());
    FloatVector rate = FloatVector.broadcast(FLOATS, rule.rate());
    FloatVector low = FloatVector.broadcast(FLOATS, rule.bounds().low());
    FloatVector high = FloatVector.broadcast(FLOATS, rule.bounds().high());
    for (int i = 0; i < count; i += Lanes.COUNT) {
      FloatVector old = FloatVector.fromArray(FLOATS, weight, w + i);
      FloatVector up = spike.mul(FloatVector.fromArray(FLOATS, ends.trace, ends.at + i));
      up = upOffset.add(upSlope.mul(old)).mul(up);
      FloatVector down = trace.mul(FloatVector.fromArray(FLOATS, ends.pre, ends.x + i));
      down = downOffset.add(downSlope.mul(old)).mul(down);
      FloatVector changed = old.add(rate.mul(up.sub(down)));
      changed.max(low).min(high).intoArray(out, to + i);
    }
  }
}
