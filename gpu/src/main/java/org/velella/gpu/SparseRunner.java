package org.velella.gpu;

import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.ElementwisePtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.SparsePtx;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.SparseOp;
import org.velella.synapse.Connectivity;
import org.velella.synapse.EqualWeightOperation;

/** Sparse projections, turned round: every target knows its sources. */
final class SparseRunner implements OpRunner {
  private static final int NOWHERE = -1;

  /** What the two kinds differ in. */
  private interface Extra {
    void add(KernelArguments arguments);
  }

  private final int input;
  private final int output;
  private final int targets;
  private final ValueForm form;
  private final DeviceBuffer offsets;
  private final DeviceBuffer sources;
  private final PtxKernel kernel;
  private final Extra extra;
  private final OpRunner check;

  private SparseRunner(
      int input,
      int output,
      ValueForm form,
      Transposed turned,
      PtxKernel kernel,
      Extra extra,
      OpRunner check,
      Uploads uploads) {
    this.input = input;
    this.output = output;
    this.form = form;
    this.kernel = kernel;
    this.extra = extra;
    this.check = check;
    targets = turned.offsets.length - 1;
    offsets = uploads.ints(turned.offsets);
    sources = uploads.ints(turned.sources);
  }

  static OpRunner of(SparseOp op, ValueForm form, Uploads uploads) {
    Connectivity all = op.connectivity();
    Transposed turned = new Transposed(all, op.weight());
    DeviceBuffer weights = uploads.floats(turned.weights);
    PtxKernel kernel = SparsePtx.weighted(all.sources(), all.targets(), form);
    Extra extra = arguments -> arguments.pointer(weights, 0);
    return new SparseRunner(
        op.input(), op.output(), form, turned, kernel, extra, (tile, t, steps) -> {}, uploads);
  }

  static OpRunner of(EqualWeightOp op, ValueForm form, Uploads uploads) {
    Connectivity all = op.connectivity();
    Transposed turned = new Transposed(all, new float[all.synapses()]);
    PtxKernel kernel = SparsePtx.counted(all.sources(), all.targets(), form);
    Extra extra = arguments -> arguments.float32(op.weight());
    OpRunner check =
        form == ValueForm.BITS
            ? (tile, t, steps) -> {}
            : new Check(op, uploads.ints(new int[] {NOWHERE}), uploads);
    return new SparseRunner(op.input(), op.output(), form, turned, kernel, extra, check, uploads);
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    check.run(tile, t, steps);
    int frames = steps * tile.batch();
    KernelArguments arguments = tile.arguments();
    tile.value(input, form, t);
    arguments.pointer(offsets, 0).pointer(sources, 0);
    extra.add(arguments);
    tile.value(output, ValueForm.NUMBERS, t);
    arguments.int32(frames);
    tile.launch(kernel, kernel.blocks((long) frames * targets));
  }

  /** Refuses inputs that are no numbers of spikes; it waits for the device, unlike other ops. */
  private record Check(EqualWeightOp op, DeviceBuffer place, Uploads uploads) implements OpRunner {
    private static final PtxKernel KERNEL =
        ElementwisePtx.firstUnfit(EqualWeightOperation.MOST_SPIKES);

    @Override
    public void run(CudaTileRun tile, int t, int steps) {
      int elements = steps * tile.batch() * op.connectivity().sources();
      KernelArguments arguments = tile.arguments();
      tile.value(op.input(), ValueForm.NUMBERS, t);
      arguments.pointer(place, 0).int32(elements);
      tile.launch(KERNEL, KERNEL.blocks(elements));
      Uploads copies = uploads.on(tile.stream());
      int[] found = new int[1];
      copies.read(place, 0, found);
      int first = found[0];
      if (first != NOWHERE) {
        float[] number = new float[1];
        long offset = tile.offset(op.input(), ValueForm.NUMBERS, t) + (long) first * Float.BYTES;
        copies.read(tile.buffer(op.input(), ValueForm.NUMBERS), offset, number);
        int source = first % op.connectivity().sources();
        EqualWeightOperation.spikes(op.node(), source, number[0]);
      }
    }
  }

  /** The synapses by target, sources ascending. */
  private static final class Transposed {
    final int[] offsets;
    final int[] sources;
    final float[] weights;

    Transposed(Connectivity all, float[] weight) {
      offsets = new int[all.targets() + 1];
      for (int target : all.columns()) {
        offsets[target + 1]++;
      }
      for (int target = 0; target < all.targets(); target++) {
        offsets[target + 1] += offsets[target];
      }
      int[] next = offsets.clone();
      sources = new int[all.synapses()];
      weights = new float[all.synapses()];
      for (int k = 0; k < all.sources(); k++) {
        for (int e = all.offsets()[k]; e < all.offsets()[k + 1]; e++) {
          int at = next[all.columns()[e]]++;
          sources[at] = k;
          weights[at] = weight[e];
        }
      }
    }
  }
}
