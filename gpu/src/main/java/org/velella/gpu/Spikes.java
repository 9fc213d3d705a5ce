package org.velella.gpu;

import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.DensityPtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.SpikeTile;
import org.velella.gpu.kernel.ValueForm;

/**
 * The choice of a layer between its kernel for all terms and its kernel for spikes only. It is made
 * on the device, from a sample of the bits: both kernels are started, and one of them returns at
 * once.
 */
final class Spikes {
  private final DeviceBuffer decision;
  private final PtxKernel kernel = DensityPtx.kernel();
  private final SpikeChoice choice;
  private final int multiprocessors;

  Spikes(CudaProgram program, Uploads uploads, SpikeChoice choice) {
    this.choice = choice;
    multiprocessors = program.device().info().multiprocessors();
    decision = uploads.ints(new int[1]);
  }

  int multiprocessors() {
    return multiprocessors;
  }

  /** Whether the kernel for spikes only may be started at all. */
  boolean visits() {
    return choice != SpikeChoice.ALL_TERMS;
  }

  /** Whether it may even where it is known not to pay. */
  boolean always() {
    return choice == SpikeChoice.SPIKES_ONLY;
  }

  /** 1 where spikes only are visited, else 0. */
  DeviceBuffer decision() {
    return decision;
  }

  /** Decides for the steps of a value, which would be visited in a cut. */
  void decide(CudaTileRun tile, int value, int t, int steps, SpikeTile cut) {
    int size = tile.size(value);
    int perFrame = ValueForm.words(size);
    int words = steps * tile.batch() * perFrame;
    int samples = Math.min(words, DensityPtx.SAMPLES);
    double bits = samples * (double) Integer.SIZE * size / (perFrame * (double) Integer.SIZE);
    KernelArguments arguments = tile.arguments();
    tile.value(value, ValueForm.BITS, t);
    // Odd, so that frames of several words do not show the same one of them every time.
    arguments.int32(samples).int32(Math.max(1, words / samples - 1 | 1));
    arguments.int32(always() ? -1 : (int) Math.ceil(cut.mostDensity() * bits));
    arguments.pointer(decision, 0);
    tile.launch(kernel, 1);
  }
}
