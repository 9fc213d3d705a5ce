package org.velella.equation;

import java.util.Arrays;
import java.util.List;

/**
 * Runs a {@link StepProgram} on neurons of one sample: the definition of what a step computes, and
 * the interpreter where no code can be generated. It works on short blocks of neurons, one
 * instruction after the other. It keeps scratch memory, so one thread uses it at a time.
 */
public final class StepEvaluator {
  /** Neurons per block: a few dozen blocks of float32 stay in the first-level cache. */
  private static final int BLOCK = 256;

  private static final float[] NONE = new float[0];

  private final StepProgram program;
  private final OpCode[] ops;
  private final int[] first;
  private final int[] second;
  private final int[] third;
  private final int[] recordedValues;
  private final float[][] values;

  /**
   * An evaluator of {@code program}.
   *
   * @param recorded value numbers (of {@link StepProgram#variables()}) that each step hands out
   */
  public StepEvaluator(StepProgram program, int... recorded) {
    List<StepProgram.Instruction> code = program.instructions();
    this.program = program;
    this.recordedValues = recorded.clone();
    ops = new OpCode[code.size()];
    first = new int[ops.length];
    second = new int[ops.length];
    third = new int[ops.length];
    values = new float[ops.length][BLOCK];
    for (int i = 0; i < ops.length; i++) {
      StepProgram.Instruction instruction = code.get(i);
      ops[i] = instruction.op();
      first[i] = instruction.a();
      second[i] = instruction.b();
      third[i] = instruction.c();
      if (ops[i] == OpCode.LITERAL) {
        Arrays.fill(values[i], instruction.literal());
      }
    }
  }

  /**
   * Advances {@code n} neurons by one step. Constant k of neuron i is {@code
   * constants[k][constantOffset + i * constantStride]}; every other array holds neuron i at its
   * offset plus i. The memories are updated in place, after all reads. NaNs are written as
   * 0x7fc00000.
   *
   * @param constantStride 1 if each neuron has its own constants, 0 if they share one value
   * @param out takes the output; may be {@code x} at the same offset
   * @param recorded takes the recorded values, in the order of the constructor; unused if none are
   *     recorded
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
    for (int from = 0; from < n; from += BLOCK) {
      int count = Math.min(BLOCK, n - from);
      int constantFrom = constantOffset + from * constantStride;
      read(count, x, xOffset + from, memories, memoryOffset + from);
      readConstants(count, constants, constantFrom, constantStride);
      for (int i = 0; i < ops.length; i++) {
        if (ops[i].hasOperands()) {
          Blocks.apply(
              ops[i], count, values[i], operand(first[i]), operand(second[i]), operand(third[i]));
        }
      }
      for (int m = 0; m < memories.length; m++) {
        write(count, program.memoryResults().get(m), memories[m], memoryOffset + from);
      }
      write(count, program.output(), out, outOffset + from);
      for (int k = 0; k < recordedValues.length; k++) {
        write(count, recordedValues[k], recorded[k], recordedOffset + from);
      }
    }
  }

  private float[] operand(int value) {
    return value < 0 ? NONE : values[value];
  }

  private void read(int count, float[] x, int xFrom, float[][] memories, int memoryFrom) {
    for (int i = 0; i < ops.length; i++) {
      if (ops[i] == OpCode.INPUT) {
        System.arraycopy(x, xFrom, values[i], 0, count);
      } else if (ops[i] == OpCode.MEMORY) {
        System.arraycopy(memories[first[i]], memoryFrom, values[i], 0, count);
      }
    }
  }

  private void readConstants(int count, float[][] constants, int from, int stride) {
    for (int i = 0; i < ops.length; i++) {
      if (ops[i] == OpCode.CONSTANT) {
        float[] source = constants[first[i]];
        if (stride == 0) {
          Arrays.fill(values[i], 0, count, source[from]);
        } else {
          System.arraycopy(source, from, values[i], 0, count);
        }
      }
    }
  }

  private void write(int count, int value, float[] target, int from) {
    float[] source = values[value];
    for (int i = 0; i < count; i++) {
      target[from + i] = Float32.canonical(source[i]);
    }
  }
}
