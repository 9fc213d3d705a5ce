package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import org.velella.plan.ConvOp;

/**
 * A dense convolution that reads a {@link PaddedImage} in place: each term is one offset from the
 * position of the output. Positions are taken a vector at a time: row by row, or, where rows are
 * short, right over the gaps between rows, whose results are dropped.
 */
final class DenseConv {
  private static final int ROWS = DenseTiles.ROWS;

  private final ConvOp op;
  private final PaddedImage image;
  private final int inputsPerGroup;
  private final int outputsPerGroup;
  private final int blocksPerGroup;

  /** Kernel places times channels of a group, and that made even. */
  private final int taps;

  private final int terms;

  /** The place of each term relative to a position, within a group. */
  private final int[] offsets;

  /** {@code [group, block of channels, term, channel of the block]}. */
  private final float[] weights;

  private final float[] bias;

  /** The positions of the vectors, an even number of them. */
  private final int[] starts;

  /** Results of one block of channels, {@code [channel, vector]}, and how far rows lie apart. */
  private final float[] results;

  private final int resultPlane;
  private final int resultRow;

  DenseConv(ConvOp op) {
    this.op = op;
    image = new PaddedImage(Windowing.of(op), 0.0f);
    inputsPerGroup = op.inChannels() / op.groups();
    outputsPerGroup = op.outChannels() / op.groups();
    blocksPerGroup = (outputsPerGroup + ROWS - 1) / ROWS;
    taps = op.kernelH() * op.kernelW() * inputsPerGroup;
    terms = taps + (taps & 1);
    offsets = offsets();
    weights = weights();
    bias = new float[op.groups() * blocksPerGroup * ROWS];
    for (int o = 0; op.bias() != null && o < op.outChannels(); o++) {
      bias[block(o) * ROWS + o % outputsPerGroup % ROWS] = op.bias()[o];
    }
    int perRow = Lanes.vectors(op.outW());
    int flat = Lanes.vectors((op.outH() - 1) * image.pitch + op.outW());
    boolean rowByRow = op.outH() * perRow <= flat || op.outW() % COUNT == 0;
    starts = rowByRow ? starts(op.outH() * perRow, perRow) : starts(flat, flat);
    resultRow = rowByRow ? perRow * COUNT : image.pitch;
    resultPlane = starts.length * COUNT;
    results = new float[ROWS * resultPlane + 2 * COUNT];
  }

  private int block(int output) {
    return output / outputsPerGroup * blocksPerGroup + output % outputsPerGroup / ROWS;
  }

  /** The last one is taken twice if they are odd in number. */
  private int[] starts(int count, int perRow) {
    int[] at = new int[count + (count & 1)];
    for (int v = 0; v < at.length; v++) {
      int real = Math.min(v, count - 1);
      at[v] = real / perRow * image.pitch + real % perRow * COUNT;
    }
    return at;
  }

  private int[] offsets() {
    int[] to = new int[terms];
    int k = 0;
    for (int kernelY = 0; kernelY < op.kernelH(); kernelY++) {
      for (int kernelX = 0; kernelX < op.kernelW(); kernelX++) {
        int place = image.place(kernelY * op.dilationH(), kernelX * op.dilationW());
        for (int c = 0; c < inputsPerGroup; c++) {
          to[k++] = c * image.plane + place;
        }
      }
    }
    return to;
  }

  private float[] weights() {
    float[] to = new float[Math.multiplyExact(op.groups() * blocksPerGroup * ROWS, terms)];
    int places = op.kernelH() * op.kernelW();
    for (int o = 0; o < op.outChannels(); o++) {
      int at = block(o) * terms * ROWS + o % outputsPerGroup % ROWS;
      for (int place = 0; place < places; place++) {
        for (int c = 0; c < inputsPerGroup; c++) {
          int k = place * inputsPerGroup + c;
          to[at + k * ROWS] = op.weight()[(o * inputsPerGroup + c) * places + place];
        }
      }
    }
    return to;
  }

  /** Vectors of multiply-adds in one frame. */
  long work() {
    return (long) starts.length * terms * op.groups() * blocksPerGroup * ROWS;
  }

  /** Computes one frame. */
  void run(float[] in, int inOffset, float[] out, int outOffset) {
    image.load(in, inOffset);
    for (int group = 0; group < op.groups(); group++) {
      int base = group * inputsPerGroup * image.plane;
      if (taps < terms) {
        // The term that makes them even reads the zeros behind the last channel.
        offsets[taps] = op.inChannels() * image.plane - base;
      }
      for (int block = 0; block < blocksPerGroup; block++) {
        int first = group * outputsPerGroup + block * ROWS;
        int channels = Math.min(ROWS, outputsPerGroup - block * ROWS);
        int plane = op.outH() * op.outW();
        if (channels == ROWS && op.outW() % COUNT == 0 && (starts.length * COUNT) == plane) {
          block(group, block, base, out, outOffset + first * plane, plane);
        } else {
          block(group, block, base, results, 0, resultPlane);
          copy(channels, out, outOffset + first * plane, outOffset + op.outChannels() * plane);
        }
      }
    }
  }

  private void block(int group, int block, int base, float[] to, int at, int plane) {
    int number = group * blocksPerGroup + block;
    int w = number * terms * ROWS;
    for (int v = 0; v < starts.length; v += 2) {
      int at0 = base + starts[v];
      int at1 = base + starts[v + 1];
      int to0 = at + v * COUNT;
      tile(at0, at1, w, number * ROWS, to, to0, to0 + COUNT, plane);
    }
  }

  private void tile(int at0, int at1, int w, int bt, float[] to, int to0, int to1, int plane) {
    if (ROWS == 8) {
      ConvTiles.eight(
          terms, offsets, image.data, at0, at1, weights, w, bias, bt, to, to0, to1, plane);
    } else {
      ConvTiles.four(
          terms, offsets, image.data, at0, at1, weights, w, bias, bt, to, to0, to1, plane);
    }
  }

  /**
   * Copies rows of results. Whole vectors spill over the end of a row into what is written later,
   * so not at the end of the frame.
   */
  private void copy(int channels, float[] out, int outOffset, int end) {
    int width = op.outW();
    int spill = Lanes.roundUp(width);
    int to = outOffset;
    for (int channel = 0; channel < channels; channel++) {
      int from = channel * resultPlane;
      for (int y = 0; y < op.outH(); y++, from += resultRow, to += width) {
        if (to + spill <= end) {
          for (int x = 0; x < spill; x += COUNT) {
            FloatVector.fromArray(FLOATS, results, from + x).intoArray(out, to + x);
          }
        } else {
          System.arraycopy(results, from, out, to, width);
        }
      }
    }
  }
}
