package org.velella.gpu;

import java.util.HashMap;
import java.util.Map;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.kernel.ChannelBits;
import org.velella.gpu.kernel.MatrixPtx;
import org.velella.gpu.kernel.MatrixTile;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.SpikePtx;
import org.velella.gpu.kernel.SpikeTile;
import org.velella.gpu.kernel.ValueForm;
import org.velella.gpu.kernel.WindowTable;
import org.velella.plan.ConvOp;

/** A convolution, its weights in the order of its terms on the device. */
final class ConvRunner implements OpRunner {
  /** With fewer channels most bits of a pixel's words stand for none. */
  private static final int FEWEST_CHANNELS = 16;

  private final ConvOp op;
  private final ValueForm form;
  private final Spikes spikes;
  private final boolean visits;
  private final int columns;
  private final int channels;
  private final DeviceBuffer bias;
  private final DeviceBuffer weights;
  private final DeviceBuffer table;
  private final DeviceBuffer wordWeights;
  private final DeviceBuffer wordTable;
  private final PtxKernel toWords;
  private final Map<MatrixTile, PtxKernel> dense = new HashMap<>();
  private final Map<SpikeTile, PtxKernel> sparse = new HashMap<>();

  ConvRunner(ConvOp op, ValueForm form, Spikes spikes, Uploads uploads) {
    this.op = op;
    this.form = form;
    this.spikes = spikes;
    columns = op.outChannels() / op.groups();
    channels = op.inChannels() / op.groups();
    boolean pays = channels >= FEWEST_CHANNELS || spikes.always();
    visits = form == ValueForm.BITS && spikes.visits() && pays;
    int taps = op.kernelH() * op.kernelW();
    weights = uploads.floats(weights(channels, MatrixTile.paddedTerms(taps * channels)));
    table = uploads.ints(WindowTable.ofElements(op));
    int words = ChannelBits.wordsPerGroup(op);
    int all = (taps * words + 1) / 2 * 2 * Integer.SIZE;
    wordWeights = visits ? uploads.floats(weights(words * Integer.SIZE, all)) : null;
    wordTable = visits ? uploads.ints(WindowTable.ofWords(op)) : null;
    toWords = visits ? ChannelBits.of(op) : null;
    int width = MatrixTile.padded(columns);
    float[] biases = new float[op.groups() * width];
    for (int o = 0; op.bias() != null && o < op.outChannels(); o++) {
      biases[o / columns * width + o % columns] = op.bias()[o];
    }
    bias = uploads.floats(biases);
  }

  /**
   * The weights {@code [groups, terms, columns]}.
   *
   * @param perTap terms of a tap, of which the channels are the first
   * @param terms of a group
   */
  private float[] weights(int perTap, int terms) {
    int taps = op.kernelH() * op.kernelW();
    int width = MatrixTile.padded(columns);
    float[] all = new float[Math.toIntExact((long) op.groups() * terms * width)];
    for (int o = 0; o < op.outChannels(); o++) {
      for (int c = 0; c < channels; c++) {
        for (int tap = 0; tap < taps; tap++) {
          int row = o / columns * terms + tap * perTap + c;
          all[row * width + o % columns] = op.weight()[(o * channels + c) * taps + tap];
        }
      }
    }
    return all;
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    int frames = steps * tile.batch();
    int rows = frames * op.outH() * op.outW();
    if (visits) {
      SpikeTile cut = SpikeTile.of(rows, columns, spikes.multiprocessors());
      spikes.decide(tile, op.input(), t, steps, cut);
    }
    if (!visits || !spikes.always()) {
      MatrixTile cut = MatrixTile.of(rows, columns, spikes.multiprocessors());
      PtxKernel kernel = dense.computeIfAbsent(cut, each -> MatrixPtx.convolution(op, form, each));
      KernelArguments arguments = tile.arguments();
      tile.value(op.input(), form, t);
      arguments.pointer(table, 0).pointer(weights, 0).pointer(bias, 0);
      tile.value(op.output(), ValueForm.NUMBERS, t);
      arguments.int32(rows);
      if (form == ValueForm.BITS) {
        arguments.pointer(spikes.decision(), 0);
      }
      tile.launch(kernel, Grids.of(cut, kernel, rows, columns, op.groups()));
    }
    if (visits) {
      visit(tile, t, frames, rows);
    }
  }

  private void visit(CudaTileRun tile, int t, int frames, int rows) {
    int perFrame = ChannelBits.wordsPerFrame(op);
    DeviceBuffer words = tile.scratch((long) frames * perFrame * Integer.BYTES);
    KernelArguments arguments = tile.arguments();
    tile.value(op.input(), ValueForm.BITS, t);
    arguments.pointer(words, 0).pointer(spikes.decision(), 0).int32(frames);
    tile.launch(toWords, toWords.blocks((long) frames * perFrame));
    SpikeTile cut = SpikeTile.of(rows, columns, spikes.multiprocessors());
    PtxKernel kernel = sparse.computeIfAbsent(cut, each -> SpikePtx.convolution(op, each));
    tile.arguments().pointer(words, 0).pointer(wordTable, 0);
    arguments.pointer(wordWeights, 0).pointer(bias, 0);
    tile.value(op.output(), ValueForm.NUMBERS, t);
    arguments.int32(rows).pointer(spikes.decision(), 0);
    tile.launch(kernel, Grids.of(cut, kernel, rows, columns, op.groups()));
  }
}
