package org.velella.spark.job;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.velella.simulate.RecordSink;

/** What populations of one sample did from a step on, in numbers that papers give. */
final class PopulationActivity implements RecordSink {
  private final int firstStep;
  private final int lastStep;
  private final double milliseconds;
  private final Map<String, Neurons> populations = new TreeMap<>();

  /** The spikes of one population. */
  private static final class Neurons {
    private final int[] previous;
    private final long[] spikes;
    private final long[] sum;
    private final long[] squares;
    private final int[] perStep;

    Neurons(int size, int steps) {
      previous = new int[size];
      Arrays.fill(previous, -1);
      spikes = new long[size];
      sum = new long[size];
      squares = new long[size];
      perStep = new int[steps];
    }
  }

  /**
   * Nothing seen yet.
   *
   * @param sizes neurons by population
   * @param firstStep from which on spikes count
   * @param lastStep the first one that does not count
   * @param milliseconds of a step
   */
  PopulationActivity(Map<String, Integer> sizes, int firstStep, int lastStep, double milliseconds) {
    this.firstStep = firstStep;
    this.lastStep = lastStep;
    this.milliseconds = milliseconds;
    sizes.forEach((name, size) -> populations.put(name, new Neurons(size, lastStep - firstStep)));
  }

  @Override
  public void spikes(String node, int sample, long step, int neuron, int count) {
    if (step < firstStep || step >= lastStep) {
      return;
    }
    Neurons of = populations.get(node);
    int now = (int) step;
    of.spikes[neuron]++;
    of.perStep[now - firstStep]++;
    if (of.previous[neuron] >= 0) {
      long interval = now - of.previous[neuron];
      of.sum[neuron] += interval;
      of.squares[neuron] += interval * interval;
    }
    of.previous[neuron] = now;
  }

  @Override
  public void trace(
      String node,
      String variable,
      int sample,
      long step,
      float[] values,
      int offset,
      int length) {}

  /** Spikes per second of the mean neuron of some populations. */
  double hertz(String... names) {
    long spikes = 0;
    long neurons = 0;
    for (String name : names) {
      spikes += Arrays.stream(populations.get(name).spikes).sum();
      neurons += populations.get(name).spikes.length;
    }
    return spikes * 1000.0 / neurons / ((lastStep - firstStep) * milliseconds);
  }

  /** The mean coefficient of variation of the intervals of neurons that have some of them. */
  double variation(String name, int intervals) {
    Neurons of = populations.get(name);
    double total = 0;
    int counted = 0;
    for (int i = 0; i < of.spikes.length; i++) {
      long n = of.spikes[i] - 1;
      if (n >= intervals) {
        double mean = (double) of.sum[i] / n;
        total += Math.sqrt(Math.max(0, (double) of.squares[i] / n - mean * mean)) / mean;
        counted++;
      }
    }
    return total / counted;
  }

  /** The variance of a population's spikes in a millisecond, by their mean. */
  double synchrony(String name) {
    double[] bins = perMillisecond(name);
    double mean = Arrays.stream(bins).average().orElseThrow();
    return Arrays.stream(bins).map(bin -> (bin - mean) * (bin - mean)).average().orElseThrow()
        / mean;
  }

  /** The spikes of some populations together in each millisecond. */
  double[] perMillisecond(String... names) {
    int steps = (int) Math.round(1 / milliseconds);
    double[] bins = new double[(lastStep - firstStep) / steps];
    for (String name : names) {
      int[] each = populations.get(name).perStep;
      for (int t = 0; t < bins.length * steps; t++) {
        bins[t / steps] += each[t];
      }
    }
    return bins;
  }

  /** The mean power of a signal, one value a millisecond, at whole frequencies between two. */
  static double power(double[] signal, int lowHertz, int highHertz) {
    double mean = Arrays.stream(signal).average().orElseThrow();
    double total = 0;
    for (int hertz = lowHertz; hertz <= highHertz; hertz++) {
      double real = 0;
      double imaginary = 0;
      for (int t = 0; t < signal.length; t++) {
        double angle = 2 * Math.PI * hertz * t / 1000;
        real += (signal[t] - mean) * StrictMath.cos(angle);
        imaginary += (signal[t] - mean) * StrictMath.sin(angle);
      }
      total += real * real + imaginary * imaginary;
    }
    return total / (highHertz - lowHertz + 1);
  }
}
