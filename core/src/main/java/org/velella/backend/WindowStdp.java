package org.velella.backend;

import java.util.Arrays;
import org.velella.plan.ConvOp;
import org.velella.synapse.StdpRule;

/**
 * Pairs of spikes at the kernel of a convolution. What its weights gain and lose is summed over the
 * places of the window in their order, row by row where rows share weights; then each weight that
 * met a spike changes once.
 */
final class WindowStdp extends StdpKernel {
  private final ConvOp at;
  private final float[] gains;
  private final float[] losses;
  private final boolean[] met;

  WindowStdp(StdpRule rule, SynapsePlaces places) {
    super(rule, places);
    at = places.window();
    gains = new float[places.count()];
    losses = new float[places.count()];
    met = new boolean[places.count()];
  }

  private int weightAt(int o, int c, int ky, int kx) {
    return ((o * at.inChannels() + c) * at.kernelH() + ky) * at.kernelW() + kx;
  }

  @Override
  protected void visitActive() {
    Arrays.fill(gains, 0.0f);
    Arrays.fill(losses, 0.0f);
    Arrays.fill(met, false);
    for (int i = 0; i < places.targets(); i++) {
      if (post[s + i] != 0) {
        gain(i, post[s + i]);
      }
    }
    for (int k = 0; k < places.sources(); k++) {
      if (pre[x + k] != 0) {
        lose(k, pre[x + k]);
      }
    }
    for (int e = 0; e < met.length; e++) {
      if (met[e]) {
        float w = weight[synapses + e];
        float change = rule.post().of(w) * gains[e] - rule.pre().of(w) * losses[e];
        weight[synapses + e] = rule.bounds().clamp(w + rule.rate() * change);
      }
    }
  }

  /** A target's spike meets the traces in its window. */
  private void gain(int target, float spike) {
    int b = target / (at.outChannels() * at.outH() * at.outW());
    int o = target / (at.outH() * at.outW()) % at.outChannels();
    int firstY = target / at.outW() % at.outH() * at.strideH() - at.padH();
    int firstX = target % at.outW() * at.strideW() - at.padW();
    for (int c = 0; c < at.inChannels(); c++) {
      for (int ky = Math.max(0, -firstY); ky < at.kernelH() && firstY + ky < at.inH(); ky++) {
        int line = (b * at.inChannels() + c) * at.inH() + firstY + ky;
        int from = sources + line * at.inW() + firstX;
        for (int kx = Math.max(0, -firstX); kx < at.kernelW() && firstX + kx < at.inW(); kx++) {
          int e = weightAt(o, c, ky, kx);
          gains[e] += spike * tracePre[from + kx];
          met[e] = true;
        }
      }
    }
  }

  /** A source's spike meets the traces of the targets whose windows hold it. */
  private void lose(int source, float spike) {
    int b = source / (at.inChannels() * at.inH() * at.inW());
    int c = source / (at.inH() * at.inW()) % at.inChannels();
    int y = source / at.inW() % at.inH();
    int x = source % at.inW();
    for (int ky = 0; ky < at.kernelH(); ky++) {
      int row = place(y + at.padH() - ky, at.strideH(), at.outH());
      for (int kx = 0; row >= 0 && kx < at.kernelW(); kx++) {
        int column = place(x + at.padW() - kx, at.strideW(), at.outW());
        for (int o = 0; column >= 0 && o < at.outChannels(); o++) {
          int e = weightAt(o, c, ky, kx);
          int line = (b * at.outChannels() + o) * at.outH() + row;
          losses[e] += tracePost[targets + line * at.outW() + column] * spike;
          met[e] = true;
        }
      }
    }
  }

  /** Which place of the window begins there, or less than 0 if none does. */
  private static int place(int begin, int stride, int places) {
    boolean is = begin >= 0 && begin % stride == 0 && begin / stride < places;
    return is ? begin / stride : -1;
  }

  @Override
  void send(float[] in, int from, float[] weights, int base, float[] out, int to) {
    Arrays.fill(out, to, to + places.targets(), 0.0f);
    int width = places.sources() / places.sharers();
    int height = places.targets() / places.sharers();
    for (int b = 0; b < places.sharers(); b++) {
      scan(in, from + b * width, weights, base, out, to + b * height);
    }
    for (int i = to; i < to + places.targets(); i++) {
      out[i] += 0.0f;
    }
  }

  /** A raster scan: each output gets its terms by kernel row, kernel column and channel. */
  private void scan(float[] in, int from, float[] weights, int base, float[] out, int to) {
    for (int y = 0; y < at.inH(); y++) {
      for (int x = 0; x < at.inW(); x++) {
        for (int c = 0; c < at.inChannels(); c++) {
          float sent = in[from + (c * at.inH() + y) * at.inW() + x];
          if (sent != 0) {
            spread(c, y, x, sent, weights, base, out, to);
          }
        }
      }
    }
  }

  private void spread(
      int c, int y, int x, float sent, float[] weights, int base, float[] out, int to) {
    for (int ky = 0; ky < at.kernelH(); ky++) {
      int row = place(y + at.padH() - ky, at.strideH(), at.outH());
      for (int kx = 0; row >= 0 && kx < at.kernelW(); kx++) {
        int column = place(x + at.padW() - kx, at.strideW(), at.outW());
        for (int o = 0; column >= 0 && o < at.outChannels(); o++) {
          int i = to + (o * at.outH() + row) * at.outW() + column;
          out[i] = Math.fma(sent, weights[base + weightAt(o, c, ky, kx)], out[i]);
        }
      }
    }
  }
}
