package org.velella.gpu;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.equation.StepProgram;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.NeuronForm;
import org.velella.gpu.kernel.NeuronForm.Totals;
import org.velella.gpu.kernel.NeuronPtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.NeuronConstants;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;

/** One population of one tile, its constants and memories on the device. */
final class NeuronRunner implements TileOwned {
  /** So far from 1 a power of two and its reciprocal are normal numbers. */
  private static final int LARGEST_EXPONENT = 100;

  private final NeuronOp op;
  private final int size;
  private final DeviceBuffer state;
  private final DeviceBuffer constants;
  private final int plane;
  private final int perSample;
  private final int perNeuron;
  private final List<Integer> recorded;
  private final BitSet reciprocal = new BitSet();
  private final Map<NeuronForm, PtxKernel> kernels = new HashMap<>();

  NeuronRunner(
      NeuronOp op, int batch, TileParameters parameters, DeviceBuffer state, Uploads uploads) {
    this.op = op;
    this.state = state;
    size = op.shape().size();
    NeuronConstants all = NeuronConstants.of(op, batch, parameters);
    perNeuron = all.stride();
    perSample = all.offset(1);
    int count = all.values().length;
    plane = count == 0 ? 0 : all.values(0).length;
    float[] flat = new float[count * plane];
    for (int k = 0; k < count; k++) {
      System.arraycopy(all.values(k), 0, flat, k * plane, plane);
      reciprocal.set(k, allPowersOfTwo(all.values(k)));
    }
    StepProgram program = op.operation().model().program();
    recorded = op.recorded().keySet().stream().map(program.variables()::get).toList();
    constants = uploads.floats(flat);
  }

  /** Whether dividing by each value is multiplying by its reciprocal, bit for bit. */
  private static boolean allPowersOfTwo(float[] values) {
    for (float value : values) {
      boolean power = (Float.floatToRawIntBits(value) & 0x007fffff) == 0;
      if (!power || Math.abs(Math.getExponent(value)) > LARGEST_EXPONENT) {
        return false;
      }
    }
    return true;
  }

  private PtxKernel kernel(Set<ValueForm> outputs, Totals totals) {
    StepProgram program = op.operation().model().program();
    NeuronForm form = new NeuronForm(program, recorded, reciprocal, outputs, totals);
    return kernels.computeIfAbsent(form, NeuronPtx::of);
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    Set<ValueForm> outputs = tile.wanted(op.output());
    int row = outputs.contains(ValueForm.BITS) ? ValueForm.words(size) * Integer.SIZE : size;
    int threads = tile.batch() * row;
    KernelArguments arguments = tile.arguments();
    op.inputs().forEach(id -> tile.value(id, ValueForm.NUMBERS, t));
    arguments.pointer(constants, 0).int32(plane).int32(perSample).int32(perNeuron);
    arguments.pointer(state, 0);
    tile.outputs(op.output(), t);
    op.recorded().values().forEach(id -> tile.value(id, ValueForm.NUMBERS, t));
    DeviceBuffer totals = tile.totals(op.output());
    if (totals != null) {
      arguments.pointer(totals, 0).int32(tile.firstStep(op.output()) + t);
    }
    int frame = tile.batch() * size;
    arguments.int32(threads).int32(row).int32(size).int32(frame);
    op.inputs().forEach(id -> arguments.int32(tile.held(id) ? 0 : frame));
    arguments.int32(steps);
    PtxKernel kernel = kernel(outputs, totals == null ? Totals.NONE : Totals.KEPT);
    tile.launch(kernel, kernel.blocks(threads));
  }

  @Override
  public void close() {
    constants.close();
  }
}
