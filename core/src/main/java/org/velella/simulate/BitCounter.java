package org.velella.simulate;

import org.velella.backend.SpikeFrameKernel;

/**
 * Counts spikes that come as bits, 64 neurons at a time: bit i of plane p of a word is bit p of
 * neuron i's count. A step costs a few operations per word, however many neurons fire.
 */
final class BitCounter {
  private static final int PLANES = 6;

  /** After so many steps a plane could overflow. */
  private static final int LONGEST = (1 << PLANES) - 1;

  private final int batch;
  private final int size;
  private final int width;
  private final int column;
  private final int words;
  private final int[] first;
  private final int[] counts;
  private final long[][] planes;

  /** Neurons that have not fired yet. */
  private final long[] silent;

  private int pending;

  /**
   * Counters of one output.
   *
   * @param first the first steps of all outputs {@code [N, width]}, -1 before them; kept up to date
   * @param column where the output's neurons begin in a row of it
   */
  BitCounter(int batch, int size, int[] first, int width, int column) {
    this.batch = batch;
    this.size = size;
    this.first = first;
    this.width = width;
    this.column = column;
    words = SpikeFrameKernel.words(size);
    counts = new int[batch * size];
    planes = new long[PLANES][batch * words];
    silent = new long[batch * words];
    for (int n = 0; n < batch; n++) {
      for (int f = 0; f < size; f++) {
        long bit = first[n * width + column + f] < 0 ? 1L << f : 0;
        silent[n * words + f / Long.SIZE] |= bit;
      }
    }
  }

  /** Counts the spikes of {@code steps} steps {@code [T, N, words]}. */
  void count(long firstStep, int steps, long[] spikes) {
    for (int t = 0; t < steps; t++) {
      add(spikes, t * silent.length, Math.toIntExact(firstStep + t));
      if (++pending == LONGEST) {
        flush();
      }
    }
  }

  /** Counts a step's spikes and notes first ones; most words of sparse activity have none. */
  private void add(long[] spikes, int from, int step) {
    long[] p0 = planes[0];
    long[] p1 = planes[1];
    long[] p2 = planes[2];
    for (int i = 0; i < p0.length; i++) {
      long carry = spikes[from + i];
      if (carry == 0) {
        continue;
      }
      if ((carry & silent[i]) != 0) {
        mark(i, carry & silent[i], step);
      }
      long next = p0[i] & carry;
      p0[i] ^= carry;
      carry = p1[i] & next;
      p1[i] ^= next;
      next = p2[i] & carry;
      p2[i] ^= carry;
      if (next != 0) {
        carry(i, next);
      }
    }
  }

  private void mark(int i, long fresh, int step) {
    silent[i] ^= fresh;
    int at = i / words * width + column + i % words * Long.SIZE;
    for (long left = fresh; left != 0; left &= left - 1) {
      first[at + Long.numberOfTrailingZeros(left)] = step;
    }
  }

  /** Every eighth spike of a neuron gets here. */
  private void carry(int i, long bits) {
    long carry = bits;
    for (int p = 3; p < PLANES; p++) {
      long next = planes[p][i] & carry;
      planes[p][i] ^= carry;
      carry = next;
    }
  }

  /** Visits set bits only: few neurons fire within so few steps. */
  private void flush() {
    for (int p = 0; p < PLANES; p++) {
      long[] plane = planes[p];
      for (int i = 0; i < plane.length; i++) {
        int at = i / words * size + i % words * Long.SIZE;
        for (long bits = plane[i]; bits != 0; bits &= bits - 1) {
          int neuron = at + Long.numberOfTrailingZeros(bits);
          counts[neuron] = Math.addExact(counts[neuron], 1 << p);
        }
        plane[i] = 0;
      }
    }
    pending = 0;
  }

  /** Adds the counts since the last call to those of all outputs {@code [N, width]}. */
  void addTo(int[] all) {
    flush();
    for (int n = 0; n < batch; n++) {
      for (int f = 0; f < size; f++) {
        int at = n * width + column + f;
        all[at] = Math.addExact(all[at], counts[n * size + f]);
        counts[n * size + f] = 0;
      }
    }
  }
}
