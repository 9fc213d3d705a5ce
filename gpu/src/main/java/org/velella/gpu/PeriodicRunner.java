package org.velella.gpu;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.velella.encoding.PeriodicOperation;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.ElementwisePtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.EncoderOp;

/** An encoder that repeats a pattern; the memory that says where in it stays on the host. */
final class PeriodicRunner implements TileOwned {
  private final EncoderOp op;
  private final int cycle;
  private final TileMemory memory;
  private final DeviceBuffer pattern;
  private final Map<Set<ValueForm>, PtxKernel> kernels = new HashMap<>();

  PeriodicRunner(EncoderOp op, PeriodicOperation operation, TileMemory memory, Uploads uploads) {
    this.op = op;
    this.memory = memory;
    cycle = operation.steps();
    pattern = uploads.floats(operation.pattern().floats());
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    long[] place = memory.host()[op.memories().get(0)].longs();
    Set<ValueForm> outputs = tile.wanted(op.output());
    int frames = steps * tile.batch();
    PtxKernel kernel =
        kernels.computeIfAbsent(outputs, forms -> ElementwisePtx.periodic(op.size(), cycle, forms));
    KernelArguments arguments = tile.arguments();
    arguments.pointer(pattern, 0).int32((int) place[0]).int32(tile.batch());
    tile.outputs(op.output(), t);
    arguments.int32(frames);
    tile.launch(kernel, kernel.blocks(frames, op.size(), outputs));
    place[0] = (place[0] + steps) % cycle;
  }

  @Override
  public void close() {
    pattern.close();
  }
}
