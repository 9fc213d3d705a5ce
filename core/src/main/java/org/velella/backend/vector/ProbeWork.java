package org.velella.backend.vector;

import java.util.Arrays;
import org.velella.equation.OpCode;

/** Calls of a new kernel that nobody needs: one and a half steps of a few neurons. */
final class ProbeWork {
  private static final int NEURONS = 128;

  /**
   * Neurons are rounded up to two groups of vectors that code takes at once, at most 2 x 6 x 16.
   */
  private static final int MOST_NEURONS = 2 * NEURONS;

  private ProbeWork() {}

  /**
   * Work that runs a class.
   *
   * @param run each time the same, on memories of its own
   * @param updates of neurons in it
   */
  record Calls(Runnable run, double updates) {}

  static Calls of(NeuronClasses.Compiled kernel, NeuronVariant variant) {
    int constants = 0;
    for (var instruction : variant.instructions()) {
      if (instruction.op() == OpCode.CONSTANT) {
        constants = Math.max(constants, 1 + instruction.a());
      }
    }
    float[][] ones = new float[constants][MOST_NEURONS];
    for (float[] array : ones) {
      Arrays.fill(array, 1f);
    }
    NeuronCode code =
        kernel.instance(ones, new float[variant.memoryResults().size()][MOST_NEURONS]);
    float[] x = new float[MOST_NEURONS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i * 37 % 64 - 20) / 16f;
    }
    for (int k = 0; k < code.others(); k++) {
      code.other(k, x, 0, 0);
    }
    if (code instanceof CountCode count) {
      // Few, as each vector is an object until the code is compiled.
      int group = kernel.vectors() * Lanes.COUNT;
      int neurons = 2 * ((NEURONS / 2 + group - 1) / group * group);
      return new Calls(counting(count, x, neurons), 1.5 * neurons);
    }
    return new Calls(stepping((StepCode) code, x, variant.recorded().size()), 1.5 * NEURONS);
  }

  private static Runnable stepping(StepCode code, float[] x, int recordedValues) {
    float[] out = new float[NEURONS];
    long[] bits = new long[NEURONS / Long.SIZE];
    float[][] recorded = new float[recordedValues][NEURONS];
    return () -> {
      code.step(NEURONS, x, 0, 0, 0, 0, out, 0, bits, 0, recorded, 0);
      code.step(NEURONS / 2, x, 0, 0, 0, 0, out, 0, bits, 0, recorded, 0);
    };
  }

  private static Runnable counting(CountCode code, float[] x, int neurons) {
    int[] counts = new int[neurons];
    int[] waits = new int[neurons];
    return () -> {
      code.count(neurons, 1, x, 0, 0, 0, 0, counts, waits);
      code.count(neurons / 2, 1, x, 0, 0, 0, 0, counts, waits);
    };
  }
}
