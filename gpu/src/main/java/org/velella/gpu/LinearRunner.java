package org.velella.gpu;

import java.util.HashMap;
import java.util.Map;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.MatrixPtx;
import org.velella.gpu.kernel.MatrixTile;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.SpikePtx;
import org.velella.gpu.kernel.SpikeTile;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.LinearOp;

/** A linear layer, its weights transposed and padded on the device. */
final class LinearRunner implements OpRunner {
  private final LinearOp op;
  private final ValueForm form;
  private final Spikes spikes;
  private final DeviceBuffer weights;
  private final DeviceBuffer bias;
  private final Map<MatrixTile, PtxKernel> dense = new HashMap<>();
  private final Map<SpikeTile, PtxKernel> sparse = new HashMap<>();

  LinearRunner(LinearOp op, ValueForm form, Spikes spikes, Uploads uploads) {
    this.op = op;
    this.form = form;
    this.spikes = spikes;
    int width = MatrixTile.padded(op.outputs());
    float[] padded = new float[Math.multiplyExact(MatrixTile.paddedTerms(op.inputs()), width)];
    for (int o = 0; o < op.outputs(); o++) {
      for (int k = 0; k < op.inputs(); k++) {
        padded[k * width + o] = op.weight()[o * op.inputs() + k];
      }
    }
    weights = uploads.floats(padded);
    float[] biases = new float[width];
    if (op.bias() != null) {
      System.arraycopy(op.bias(), 0, biases, 0, op.outputs());
    }
    bias = uploads.floats(biases);
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    boolean visits = form == ValueForm.BITS && op.rows() == 1 && spikes.visits();
    int rows = steps * tile.batch() * op.rows();
    SpikeTile visit = SpikeTile.of(rows, op.outputs(), spikes.multiprocessors());
    if (visits) {
      spikes.decide(tile, op.input(), t, steps, visit);
    }
    if (!visits || !spikes.always()) {
      MatrixTile cut = MatrixTile.of(rows, op.outputs(), spikes.multiprocessors());
      PtxKernel kernel = dense.computeIfAbsent(cut, each -> MatrixPtx.linear(op, form, each));
      arguments(tile, t, rows);
      tile.launch(kernel, Grids.of(cut, kernel, rows, op.outputs(), 1));
    }
    if (visits) {
      PtxKernel kernel = sparse.computeIfAbsent(visit, each -> SpikePtx.linear(op, each));
      arguments(tile, t, rows);
      tile.launch(kernel, Grids.of(visit, kernel, rows, op.outputs(), 1));
    }
  }

  private void arguments(CudaTileRun tile, int t, int rows) {
    KernelArguments arguments = tile.arguments();
    tile.value(op.input(), form, t);
    arguments.pointer(weights, 0).pointer(bias, 0);
    tile.value(op.output(), ValueForm.NUMBERS, t);
    arguments.int32(rows);
    if (form == ValueForm.BITS) {
      arguments.pointer(spikes.decision(), 0);
    }
  }
}
