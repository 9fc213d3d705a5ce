package org.velella.backend.vector;

import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of an event-driven product: one row of output, up to eight vectors wide, takes the
 * weight rows of the active inputs in ascending order. {@code out = ((start + terms) + end) +
 * 0.0f}; as in {@link DenseTiles}, blocks of inputs start from the sums stored before and all but
 * the last end with zeros.
 *
 * <p>{@code w} is {@code [inputs, vectors]} from {@code wt} on.
 */
final class EventTiles {
  private EventTiles() {}

  /** Terms of spikes: 1 * w is w, so a plain add gives the bits of the fused term. */
  static void spikes(
      int vectors,
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    switch (vectors) {
      case 8 -> spikesEight(inputs, from, to, w, wt, start, st, end, et, out, ot);
      case 4 -> spikesFour(inputs, from, to, w, wt, start, st, end, et, out, ot);
      case 2 -> spikesTwo(inputs, from, to, w, wt, start, st, end, et, out, ot);
      default -> spikesOne(inputs, from, to, w, wt, start, st, end, et, out, ot);
    }
  }

  /** Terms of graded inputs, fused. */
  static void graded(
      int vectors,
      float[] values,
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    switch (vectors) {
      case 8 -> gradedEight(values, inputs, from, to, w, wt, start, st, end, et, out, ot);
      case 4 -> gradedFour(values, inputs, from, to, w, wt, start, st, end, et, out, ot);
      case 2 -> gradedTwo(values, inputs, from, to, w, wt, start, st, end, et, out, ot);
      default -> gradedOne(values, inputs, from, to, w, wt, start, st, end, et, out, ot);
    }
  }

