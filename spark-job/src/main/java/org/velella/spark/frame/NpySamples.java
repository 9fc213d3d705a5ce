package org.velella.spark.frame;

import java.io.IOException;
import org.velella.spark.store.InputFile;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;

/** Reads the values of some samples out of a {@code [N, *]} or {@code [T, N, *]} array. */
final class NpySamples {
  private final InputFile file;
  private final Npy.Header header;
  private final int steps;
  private final int samples;
  private final int width;
  private final int[] featureDims;

  NpySamples(InputFile file, Npy.Header header, NpyLayout layout) {
    this.file = file;
    this.header = header;
    int lead = layout == NpyLayout.SERIES ? 2 : 1;
    steps = lead == 2 ? header.shape().dim(0) : 1;
    samples = header.shape().dim(lead - 1);
    Shape features = header.shape().dropFirst(lead);
    width = features.size();
    featureDims = features.toArray();
  }

  /** Values {@code [T·F]} of the samples {@code [first, first + count)}. */
  float[][] read(long first, int count) throws IOException {
    float[][] values = new float[count][Math.multiplyExact(steps, width)];
    if (header.fortranOrder()) {
      readFortran(first, count, values);
    } else {
      for (int t = 0; t < steps; t++) {
        float[] frame = elements(((long) t * samples + first) * width, count * width);
        for (int n = 0; n < count; n++) {
          System.arraycopy(frame, n * width, values[n], t * width, width);
        }
      }
    }
    return values;
  }

  /** The file's element order is t fastest, then n, then the features from first to last axis. */
  private void readFortran(long first, int count, float[][] values) throws IOException {
    for (int k = 0; k < width; k++) {
      int feature = rowMajor(k);
      float[] run = elements(((long) k * samples + first) * steps, count * steps);
      for (int n = 0; n < count; n++) {
        for (int t = 0; t < steps; t++) {
          values[n][t * width + feature] = run[n * steps + t];
        }
      }
    }
  }

  /** The row-major place of the k-th feature in column-major order. */
  private int rowMajor(int k) {
    int place = 0;
    for (int axis = 0, stride = width; axis < featureDims.length; axis++) {
      stride /= featureDims[axis];
      place += k % featureDims[axis] * stride;
      k /= featureDims[axis];
    }
    return place;
  }

  private float[] elements(long firstElement, int count) throws IOException {
    int bytes = header.type().bytes();
    byte[] data = file.read(header.dataOffset() + firstElement * bytes, count * bytes);
    return header.decode(data, Shape.of(count)).toFloats();
  }
}
