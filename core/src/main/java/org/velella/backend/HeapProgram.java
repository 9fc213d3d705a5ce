package org.velella.backend;

import java.util.IdentityHashMap;
import java.util.Map;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;

/** A plan with the kernels of its stateless ops, all on the Java heap. */
public final class HeapProgram implements Program {
  private final Plan plan;
  private final HeapKernels kernels;
  private final Map<Op, FrameKernel> stateless = new IdentityHashMap<>();

  /** The program of a plan with a backend's kernels. */
  public HeapProgram(Plan plan, HeapKernels kernels) {
    this.plan = plan;
    this.kernels = kernels;
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof StatelessOp layer) {
          stateless.put(op, kernels.stateless(layer));
        }
      }
    }
  }

  Plan plan() {
    return plan;
  }

  HeapKernels kernels() {
    return kernels;
  }

  FrameKernel kernel(StatelessOp op) {
    return stateless.get(op);
  }

  @Override
  public TileRun open(TileParameters parameters) {
    return new HeapTileRun(this, parameters);
  }

  @Override
  public void close() {}
}
