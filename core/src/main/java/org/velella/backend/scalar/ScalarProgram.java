package org.velella.backend.scalar;

import java.util.HashMap;
import java.util.Map;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.plan.ConvOp;
import org.velella.plan.LinearOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.TileParameters;

/** A plan with the kernels of its stateless ops. */
final class ScalarProgram implements Program {
  private final Plan plan;
  private final Map<Op, FrameKernel> kernels = new HashMap<>();

  ScalarProgram(Plan plan) {
    this.plan = plan;
    plan.stages().forEach(stage -> stage.ops().forEach(this::prepare));
  }

  private void prepare(Op op) {
    if (op instanceof LinearOp linear) {
      kernels.put(op, new ScalarLinear(linear));
    } else if (op instanceof ConvOp conv) {
      kernels.put(op, new ScalarConv(conv));
    } else if (op instanceof PoolOp pool) {
      kernels.put(op, new ScalarPool(pool));
    } else if (op instanceof ScaleOp scale) {
      kernels.put(op, new ScalarScale(scale));
    }
  }

  /** The kernel of a stateless op, or null. */
  FrameKernel kernel(Op op) {
    return kernels.get(op);
  }

  Plan plan() {
    return plan;
  }

  @Override
  public TileRun open(TileParameters parameters) {
    return new ScalarTileRun(this, parameters);
  }

  @Override
  public void close() {}
}
