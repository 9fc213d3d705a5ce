package org.velella.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

class SampledSpaceTest {
  private static Map<String, Distribution> unit(int parameters) {
    Map<String, Distribution> all = new LinkedHashMap<>();
    for (int p = 0; p < parameters; p++) {
      all.put("p" + p, new Distribution.Uniform(0, 1));
    }
    return all;
  }

  @Seeded(times = 5)
  void aLatinHypercubeHasOneTrialInEveryInterval(SplittableRandom random) {
    int trials = random.nextInt(1, 2000);
    ParameterSpace space = SampledSpace.latinHypercube(unit(3), trials, random.nextLong());
    for (int p = 0; p < 3; p++) {
      boolean[] taken = new boolean[trials];
      for (int i = 0; i < trials; i++) {
        int interval = (int) (space.row(i)[p] * trials);
        assertThat(taken[interval]).as("interval %d of %d", interval, trials).isFalse();
        taken[interval] = true;
      }
    }
  }

  /** The correlation of independent columns is about normal with deviation 1 / sqrt(trials). */
  @Seeded(times = 3)
  void theColumnsOfALatinHypercubeAreNotCorrelated(SplittableRandom random) {
    int trials = 4096;
    ParameterSpace space = SampledSpace.latinHypercube(unit(2), trials, random.nextLong());
    double sum = 0;
    for (int i = 0; i < trials; i++) {
      double[] row = space.row(i);
      sum += (row[0] - 0.5) * (row[1] - 0.5) * 12;
    }
    assertThat(Math.abs(sum / trials)).isLessThan(6 / Math.sqrt(trials));
  }

  /**
   * Sobol's first two dimensions are a (0, 2)-sequence in base 2: any 2^m trials from a multiple of
   * 2^m on have exactly one in every box of 2^a by 2^(m-a) equal parts. Scrambling keeps that.
   */
  @Seeded(times = 5)
  void everyDyadicBoxHoldsOneTrialOfSobol(SplittableRandom random) {
    ParameterSpace space = SampledSpace.sobol(unit(2), 1 << 10, random.nextLong());
    for (int m = 0; m <= 8; m++) {
      int count = 1 << m;
      int first = count * random.nextInt((1 << 10) / count);
      for (int a = 0; a <= m; a++) {
        boolean[] taken = new boolean[count];
        for (int i = 0; i < count; i++) {
          double[] row = space.row(first + i);
          int box = ((int) (row[0] * (1 << a)) << m - a) + (int) (row[1] * (1 << m - a));
          assertThat(taken[box]).as("2^%d trials from %d, a = %d", m, first, a).isFalse();
          taken[box] = true;
        }
      }
    }
  }

  /** Every dimension by itself is evenly spread, up to the last one that is offered. */
  @Test
  void everyDimensionOfSobolIsEven() {
    ParameterSpace space = SampledSpace.sobol(unit(1000), 64, 11);
    boolean[][] taken = new boolean[1000][64];
    for (int i = 0; i < 64; i++) {
      double[] row = space.row(i);
      for (int p = 0; p < 1000; p++) {
        taken[p][(int) (row[p] * 64)] = true;
      }
    }
    for (boolean[] dimension : taken) {
      assertThat(dimension).containsOnly(true);
    }
  }

  /** The error of an integral falls about as 1/n, not as 1/sqrt(n). */
  @Seeded(times = 3)
  void sobolIntegratesBetterThanChance(SplittableRandom random) {
    int trials = 1 << 12;
    ParameterSpace space = SampledSpace.sobol(unit(4), trials, random.nextLong());
    double sum = 0;
    for (int i = 0; i < trials; i++) {
      sum += Arrays.stream(space.row(i)).reduce(1, (a, b) -> a * 2 * b);
    }
    // The deviation of the mean of independent trials would be sqrt((4/3)^4 - 1) / 64 = 0.023.
    assertThat(sum / trials).isBetween(1 - 0.01, 1 + 0.01);
  }