  static void spikesEight(
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, start, st + 2 * COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, start, st + 3 * COUNT);
    FloatVector s4 = FloatVector.fromArray(FLOATS, start, st + 4 * COUNT);
    FloatVector s5 = FloatVector.fromArray(FLOATS, start, st + 5 * COUNT);
    FloatVector s6 = FloatVector.fromArray(FLOATS, start, st + 6 * COUNT);
    FloatVector s7 = FloatVector.fromArray(FLOATS, start, st + 7 * COUNT);
    for (int i = from; i < to; i++) {
      int row = wt + inputs[i] * 8 * COUNT;
      s0 = s0.add(FloatVector.fromArray(FLOATS, w, row + 0 * COUNT));
      s1 = s1.add(FloatVector.fromArray(FLOATS, w, row + 1 * COUNT));
      s2 = s2.add(FloatVector.fromArray(FLOATS, w, row + 2 * COUNT));
      s3 = s3.add(FloatVector.fromArray(FLOATS, w, row + 3 * COUNT));
      s4 = s4.add(FloatVector.fromArray(FLOATS, w, row + 4 * COUNT));
      s5 = s5.add(FloatVector.fromArray(FLOATS, w, row + 5 * COUNT));
      s6 = s6.add(FloatVector.fromArray(FLOATS, w, row + 6 * COUNT));
      s7 = s7.add(FloatVector.fromArray(FLOATS, w, row + 7 * COUNT));
    }
    s0.add(FloatVector.fromArray(FLOATS, end, et + 0 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 0 * COUNT);
    s1.add(FloatVector.fromArray(FLOATS, end, et + 1 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 1 * COUNT);
    s2.add(FloatVector.fromArray(FLOATS, end, et + 2 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 2 * COUNT);
    s3.add(FloatVector.fromArray(FLOATS, end, et + 3 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 3 * COUNT);
    s4.add(FloatVector.fromArray(FLOATS, end, et + 4 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 4 * COUNT);
    s5.add(FloatVector.fromArray(FLOATS, end, et + 5 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 5 * COUNT);
    s6.add(FloatVector.fromArray(FLOATS, end, et + 6 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 6 * COUNT);
    s7.add(FloatVector.fromArray(FLOATS, end, et + 7 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 7 * COUNT);
  }

  static void spikesFour(
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, start, st + 2 * COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, start, st + 3 * COUNT);
    for (int i = from; i < to; i++) {
      int row = wt + inputs[i] * 4 * COUNT;
      s0 = s0.add(FloatVector.fromArray(FLOATS, w, row + 0 * COUNT));
      s1 = s1.add(FloatVector.fromArray(FLOATS, w, row + 1 * COUNT));
      s2 = s2.add(FloatVector.fromArray(FLOATS, w, row + 2 * COUNT));
      s3 = s3.add(FloatVector.fromArray(FLOATS, w, row + 3 * COUNT));
    }
    s0.add(FloatVector.fromArray(FLOATS, end, et + 0 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 0 * COUNT);
    s1.add(FloatVector.fromArray(FLOATS, end, et + 1 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 1 * COUNT);
    s2.add(FloatVector.fromArray(FLOATS, end, et + 2 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 2 * COUNT);
    s3.add(FloatVector.fromArray(FLOATS, end, et + 3 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 3 * COUNT);
  }

  static void spikesTwo(
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * COUNT);
    for (int i = from; i < to; i++) {
      int row = wt + inputs[i] * 2 * COUNT;
      s0 = s0.add(FloatVector.fromArray(FLOATS, w, row + 0 * COUNT));
      s1 = s1.add(FloatVector.fromArray(FLOATS, w, row + 1 * COUNT));
    }
    s0.add(FloatVector.fromArray(FLOATS, end, et + 0 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 0 * COUNT);
    s1.add(FloatVector.fromArray(FLOATS, end, et + 1 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 1 * COUNT);
  }

  static void spikesOne(
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * COUNT);
    for (int i = from; i < to; i++) {
      int row = wt + inputs[i] * 1 * COUNT;
      s0 = s0.add(FloatVector.fromArray(FLOATS, w, row + 0 * COUNT));
    }
    s0.add(FloatVector.fromArray(FLOATS, end, et + 0 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 0 * COUNT);
  }

  static void gradedEight(
      float[] values,
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, start, st + 2 * COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, start, st + 3 * COUNT);
    FloatVector s4 = FloatVector.fromArray(FLOATS, start, st + 4 * COUNT);
    FloatVector s5 = FloatVector.fromArray(FLOATS, start, st + 5 * COUNT);
    FloatVector s6 = FloatVector.fromArray(FLOATS, start, st + 6 * COUNT);
    FloatVector s7 = FloatVector.fromArray(FLOATS, start, st + 7 * COUNT);
    for (int i = from; i < to; i++) {
      int row = wt + inputs[i] * 8 * COUNT;
      FloatVector x = FloatVector.broadcast(FLOATS, values[i]);
      s0 = x.fma(FloatVector.fromArray(FLOATS, w, row + 0 * COUNT), s0);
      s1 = x.fma(FloatVector.fromArray(FLOATS, w, row + 1 * COUNT), s1);
      s2 = x.fma(FloatVector.fromArray(FLOATS, w, row + 2 * COUNT), s2);
      s3 = x.fma(FloatVector.fromArray(FLOATS, w, row + 3 * COUNT), s3);
      s4 = x.fma(FloatVector.fromArray(FLOATS, w, row + 4 * COUNT), s4);
      s5 = x.fma(FloatVector.fromArray(FLOATS, w, row + 5 * COUNT), s5);
      s6 = x.fma(FloatVector.fromArray(FLOATS, w, row + 6 * COUNT), s6);
      s7 = x.fma(FloatVector.fromArray(FLOATS, w, row + 7 * COUNT), s7);
    }
    s0.add(FloatVector.fromArray(FLOATS, end, et + 0 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 0 * COUNT);
    s1.add(FloatVector.fromArray(FLOATS, end, et + 1 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 1 * COUNT);
    s2.add(FloatVector.fromArray(FLOATS, end, et + 2 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 2 * COUNT);
    s3.add(FloatVector.fromArray(FLOATS, end, et + 3 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 3 * COUNT);
    s4.add(FloatVector.fromArray(FLOATS, end, et + 4 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 4 * COUNT);
    s5.add(FloatVector.fromArray(FLOATS, end, et + 5 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 5 * COUNT);
    s6.add(FloatVector.fromArray(FLOATS, end, et + 6 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 6 * COUNT);
    s7.add(FloatVector.fromArray(FLOATS, end, et + 7 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 7 * COUNT);
  }

  static void gradedFour(
      float[] values,
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * COUNT);
    FloatVector s2 = FloatVector.fromArray(FLOATS, start, st + 2 * COUNT);
    FloatVector s3 = FloatVector.fromArray(FLOATS, start, st + 3 * COUNT);
    for (int i = from; i < to; i++) {
      int row = wt + inputs[i] * 4 * COUNT;
      FloatVector x = FloatVector.broadcast(FLOATS, values[i]);
      s0 = x.fma(FloatVector.fromArray(FLOATS, w, row + 0 * COUNT), s0);
      s1 = x.fma(FloatVector.fromArray(FLOATS, w, row + 1 * COUNT), s1);
      s2 = x.fma(FloatVector.fromArray(FLOATS, w, row + 2 * COUNT), s2);
      s3 = x.fma(FloatVector.fromArray(FLOATS, w, row + 3 * COUNT), s3);
    }
    s0.add(FloatVector.fromArray(FLOATS, end, et + 0 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 0 * COUNT);
    s1.add(FloatVector.fromArray(FLOATS, end, et + 1 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 1 * COUNT);
    s2.add(FloatVector.fromArray(FLOATS, end, et + 2 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 2 * COUNT);
    s3.add(FloatVector.fromArray(FLOATS, end, et + 3 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 3 * COUNT);
  }

  static void gradedTwo(
      float[] values,
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * COUNT);
    FloatVector s1 = FloatVector.fromArray(FLOATS, start, st + 1 * COUNT);
    for (int i = from; i < to; i++) {
      int row = wt + inputs[i] * 2 * COUNT;
      FloatVector x = FloatVector.broadcast(FLOATS, values[i]);
      s0 = x.fma(FloatVector.fromArray(FLOATS, w, row + 0 * COUNT), s0);
      s1 = x.fma(FloatVector.fromArray(FLOATS, w, row + 1 * COUNT), s1);
    }
    s0.add(FloatVector.fromArray(FLOATS, end, et + 0 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 0 * COUNT);
    s1.add(FloatVector.fromArray(FLOATS, end, et + 1 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 1 * COUNT);
  }

  static void gradedOne(
      float[] values,
      int[] inputs,
      int from,
      int to,
      float[] w,
      int wt,
      float[] start,
      int st,
      float[] end,
      int et,
      float[] out,
      int ot) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, start, st + 0 * COUNT);
    for (int i = from; i < to; i++) {
      int row = wt + inputs[i] * 1 * COUNT;
      FloatVector x = FloatVector.broadcast(FLOATS, values[i]);
      s0 = x.fma(FloatVector.fromArray(FLOATS, w, row + 0 * COUNT), s0);
    }
    s0.add(FloatVector.fromArray(FLOATS, end, et + 0 * COUNT))
        .add(0.0f)
        .intoArray(out, ot + 0 * COUNT);
  }
}
