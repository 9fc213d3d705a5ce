package org.velella.gpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.backend.EncoderKernel;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.LatencyOperation;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.ElementwisePtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.EncoderOp;
import org.velella.tensor.Tensor;

/**
 * An encoder that turns its first input into a cycle of spikes. The first input is encoded on the
 * host, where it is checked, too; who fires when is found out on the device.
 */
final class CycleRunner implements OpRunner {
  private final EncoderOp op;
  private final CycleOperation operation;
  private final TileMemory memory;
  private final DeviceBuffer code;
  private final EncoderKernel definition;
  private final CudaProgram program;
  private final Map<Set<ValueForm>, PtxKernel> kernels = new HashMap<>();

  /** The host's copy of the codes once all of them are known; loading makes another one. */
  private Tensor known;

  CycleRunner(
      EncoderOp op,
      CycleOperation operation,
      EncoderKernel definition,
      CudaProgram program,
      TileMemory memory) {
    this.op = op;
    this.operation = operation;
    this.definition = definition;
    this.program = program;
    this.memory = memory;
    code = memory.place(List.of(op.memories().get(0)), op.size());
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    long[] place = memory.host()[op.memories().get(1)].longs();
    encode(tile, t, place);
    Set<ValueForm> outputs = tile.wanted(op.output());
    int frames = steps * tile.batch();
    PtxKernel kernel =
        kernels.computeIfAbsent(
            outputs,
            forms ->
                operation instanceof LatencyOperation
                    ? ElementwisePtx.latency(op.size(), operation.steps(), forms)
                    : ElementwisePtx.digits(op.size(), operation.steps(), forms));
    KernelArguments arguments = tile.arguments();
    arguments.pointer(code, 0).int32((int) place[0]).int32(tile.batch());
    tile.outputs(op.output(), t);
    arguments.int32(frames);
    tile.launch(kernel, kernel.blocks(frames, op.size(), outputs));
    place[0] = (place[0] + steps) % operation.steps();
  }

  /** Encodes step {@code t} of the input where nothing is encoded yet. */
  private void encode(CudaTileRun tile, int t, long[] place) {
    Tensor codes = memory.host()[op.memories().get(0)];
    if (codes == known) {
      return;
    }
    if (anyIsMissing(codes.floats())) {
      float[][] values = new float[program.plan().values().size()][];
      values[op.input()] = new float[tile.batch() * op.size()];
      values[op.output()] = new float[tile.batch() * op.size()];
      Uploads copies = new Uploads(program.staging(), tile.stream(), program.use());
      DeviceBuffer from = tile.buffer(op.input(), ValueForm.NUMBERS);
      copies.read(from, tile.offset(op.input(), ValueForm.NUMBERS, t), values[op.input()]);
      long before = place[0];
      definition.run(0, 1, values, memory.host());
      place[0] = before;
      copies.write(code, 0, codes.floats());
    }
    known = codes;
  }

  private static boolean anyIsMissing(float[] codes) {
    for (float each : codes) {
      if (each != each) {
        return true;
      }
    }
    return false;
  }
}