  @Seeded(times = 3)
  void theFirstTrialsStayWhenMoreFollow(SplittableRandom random) {
    long seed = random.nextLong();
    for (int i = 0; i < 20; i++) {
      int trial = random.nextInt(100);
      assertThat(SampledSpace.sobol(unit(3), 1000, seed).row(trial))
          .containsExactly(SampledSpace.sobol(unit(3), 100, seed).row(trial));
      assertThat(SampledSpace.random(unit(3), 1000, seed).row(trial))
          .containsExactly(SampledSpace.random(unit(3), 100, seed).row(trial));
    }
  }

  @Seeded(times = 3)
  void aParametersRandomValuesDoNotDependOnTheOthers(SplittableRandom random) {
    long seed = random.nextLong();
    Map<String, Distribution> two = new LinkedHashMap<>();
    two.put("other", new Distribution.Normal(0, 1));
    two.put("p0", new Distribution.Uniform(0, 1));
    assertThat(SampledSpace.random(two, 10, seed).row(3)[1])
        .isEqualTo(SampledSpace.random(unit(1), 10, seed).row(3)[0]);
    assertThat(SampledSpace.random(unit(1), 10, seed + 1).row(3)[0])
        .isNotEqualTo(SampledSpace.random(unit(1), 10, seed).row(3)[0]);
  }

  /** Kolmogorov's distance of n values exceeds 3 / sqrt(n) with probability 3e-8. */
  @Seeded(times = 3)
  void distributionsAreWhatTheySay(SplittableRandom random) {
    Map<String, Distribution> all = new LinkedHashMap<>();
    all.put("u", SpaceText.distribution("u=uniform:-2:6").getValue());
    all.put("l", SpaceText.distribution("l=log-uniform:0.01:100").getValue());
    all.put("n", SpaceText.distribution("n=normal:5:0.5").getValue());
    int trials = 10_000;
    ParameterSpace space = SampledSpace.random(all, trials, random.nextLong());
    double[][] columns = new double[3][trials];
    for (int i = 0; i < trials; i++) {
      double[] row = space.row(i);
      columns[0][i] = (row[0] + 2) / 8;
      columns[1][i] = (Math.log10(row[1]) + 2) / 4;
      columns[2][i] = phi((row[2] - 5) / 0.5);
    }
    for (double[] column : columns) {
      Arrays.sort(column);
      double distance = 0;
      for (int i = 0; i < trials; i++) {
        distance = Math.max(distance, Math.abs(column[i] - (i + 0.5) / trials));
      }
      assertThat(distance).isLessThan(3 / Math.sqrt(trials));
    }
  }

  /**
   * The normal distribution function by Taylor's series of erf, good to 1e-9 within 6 deviations.
   */
  private static double phi(double z) {
    double term = z;
    double sum = z;
    for (int n = 1; n < 200; n++) {
      term *= z * z / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }

  @Seeded(times = 3)
  void choicesAndWholeNumbersComeEquallyOften(SplittableRandom random) {
    Map<String, Distribution> all = new LinkedHashMap<>();
    all.put("i", SpaceText.distribution("i=integers:-1:2").getValue());
    all.put("c", SpaceText.distribution("c=choice:a,b,c,d").getValue());
    all.put("f", SpaceText.distribution("f=choice:1.5,2.5,3.5,4.5").getValue());
    int trials = 4000;
    ParameterSpace space = SampledSpace.latinHypercube(all, trials, random.nextLong());
    int[][] counts = new int[3][4];
    for (int i = 0; i < trials; i++) {
      double[] row = space.row(i);
      counts[0][(int) row[0] + 1]++;
      counts[1][(int) row[1]]++;
      counts[2][(int) (row[2] - 1.5)]++;
    }
    // A Latin hypercube hits quarters exactly.
    for (int[] count : counts) {
      assertThat(count).containsOnly(1000);
    }
    assertThat(space.parameters().get(1).labels()).containsExactly("a", "b", "c", "d");
  }
}
