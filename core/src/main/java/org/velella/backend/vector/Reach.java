package org.velella.backend.vector;

import java.util.Arrays;

/**
 * Along one axis: which outputs hold an input in their window, and at which place of the kernel.
 */
final class Reach {
  /** Input i is held by pairs {@code first[i] ... first[i + 1] - 1}. */
  final int[] first;

  /** The output and the kernel place of each pair; for one input, by kernel place ascending. */
  final int[] output;

  final int[] kernel;

  private Reach(int[] first, int[] output, int[] kernel) {
    this.first = first;
    this.output = output;
    this.kernel = kernel;
  }

  static Reach of(int inputs, int outputs, int kernelSize, int stride, int pad, int dilation) {
    int[] first = new int[inputs + 1];
    int[] output = new int[inputs * kernelSize];
    int[] kernel = new int[inputs * kernelSize];
    int count = 0;
    for (int i = 0; i < inputs; i++) {
      for (int k = 0; k < kernelSize; k++) {
        int from = i + pad - k * dilation;
        if (from >= 0 && from % stride == 0 && from / stride < outputs) {
          output[count] = from / stride;
          kernel[count++] = k;
        }
      }
      first[i + 1] = count;
    }
    return new Reach(first, Arrays.copyOf(output, count), Arrays.copyOf(kernel, count));
  }

  int pairs() {
    return output.length;
  }
}
