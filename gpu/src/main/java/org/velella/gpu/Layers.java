package org.velella.gpu;

import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.ElementwisePtx;
import org.velella.gpu.kernel.PoolPtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.ConvOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LinearOp;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.SparseOp;
import org.velella.plan.StatelessOp;

/** Makes the runners of a program's layers and puts their weights on the device. */
final class Layers {
  private final CudaProgram program;
  private final Uploads uploads;
  private final SpikeChoice choice;

  Layers(CudaProgram program, Uploads uploads, SpikeChoice choice) {
    this.program = program;
    this.uploads = uploads;
    this.choice = choice;
  }

  OpRunner of(StatelessOp op) {
    ValueForm form = program.forms().form(op);
    if (op instanceof LinearOp linear) {
      return new LinearRunner(linear, form, new Spikes(program, uploads, choice), uploads);
    }
    if (op instanceof ConvOp conv) {
      return new ConvRunner(conv, form, new Spikes(program, uploads, choice), uploads);
    }
    if (op instanceof SparseOp sparse) {
      return SparseRunner.of(sparse, form, uploads);
    }
    if (op instanceof EqualWeightOp equal) {
      return SparseRunner.of(equal, form, uploads);
    }
    if (op instanceof PoolOp pool) {
      return (tile, t, steps) -> pool(tile, pool, form, t, steps);
    }
    return scale((ScaleOp) op);
  }

  private static void pool(CudaTileRun tile, PoolOp op, ValueForm form, int t, int steps) {
    PtxKernel kernel = PoolPtx.of(op, form, tile.wanted(op.output()));
    int frames = steps * tile.batch();
    KernelArguments arguments = tile.arguments();
    tile.value(op.input(), form, t);
    tile.outputs(op.output(), t);
    arguments.int32(frames);
    int size = op.channels() * op.outH() * op.outW();
    tile.launch(kernel, kernel.blocks(frames, size, tile.wanted(op.output())));
  }

  private OpRunner scale(ScaleOp op) {
    PtxKernel kernel = ElementwisePtx.scale(op);
    DeviceBuffer scale = uploads.floats(op.scale());
    DeviceBuffer shift = op.shift() == null ? null : uploads.floats(op.shift());
    return (tile, t, steps) -> {
      int frames = steps * tile.batch();
      KernelArguments arguments = tile.arguments();
      tile.value(op.input(), ValueForm.NUMBERS, t);
      arguments.pointer(scale, 0);
      if (shift != null) {
        arguments.pointer(shift, 0);
      }
      tile.value(op.output(), ValueForm.NUMBERS, t);
      arguments.int32(frames);
      tile.launch(kernel, kernel.blocks((long) frames * op.size()));
    };
  }
}
