package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.velella.plan.ConvOp;

/**
 * A dense convolution that reads a {@link PaddedImage} in place: each term is one offset from the
 * position of the output. Positions are taken a vector at a time: row by row, or, where rows are
 * short, right over the gaps between rows, whose results are dropped.
 */
final class DenseConv {
  /** Places for the weights of a term: as many as a tile has channels, or more. */
  private static final int PLACES = 8;

  private final ConvOp op;
  private final PaddedImage image;
  private final int inputsPerGroup;
  private final int outputsPerGroup;
  private final int blocksPerGroup;

  /** The first channel of each block, within a group. */
  private final int[] firsts;

  /** Kernel places times channels of a group, and that made even. */
  private final int taps;

  private final int terms;

  /** The place of each term relative to a position, within a group. */
  private final int[] offsets;

  /** {@code [group, block of channels, term, place of a channel]}. */
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
    firsts = firsts(outputsPerGroup);
    blocksPerGroup = firsts.length;
    taps = op.kernelH() * op.kernelW() * inputsPerGroup;
    terms = taps + (taps & 1);
    offsets = offsets();
    weights = weights();
    bias = bias();
    int perRow = Lanes.vectors(op.outW());
    int flat = Lanes.vectors((op.outH() - 1) * image.pitch + op.outW());
    boolean rowByRow = op.outH() * perRow <= flat || op.outW() % COUNT == 0;
    starts = rowByRow ? starts(op.outH() * perRow, perRow) : starts(flat, flat);
    resultRow = rowByRow ? perRow * COUNT : image.pitch;
    resultPlane = starts.length * COUNT;
    results = new float[DenseTiles.ROWS * resultPlane + 2 * COUNT];
  }

  private static int[] firsts(int outputs) {
    int[] firsts = new int[outputs];
    int blocks = 0;
    for (int first = 0; first < outputs; first += DenseTiles.rows(outputs - first)) {
      firsts[blocks++] = first;
    }
    return Arrays.copyOf(firsts, blocks);
  }

  /** Channels of a tile, of which some may be none of the group's. */
  private int height(int block) {
    return DenseTiles.rows(outputsPerGroup - firsts[block]);
  }

  /** Channels of a block. */
  private int channels(int block) {
    return Math.min(height(block), outputsPerGroup - firsts[block]);
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
    int blocks = op.groups() * blocksPerGroup;
    float[] to = new float[Math.multiplyExact(blocks * PLACES, terms)];
    int places = op.kernelH() * op.kernelW();
    for (int number = 0; number < blocks; number++) {
      int block = number % blocksPerGroup;
      int first = number / blocksPerGroup * outputsPerGroup + firsts[block];
      for (int r = 0; r < channels(block); r++) {
        int at = number * terms * PLACES + r;
        for (int place = 0; place < places; place++) {
          for (int c = 0; c < inputsPerGroup; c++) {
            int k = place * inputsPerGroup + c;
            to[at + k * PLACES] = op.weight()[((first + r) * inputsPerGroup + c) * places + place];
          }
        }
      }
    }
    return to;
  }

  private float[] bias() {
    int blocks = op.groups() * blocksPerGroup;
    float[] to = new float[blocks * PLACES];
    for (int number = 0; op.bias() != null && number < blocks; number++) {
      int block = number % blocksPerGroup;
      int first = number / blocksPerGroup * outputsPerGroup + firsts[block];
      System.arraycopy(op.bias(), first, to, number * PLACES, channels(block));
    }
    return to;
  }

  /** Vectors of multiply-adds in one frame. */
  long work() {
    return (long) starts.length * terms * op.groups() * DenseTiles.padded(outputsPerGroup);
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
        int first = group * outputsPerGroup + firsts[block];
        int channels = channels(block);
        int plane = op.outH() * op.outW();
        boolean whole = channels == height(block);
        if (whole && op.outW() % COUNT == 0 && (starts.length * COUNT) == plane) {
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
    int w = number * terms * PLACES;
    int height = height(block);
    for (int v = 0; v < starts.length; v += 2) {
      int at0 = base + starts[v];
      int at1 = base + starts[v + 1];
      int to0 = at + v * COUNT;
      tile(height, at0, at1, w, number * PLACES, to, to0, to0 + COUNT, plane);
    }
  }

  private void tile(
      int height, int at0, int at1, int w, int bt, float[] to, int to0, int to1, int plane) {
    if (DenseTiles.MANY_REGISTERS) {
      ConvTiles.eight(
          terms, offsets, image.data, at0, at1, weights, w, bias, bt, to, to0, to1, plane);
    } else if (height == 6) {
      ConvTiles.six(
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
