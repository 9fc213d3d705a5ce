package org.velella.testkit;

import org.velella.synapse.PlasticOperation;
import org.velella.synapse.PlasticWindow;
import org.velella.synapse.StdpRule;
import org.velella.tensor.Shape;

/** The kernel of a convolution that learns, by the letter: one weight, one place at a time. */
final class LiteralWindow {
  private final int[] in;
  private final int[] out;
  private final int[] kernel;
  private final int[] stride;
  private final int[] padding;

  private LiteralWindow(PlasticOperation operation) {
    PlasticWindow window = operation.window();
    int rows = operation.source().rank() - window.stride().rank() - 1;
    in = three(operation.source().dropFirst(rows));
    out = three(operation.target().dropFirst(rows));
    kernel = three(operation.weight().shape().dropFirst(1));
    stride = three(window.stride().prepend(1));
    padding = three(window.padding().prepend(0));
    if (window.stride().rank() == 1) {
      stride[1] = 1;
      padding[1] = 0;
    }
  }

  /** Channels, rows, columns. */
  private static int[] three(Shape shape) {
    int[] of = shape.toArray();
    return of.length == 3 ? of : new int[] {of[0], 1, of[1]};
  }

  /** Which source a weight meets at a place, or -1 in the padding. */
  private int source(int c, int ky, int kx, int row, int column) {
    int y = row * stride[1] + ky - padding[1];
    int x = column * stride[2] + kx - padding[2];
    boolean inside = y >= 0 && y < in[1] && x >= 0 && x < in[2];
    return inside ? (c * in[1] + y) * in[2] + x : -1;
  }

  private int weight(int o, int c, int ky, int kx) {
    return ((o * in[0] + c) * kernel[1] + ky) * kernel[2] + kx;
  }

  static void send(PlasticOperation operation, int n, float[] x, float[] weights, float[] to) {
    LiteralWindow at = new LiteralWindow(operation);
    int first = n * operation.weight().size();
    int frame = operation.source().size() / operation.sharers();
    for (int i = 0; i < operation.target().size(); i++) {
      int o = i / (at.out[1] * at.out[2]) % at.out[0];
      int row = i / (at.out[0] * at.out[1] * at.out[2]);
      int from = n * operation.source().size() + row * frame;
      float sum = 0;
      for (int ky = 0; ky < at.kernel[1]; ky++) {
        for (int kx = 0; kx < at.kernel[2]; kx++) {
          for (int c = 0; c < at.in[0]; c++) {
            int k = at.source(c, ky, kx, i / at.out[2] % at.out[1], i % at.out[2]);
            if (k >= 0 && x[from + k] != 0) {
              sum = Math.fma(x[from + k], weights[first + at.weight(o, c, ky, kx)], sum);
            }
          }
        }
      }
      to[n * operation.target().size() + i] = sum + 0.0f;
    }
  }

  /** ends: x, s, trace_pre, trace_post of the sample. */
  static void learn(PlasticOperation operation, int n, float[][] ends, float[] weights) {
    LiteralWindow at = new LiteralWindow(operation);
    int first = n * operation.weight().size();
    for (int e = 0; e < operation.weight().size(); e++) {
      int kx = e % at.kernel[2];
      int ky = e / at.kernel[2] % at.kernel[1];
      int c = e / (at.kernel[2] * at.kernel[1]) % at.in[0];
      at.change(operation, ends, weights, first + e, new int[] {e, c, ky, kx});
    }
  }

  private void change(
      PlasticOperation operation, float[][] ends, float[] weights, int slot, int[] of) {
    StdpRule rule = (StdpRule) operation.rule();
    int o = of[0] / (in[0] * kernel[1] * kernel[2]);
    float gain = 0;
    float loss = 0;
    int terms = 0;
    for (int p = 0; p < operation.sharers() * out[1] * out[2]; p++) {
      int place = p % (out[1] * out[2]);
      int row = p / (out[1] * out[2]);
      int i = (row * out[0] + o) * out[1] * out[2] + place;
      int within = source(of[1], of[2], of[3], place / out[2], place % out[2]);
      int k = within < 0 ? -1 : row * in[0] * in[1] * in[2] + within;
      if (k >= 0 && ends[1][i] != 0) {
        gain += ends[1][i] * ends[2][k];
        terms++;
      }
      if (k >= 0 && ends[0][k] != 0) {
        loss += ends[3][i] * ends[0][k];
        terms++;
      }
    }
    float w = weights[slot];
    float up = (rule.post().offset() + rule.post().slope() * w) * gain;
    float down = (rule.pre().offset() + rule.pre().slope() * w) * loss;
    float changed = w + rule.rate() * (up - down);
    if (terms > 0) {
      weights[slot] = LiteralLearning.clamp(changed, rule.bounds().low(), rule.bounds().high());
    }
  }
}
