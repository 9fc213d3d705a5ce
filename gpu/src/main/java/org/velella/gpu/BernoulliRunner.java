package org.velella.gpu;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.velella.encoding.BernoulliOperation;
import org.velella.encoding.CounterRandom;
import org.velella.encoding.Sampling;
import org.velella.encoding.Skips;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.BernoulliPtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.ValueForm;
import org.velella.module.Samples;
import org.velella.plan.EncoderOp;

/** A Bernoulli encoder of one tile; the memory that counts its steps stays on the host. */
final class BernoulliRunner implements TileOwned {
  private final EncoderOp op;
  private final BernoulliOperation operation;
  private final TileMemory memory;
  private final DeviceBuffer samples;
  private final DeviceBuffer thresholds;
  private final Map<Set<ValueForm>, PtxKernel> kernels = new HashMap<>();

  BernoulliRunner(
      EncoderOp op,
      BernoulliOperation operation,
      int batch,
      Samples whose,
      TileMemory memory,
      Uploads uploads) {
    this.op = op;
    this.operation = operation;
    this.memory = memory;
    whose.requireCount(batch);
    long[] keys = new long[2 * batch];
    for (int n = 0; n < batch; n++) {
      boolean same = n > 0 && whose.seed(n) == whose.seed(n - 1);
      keys[2 * n] = same ? keys[2 * n - 2] : CounterRandom.key(whose.seed(n), op.path());
      keys[2 * n + 1] = whose.id(n);
    }
    samples = uploads.longs(keys);
    thresholds = skips() ? uploads.ints(thresholds(operation.limit())) : null;
  }

  private boolean skips() {
    return operation.sampling() == Sampling.SKIP;
  }

  /** Less 1, so that they fit: a word reaches a threshold if it is above the number here. */
  private static int[] thresholds(float limit) {
    long[] all = new Skips(limit).thresholds();
    int[] less = new int[all.length];
    for (int i = 0; i < less.length; i++) {
      less[i] = (int) (all[i] - 1);
    }
    return less;
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    long[] step = memory.host()[op.memories().get(0)].longs();
    CounterRandom.requireStep(step[0]);
    CounterRandom.requireStep(step[0] + steps - 1);
    Set<ValueForm> outputs = tile.wanted(op.output());
    int frames = steps * tile.batch();
    KernelArguments arguments = tile.arguments();
    tile.value(op.input(), ValueForm.NUMBERS, t);
    arguments.pointer(samples, 0).int32((int) step[0]).int32(tile.batch());
    arguments.int32(tile.held(op.input()) ? 0 : tile.batch());
    if (skips()) {
      arguments.pointer(thresholds, 0).float32(operation.limit());
      tile.outputs(op.output(), t);
      clear(tile, outputs, t, frames);
      tile.launch(kernel(outputs), frames);
    } else {
      tile.outputs(op.output(), t);
      arguments.int32(frames);
      PtxKernel kernel = kernel(outputs);
      long threads = (long) frames * BernoulliPtx.denseThreads(op.size());
      tile.launch(kernel, kernel.blocks(threads));
    }
    step[0] += steps;
  }

  private PtxKernel kernel(Set<ValueForm> outputs) {
    return kernels.computeIfAbsent(
        outputs,
        forms ->
            skips() ? BernoulliPtx.skip(op.size(), forms) : BernoulliPtx.dense(op.size(), forms));
  }

  private void clear(CudaTileRun tile, Set<ValueForm> outputs, int t, int frames) {
    for (ValueForm form : outputs) {
      long words = form.bytes(frames, op.size()) / Integer.BYTES;
      DeviceBuffer buffer = tile.buffer(op.output(), form);
      tile.stream().fill(buffer, tile.offset(op.output(), form, t), 0, words);
    }
  }

  @Override
  public void close() {
    samples.close();
    if (thresholds != null) {
      thresholds.close();
    }
  }
}
