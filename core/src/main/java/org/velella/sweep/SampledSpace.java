package org.velella.sweep;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.velella.encoding.CounterRandom;

/**
 * Trials whose values are drawn from distributions, one for each parameter. A parameter's values
 * depend on the seed and its path only, not on what else is sampled, except that Sobol's dimensions
 * follow the order of the parameters.
 */
public final class SampledSpace implements ParameterSpace {
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Distribution> distributions;
  private final long trials;
  private final Sampler sampler;

  private SampledSpace(
      Map<String, Distribution> distributions,
      long trials,
      long seed,
      Function<long[], Sampler> sampler) {
    if (distributions.isEmpty() || trials < 1) {
      throw new IllegalArgumentException(
          "Sampling needs a parameter and a positive number of trials, found %s and %d"
              .formatted(distributions.keySet(), trials));
    }
    distributions.forEach((path, each) -> parameters.add(each.parameter(path)));
    this.distributions = List.copyOf(distributions.values());
    this.trials = trials;
    this.sampler = sampler.apply(keys(distributions.keySet(), seed));
  }

  private static long[] keys(Collection<String> paths, long seed) {
    return paths.stream().mapToLong(path -> CounterRandom.key(seed, "sweep:" + path)).toArray();
  }

  /**
   * Independent values.
   *
   * @param distributions by parameter, in the order of the space
   */
  public static SampledSpace random(
      Map<String, Distribution> distributions, long trials, long seed) {
    return new SampledSpace(distributions, trials, seed, RandomSampler::new);
  }

  /**
   * A Latin hypercube: each parameter's values are spread evenly over its whole distribution. More
   * trials are other trials.
   */
  public static SampledSpace latinHypercube(
      Map<String, Distribution> distributions, long trials, long seed) {
    return new SampledSpace(
        distributions, trials, seed, keys -> new LatinHypercubeSampler(trials, keys));
  }

  /**
   * A scrambled Sobol sequence: all parameters together are spread evenly, best for a power of two
   * of trials. More trials keep those there were.
   *
   * @throws IllegalArgumentException if there are more than 1000 parameters or 2^31 trials
   */
  public static SampledSpace sobol(
      Map<String, Distribution> distributions, long trials, long seed) {
    if (distributions.size() > SobolSampler.MAX_DIMENSIONS || trials > SobolSampler.MAX_TRIALS) {
      throw new IllegalArgumentException(
          "Sobol's sequence is known for %d parameters and %d trials, asked for %d and %d"
              .formatted(
                  SobolSampler.MAX_DIMENSIONS,
                  SobolSampler.MAX_TRIALS,
                  distributions.size(),
                  trials));
    }
    return new SampledSpace(distributions, trials, seed, SobolSampler::new);
  }

  @Override
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  @Override
  public long trials() {
    return trials;
  }

  @Override
  public void row(long trial, double[] row, int at) {
    for (int p = 0; p < distributions.size(); p++) {
      row[at + p] = distributions.get(p).quantile(sampler.uniform(trial, p));
    }
  }
}
