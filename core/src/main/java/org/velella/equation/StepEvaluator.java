package org.velella.equation;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Runs a {@link StepProgram} on neurons of one sample: the definition of what a step computes, and
 * the interpreter where no code can be generated. It works on short blocks of neurons, one
 * instruction after the other. It keeps scratch memory, so one thread uses it at a time.
 */
public final class StepEvaluator {
  /** Neurons per block: a few dozen blocks of float32 stay in the first-level cache. */
  private static final int BLOCK = 256;

  private static final float[] NONE = new float[0];

  private final StepProgram.Instruction[] code;
  private final int[] inputs;
  private final int[] memoryReads;
  private final int[] constantReads;
  private final int[] computed;
  private final int[] memoryResults;
  private final int[] recordedValues;
  private final int output;

  /** The block of each value. */
  private final float[][] values;

  /** Whether a constant's whole block holds its first element, which then need not be written. */
  private final boolean[] uniform;

  /**
   * An evaluator of {@code program}.
   *
   * @param recorded value numbers (of {@link StepProgram#variables()}) that each step hands out
   */
  public StepEvaluator(StepProgram program, int... recorded) {
    code = program.instructions().toArray(new StepProgram.Instruction[0]);
    inputs = where(op -> op == OpCode.INPUT);
    memoryReads = where(op -> op == OpCode.MEMORY);
    constantReads = where(op -> op == OpCode.CONSTANT);
    computed = where(OpCode::hasOperands);
    memoryResults = ints(program.memoryResults());
    recordedValues = recorded.clone();
    output = program.output();
    values = new float[code.length][BLOCK];
    uniform = new boolean[code.length];
    for (int i : where(op -> op == OpCode.LITERAL)) {
      Arrays.fill(values[i], code[i].literal());
    }
  }

  private int[] where(Predicate<OpCode> test) {
    return IntStream.range(0, code.length).filter(i -> test.test(code[i].op())).toArray();
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Advances {@code n} neurons of a model with one input by one step; see {@link #step(int,
   * float[][], int[], float[][], int, int, float[][], int, float[], int, float[][], int)}.
   */
  public void step(
      int n,
      float[] x,
      int xOffset,
      float[][] constants,
      int constantOffset,
      int constantStride,
      float[][] memories,
      int memoryOffset,
      float[] out,
      int outOffset,
      float[][] recorded,
      int recordedOffset) {
    step(
        n,
        new float[][] {x},
        new int[] {xOffset},
        constants,
        constantOffset,
        constantStride,
        memories,
        memoryOffset,
        out,
        outOffset,
        recorded,
        recordedOffset);
  }

  /**
   * Advances {@code n} neurons by one step. Constant k of neuron i is {@code
   * constants[k][constantOffset + i * constantStride]}; every other array holds neuron i at its
   * offset plus i. The memories are updated in place, after all reads. NaNs are written as
   * 0x7fc00000.
   *
   * @param in in the order of {@link StepProgram#inputs()}
   * @param inOffsets one for each input
   * @param constants in the order of {@link StepProgram#constants()}
   * @param constantStride 1 if each neuron has its own constants, 0 if they share one value
   * @param memories in the order of {@link StepProgram#memories()}
   * @param out takes the output; may be an input at the same offset
   * @param recorded takes the recorded values, in the order of the constructor; unused if none are
   *     recorded
   */
  public void step(
      int n,
      float[][] in,
      int[] inOffsets,
      float[][] constants,
      int constantOffset,
      int constantStride,
      float[][] memories,
      int memoryOffset,
      float[] out,
      int outOffset,
      float[][] recorded,
      int recordedOffset) {
    for (int from = 0; from < n; from += BLOCK) {
      int count = Math.min(BLOCK, n - from);
      for (int i : inputs) {
        int input = code[i].a();
        System.arraycopy(in[input], inOffsets[input] + from, values[i], 0, count);
      }
      for (int i : memoryReads) {
        System.arraycopy(memories[code[i].a()], memoryOffset + from, values[i], 0, count);
      }
      readConstants(count, constants, constantOffset + from * constantStride, constantStride);
      for (int i : computed) {
        StepProgram.Instruction op = code[i];
        Blocks.apply(op.op(), count, values[i], block(op.a()), block(op.b()), block(op.c()));
      }
      for (int m = 0; m < memoryResults.length; m++) {
        write(count, memoryResults[m], memories[m], memoryOffset + from);
      }
      write(count, output, out, outOffset + from);
      for (int k = 0; k < recordedValues.length; k++) {
        write(count, recordedValues[k], recorded[k], recordedOffset + from);
      }
    }
  }

  private float[] block(int value) {
    return value < 0 ? NONE : values[value];
  }

  private void readConstants(int count, float[][] constants, int from, int stride) {
    for (int i : constantReads) {
      float[] source = constants[code[i].a()];
      if (stride != 0) {
        System.arraycopy(source, from, values[i], 0, count);
        uniform[i] = false;
      } else if (!uniform[i] || !sameBits(values[i][0], source[from])) {
        Arrays.fill(values[i], source[from]);
        uniform[i] = true;
      }
    }
  }

  private static boolean sameBits(float a, float b) {
    return Float.floatToRawIntBits(a) == Float.floatToRawIntBits(b);
  }

  private void write(int count, int value, float[] target, int from) {
    float[] source = values[value];
    for (int i = 0; i < count; i++) {
      target[from + i] = Float32.canonical(source[i]);
    }
  }
}
