package org.velella.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;

/** Rates stand for activations, the better the longer the run. */
class RateLawTest {
  /** What rounding of float32 adds to a mean of up to 1000 steps. */
  private static final double ROUNDING = 1e-6;

  /**
   * Of one layer: after T steps of a held input x in [0, 1], v = v0 + T x - spikes lies between 0
   * and 1. So spikes / T lies within 1 / T of x, and within 1 / (2 T) if v0 is a half.
   */
  @ParameterizedTest
  @EnumSource(Start.class)
  void oneLayersRateIsItsActivationUpToOneSpike(Start start) {
    int width = 101;
    float[] input = new float[width];
    for (int i = 0; i < width; i++) {
      input[i] = (float) (i - 30) / (width - 31);
    }
    Network dense =
        Network.builder()
            .node("input", new InputOperation(Shape.of(width)))
            .node("relu", RateNets.relu())
            .node("output", new OutputOperation())
            .edge("input", "relu")
            .edge("relu", "output")
            .build();
    Network spiking =
        RateConversion.of(dense).start(start).convert(RateNets.data(width, input)).network();
    for (int steps : new int[] {1, 7, 100, 1000}) {
      double bound = (start == Start.HALF_THRESHOLD ? 0.5 : 1) / steps + ROUNDING;
      double[] rates = RateNets.means(spiking, steps, width, input)[0];
      for (int i = 0; i < width; i++) {
        assertThat(rates[i]).isCloseTo(Math.max(0, input[i]), within(bound));
      }
    }
  }

  /** Random networks of three layers on points of the plane: the same answers, smaller errors. */
  @Seeded
  void deepNetworksConverge(SplittableRandom random) {
    Network dense =
        RateNets.chain(
            RateNets.random(random, 24, 2),
            RateNets.random(random, 24, 24),
            RateNets.random(random, 4, 24));
    int samples = 60;
    float[] points = new float[2 * samples];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) (4 * random.nextDouble() - 2);
    }
    double[][] exact = RateNets.means(dense, 1, 2, points);
    for (Granularity granularity : Granularity.values()) {
      RateConversion.Converted converted =
          RateConversion.of(dense)
              .granularity(granularity)
              .start(Start.HALF_THRESHOLD)
              .convert(RateNets.data(2, points));
      double smallest = Double.POSITIVE_INFINITY;
      for (double[] row : exact) {
        for (double value : row) {
          smallest = Math.min(smallest, value);
        }
      }
      double shift = Math.min(0, smallest);
      double range = converted.scales().get("readout")[0];
      double early = error(converted.network(), 20, points, exact, shift, range);
      double late = error(converted.network(), 1000, points, exact, shift, range);
      assertThat(late).isLessThan(0.01).isLessThan(early / 4);
      assertThat(agreement(converted.network(), 1000, points, exact)).isGreaterThan(0.9);
    }
  }

  /** The mean distance of rates from the outputs, both between 0 and 1. */
  private static double error(
      Network spiking, int steps, float[] points, double[][] exact, double shift, double range) {
    double[][] rates = RateNets.means(spiking, steps, 2, points);
    double sum = 0;
    for (int n = 0; n < exact.length; n++) {
      for (int k = 0; k < exact[n].length; k++) {
        sum += Math.abs(rates[n][k] - (exact[n][k] - shift) / range);
      }
    }
    return sum / exact.length / exact[0].length;
  }

  private static double agreement(Network spiking, int steps, float[] points, double[][] exact) {
    double[][] rates = RateNets.means(spiking, steps, 2, points);
    int same = 0;
    for (int n = 0; n < exact.length; n++) {
      same += RateNets.argmax(rates[n]) == RateNets.argmax(exact[n]) ? 1 : 0;
    }
    return (double) same / exact.length;
  }
}
