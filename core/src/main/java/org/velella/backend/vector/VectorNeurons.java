package org.velella.backend.vector;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.velella.backend.Caches;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronBuffers.Source;
import org.velella.backend.NeuronKernel;
import org.velella.backend.vector.NeuronVariant.Form;
import org.velella.equation.StepProgram;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/**
 * One population in one tile, stepped by generated code. Neurons are taken in blocks whose memories
 * stay in the second-level cache, each block over all steps before the next. Memories lie in rows
 * of whole vectors, so that the last vector of a row needs no scalar code: what it computes beyond
 * the row is dropped.
 */
final class VectorNeurons implements NeuronKernel {
  /** Below, reading each step's part of the input is no longer one stream. */
  private static final int SHORTEST_BLOCK = 1 << 13;

  /** Beyond, nothing is gained. */
  private static final int LONGEST_BLOCK = 1 << 16;

  private static final int LANES = VectorUnit.here().lanes();

  private final int[] memoryIds;
  private final int batch;
  private final int size;
  private final int rows;
  private final int width;
  private final int pitch;
  private final int block;
  private final float[][] memories;
  private final NeuronOp op;
  private final VectorConstants constants;
  private final List<Integer> recorded = new ArrayList<>();

  /** The code of each form; null until it is asked for. */
  private NeuronClasses.Kernel floatKernel;

  private NeuronClasses.Kernel bitKernel;
  private StepCode floatCode;
  private StepCode bitCode;

  /** For each input a copy of what it has of a row's last vector, or of all of a row. */
  private final float[][] inputTails;

  private final float[] outputTail;
  private final float[][] recordedTail;
  private long[] joinedBits = new long[0];

  VectorNeurons(NeuronOp op, int batch, TileParameters parameters) {
    this.op = op;
    this.batch = batch;
    size = op.shape().size();
    memoryIds = op.memories().stream().mapToInt(Integer::intValue).toArray();
    constants = new VectorConstants(op, batch, parameters);
    rows = constants.rows();
    width = constants.width();
    pitch = constants.pitch();
    memories = new float[memoryIds.length][rows * pitch];
    block = block(memoryIds.length + constants.perNeuron().cardinality());
    Map<String, Integer> variables = op.operation().model().program().variables();
    op.recorded().keySet().forEach(name -> recorded.add(variables.get(name)));
    int inputs = op.operation().model().inputs().size();
    inputTails = new float[inputs][Math.min(pitch, block)];
    outputTail = new float[LANES];
    recordedTail = new float[recorded.size()][LANES];
  }

  /** Neurons whose memories and constants take a quarter of the second-level cache. */
  private static int block(int numbers) {
    long fitting = Caches.here().level2() / 4 / (Math.max(1, numbers) * Float.BYTES);
    long bounded = Math.max(SHORTEST_BLOCK, Math.min(LONGEST_BLOCK, fitting));
    return Integer.highestOneBit((int) bounded);
  }

  /** Whether the output of a population can be written as bits. */
  static boolean packs(NeuronOp op) {
    return op.operation().model().program().binaryOutput() && op.recorded().isEmpty();
  }

  /**
   * Makes the code of a form ready.
   *
   * @throws IllegalStateException if it cannot be compiled
   */
  void prepare(Form form) {
    if (kernel(form) != null) {
      return;
    }
    NeuronClasses.Kernel kernel =
        NeuronClasses.of(variant(form), op.operation().model().program().name());
    StepCode code = (StepCode) kernel.type().instance(constants.values(), memories);
    if (form == Form.FLOATS) {
      floatCode = code;
      floatKernel = kernel;
    } else {
      bitCode = code;
      bitKernel = kernel;
    }
  }

  /** Makes the code of a form ready if this JVM has it already. */
  void prepareKnown(Form form) {
    if (NeuronClasses.knows(variant(form))) {
      prepare(form);
    }
  }

  private NeuronVariant variant(Form form) {
    StepProgram program = op.operation().model().program();
    return NeuronVariant.of(program, recorded, constants.perNeuron(), constants.reciprocal(), form);
  }

  /** The code of a form, null if it is not ready. */
  NeuronClasses.Kernel kernel(Form form) {
    return form == Form.FLOATS ? floatKernel : bitKernel;
  }

  @Override
  public boolean writesSpikes() {
    return packs(op);
  }

  @Override
  public void load(Tensor[] tile) {
    for (int m = 0; m < memories.length; m++) {
      for (int row = 0; row < rows; row++) {
        float[] from = tile[memoryIds[m]].floats();
        System.arraycopy(from, row * width, memories[m], row * pitch, width);
      }
    }
  }

  @Override
  public void store(Tensor[] tile) {
    for (int m = 0; m < memories.length; m++) {
      for (int row = 0; row < rows; row++) {
        float[] to = tile[memoryIds[m]].floats();
        System.arraycopy(memories[m], row * pitch, to, row * width, width);
      }
    }
  }

  @Override
  public void run(int steps, NeuronBuffers buffers) {
    prepare(buffers.spikes() == null ? Form.FLOATS : Form.BITS);
    boolean joined = buffers.spikes() != null && rows < batch && size % Long.SIZE != 0;
    if (joined) {
      joinedBits = joinedBits.length < steps * words() ? new long[steps * words()] : joinedBits;
    }
    int atOnce = Math.max(1, block / width);
    for (int row = 0; row < rows; row += atOnce) {
      int end = Math.min(rows, row + atOnce);
      for (int from = 0; from < width; from += block) {
        int n = Math.min(block, width - from);
        for (int t = 0; t < steps; t++) {
          for (int r = row; r < end; r++) {
            if (buffers.spikes() == null) {
              floats(buffers, t, r, from, n);
            } else {
              bits(
                  buffers,
                  t,
                  r,
                  from,
                  n,
                  joined ? joinedBits : buffers.spikes(),
                  joined ? 0 : buffers.wordOffset());
            }
          }
        }
      }
    }
    if (joined) {
      split(steps, buffers);
    }
  }

