package org.velella.backend.vector;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram;
import org.velella.plan.NeuronConstants;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;

/**
 * The constants of one population in one tile as its kernel wants them, and the rows into which
 * that cuts the tile. If every constant is one value for the whole tile, or has a value for each
 * sample and neuron, the tile is one row; else each sample is a row. What counts is the values, not
 * the scope in which they were given.
 */
final class VectorConstants {
  /** Below, a row would be shorter than what it costs to begin one. */
  private static final int SHORTEST_ROW = 64;

  private final int batch;
  private final int size;
  private final int offsetPerSample;
  private final int stride;
  private final float[][] given;
  private final float[][] values;
  private final BitSet perNeuron = new BitSet();
  private final BitSet perSample = new BitSet();
  private final BitSet reciprocal = new BitSet();
  private final boolean oneRow;

  VectorConstants(NeuronOp op, int batch, TileParameters parameters) {
    this(op, batch, parameters, SHORTEST_ROW);
  }

  /** Constants of a tile that is one row, whatever they are. */
  static VectorConstants joined(NeuronOp op, int batch, TileParameters parameters) {
    return new VectorConstants(op, batch, parameters, Integer.MAX_VALUE);
  }

  private VectorConstants(NeuronOp op, int batch, TileParameters parameters, int shortestRow) {
    NeuronConstants constants = NeuronConstants.of(op, batch, parameters);
    this.batch = batch;
    size = op.shape().size();
    given = constants.values();
    stride = constants.stride();
    offsetPerSample = batch == 1 ? 0 : constants.offset(1);
    values = new float[given.length][];
    for (int k = 0; k < given.length; k++) {
      perNeuron.set(k, variesByNeuron(k));
      perSample.set(k, variesBySample(k));
    }
    boolean uniform = perNeuron.isEmpty() && perSample.isEmpty();
    boolean both = !perNeuron.isEmpty() && !perSample.isEmpty();
    oneRow = uniform || both || batch == 1 || size < shortestRow;
    for (int k = 0; k < given.length; k++) {
      values[k] = layOut(k);
    }
    exactReciprocals(op.operation().model().program());
  }

  private float at(int k, int n, int f) {
    return given[k][n * offsetPerSample + f * stride];
  }

  private static boolean same(float a, float b) {
    return Float.floatToRawIntBits(a) == Float.floatToRawIntBits(b);
  }

  private boolean variesByNeuron(int k) {
    for (int n = 0; stride > 0 && n < (offsetPerSample > 0 ? batch : 1); n++) {
      for (int f = 1; f < size; f++) {
        if (!same(at(k, n, f), at(k, n, 0))) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean variesBySample(int k) {
    for (int n = 1; offsetPerSample > 0 && n < batch; n++) {
      for (int f = 0; f < (stride > 0 ? size : 1); f++) {
        if (!same(at(k, n, f), at(k, 0, f))) {
          return true;
        }
      }
    }
    return false;
  }

  private float[] layOut(int k) {
    boolean single = !perNeuron.get(k) && !perSample.get(k);
    if (single || !perNeuron.get(k) && !oneRow) {
      float[] perRow = new float[rows()];
      for (int row = 0; row < perRow.length; row++) {
        perRow[row] = at(k, row, 0);
      }
      return perRow;
    }
    perNeuron.set(k);
    float[] all = new float[pitch()];
    for (int n = 0; n < (oneRow ? batch : 1); n++) {
      int from = n * offsetPerSample;
      if (stride == 0) {
        Arrays.fill(all, n * size, (n + 1) * size, given[k][from]);
      } else {
        System.arraycopy(given[k], from, all, n * size, size);
      }
    }
    // The places behind the last neuron are computed and dropped; 1 does no harm there.
    Arrays.fill(all, width(), all.length, 1f);
    return all;
  }

  private void exactReciprocals(StepProgram program) {
    List<StepProgram.Instruction> code = program.instructions();
    for (StepProgram.Instruction instruction : code) {
      if (instruction.op() == OpCode.DIV) {
        StepProgram.Instruction divisor = code.get(instruction.b());
        if (divisor.op() == OpCode.CONSTANT && !perNeuron.get(divisor.a())) {
          reciprocal.set(divisor.a(), allPowersOfTwo(values[divisor.a()]));
        }
      }
    }
  }

  /** Whether dividing by each value is multiplying by its reciprocal, bit for bit. */
  private static boolean allPowersOfTwo(float[] values) {
    for (float value : values) {
      int exponent = Math.getExponent(value);
      boolean power = (Float.floatToRawIntBits(value) & 0x007fffff) == 0;
      if (!power || Math.abs(exponent) > 100) {
        return false;
      }
    }
    return true;
  }

  int rows() {
    return oneRow ? 1 : batch;
  }

  /** Neurons of one row. */
  int width() {
    return oneRow ? batch * size : size;
  }

  /** Places of one row in the kernel's own memory: whole words of bits. */
  int pitch() {
    return (width() + Long.SIZE - 1) / Long.SIZE * Long.SIZE;
  }

  float[][] values() {
    return values;
  }

  BitSet perNeuron() {
    return perNeuron;
  }

  BitSet reciprocal() {
    return reciprocal;
  }
}