  /** Words of one step if all rows are written one after the other. */
  private int words() {
    return rows * (pitch / Long.SIZE);
  }

  private void floats(NeuronBuffers buffers, int t, int row, int from, int n) {
    int at = (t * rows + row) * width + from;
    int memory = row * pitch + from;
    int whole = n - n % LANES;
    int first = row * width + from;
    if (whole > 0) {
      for (int k = 1; k < inputTails.length; k++) {
        Source other = buffers.inputs().get(k);
        floatCode.other(k - 1, other.in(), at(other, t, first), 0);
      }
      Source x = buffers.inputs().get(0);
      floatCode.step(
          whole,
          x.in(),
          at(x, t, first),
          row,
          from,
          memory,
          buffers.out(),
          buffers.outOffset() + at,
          null,
          0,
          buffers.recorded(),
          buffers.recordedOffset() + at);
    }
    int rest = n - whole;
    if (rest > 0) {
      for (int k = 0; k < inputTails.length; k++) {
        Source input = buffers.inputs().get(k);
        float[] values = tail(k, input, at(input, t, first) + whole, rest);
        if (k > 0) {
          floatCode.other(k - 1, values, 0, 0);
        }
      }
      floatCode.step(
          LANES,
          inputTails[0],
          0,
          row,
          from + whole,
          memory + whole,
          outputTail,
          0,
          null,
          0,
          recordedTail,
          0);
      System.arraycopy(outputTail, 0, buffers.out(), buffers.outOffset() + at + whole, rest);
      for (int k = 0; k < recordedTail.length; k++) {
        int to = buffers.recordedOffset() + at + whole;
        System.arraycopy(recordedTail[k], 0, buffers.recorded()[k], to, rest);
      }
    }
  }

  private void bits(
      NeuronBuffers buffers, int t, int row, int from, int n, long[] bits, int wordOffset) {
    int whole = n - n % Long.SIZE;
    int word = wordOffset + t * words() + row * (pitch / Long.SIZE) + from / Long.SIZE;
    if (whole == 0 || fits(buffers, t, row * width + from, padded(n))) {
      words(buffers, t, row, from, n, bits, word);
    } else {
      words(buffers, t, row, from, whole, bits, word);
      if (whole < n) {
        words(buffers, t, row, from + whole, n - whole, bits, word + whole / Long.SIZE);
      }
    }
    if (whole < n) {
      bits[word + whole / Long.SIZE] &= (1L << n) - 1;
    }
  }

  private static int padded(int n) {
    return (n + Long.SIZE - 1) / Long.SIZE * Long.SIZE;
  }

  /** Whether all inputs have so many numbers from here on. */
  private static boolean fits(NeuronBuffers buffers, int t, int first, int n) {
    for (Source input : buffers.inputs()) {
      if (at(input, t, first) + n > input.in().length) {
        return false;
      }
    }
    return true;
  }

  private void words(
      NeuronBuffers buffers, int t, int row, int from, int n, long[] bits, int word) {
    int padded = padded(n);
    Source input = buffers.inputs().get(0);
    float[] x = input.in();
    int at = at(input, t, row * width + from);
    if (at + padded > x.length) {
      x = tail(0, input, at, n);
      at = 0;
    }
    for (int k = 1; k < inputTails.length; k++) {
      Source other = buffers.inputs().get(k);
      int first = at(other, t, row * width + from);
      boolean fits = first + padded <= other.in().length;
      float[] values = fits ? other.in() : tail(k, other, first, n);
      bitCode.other(k - 1, values, fits ? first : 0, 0);
    }
    bitCode.step(padded, x, at, row, from, row * pitch + from, null, 0, bits, word, null, 0);
  }

  private static int at(Source input, int t, int first) {
    return input.offset() + t * input.stride() + first;
  }

  /** A copy of an input's values from a place on, with room for a whole vector or word behind. */
  private float[] tail(int k, Source input, int from, int n) {
    System.arraycopy(input.in(), from, inputTails[k], 0, n);
    return inputTails[k];
  }

  /** Cuts the bits of all samples in a row into frames that begin with a word each. */
  private void split(int steps, NeuronBuffers buffers) {
    int frameWords = (size + Long.SIZE - 1) / Long.SIZE;
    int to = buffers.wordOffset();
    for (int t = 0; t < steps; t++) {
      for (int n = 0; n < batch; n++) {
        for (int w = 0; w < frameWords; w++) {
          int left = size - w * Long.SIZE;
          long word = wordAt(t * words(), n * size + w * Long.SIZE);
          buffers.spikes()[to++] = left < Long.SIZE ? word & (1L << left) - 1 : word;
        }
      }
    }
  }

  /** The 64 bits from {@code bit} on; beyond the row's last word they do not count. */
  private long wordAt(int word, int bit) {
    int at = word + bit / Long.SIZE;
    int shift = bit % Long.SIZE;
    if (shift == 0) {
      return joinedBits[at];
    }
    long low = joinedBits[at] >>> shift;
    return at + 1 < joinedBits.length ? low | joinedBits[at + 1] << Long.SIZE - shift : low;
  }
}
