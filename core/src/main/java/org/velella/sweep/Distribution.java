package org.velella.sweep;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.commons.math3.distribution.NormalDistribution;

/** How the values of a sampled parameter are spread: the quantile of a number in (0, 1). */
public sealed interface Distribution {
  /**
   * The value below which the part {@code u} of all values lies.
   *
   * @param u in (0, 1)
   */
  double quantile(double u);

  /** The parameter whose values are spread so. */
  default Parameter parameter(String path) {
    return Parameter.number(path);
  }

  /** Evenly between two numbers. */
  record Uniform(double from, double to) implements Distribution {
    /**
     * @throws IllegalArgumentException if the ends are not finite and ascending
     */
    public Uniform {
      requireInterval("uniform", from, to);
    }

    @Override
    public double quantile(double u) {
      return Math.min(to, from + (to - from) * u);
    }
  }

  /** Evenly in the logarithm, between two positive numbers. */
  record LogUniform(double from, double to) implements Distribution {
    /**
     * @throws IllegalArgumentException if the ends are not finite, positive and ascending
     */
    public LogUniform {
      requireInterval("log-uniform", from, to);
      if (!(from > 0)) {
        throw new IllegalArgumentException("log-uniform needs positive ends, found " + from);
      }
    }

    @Override
    public double quantile(double u) {
      double log = StrictMath.log(from) + (StrictMath.log(to) - StrictMath.log(from)) * u;
      return Math.max(from, Math.min(to, StrictMath.exp(log)));
    }
  }

  /** Whole numbers between two, both included, equally often. */
  record Integers(long from, long to) implements Distribution {
    /**
     * @throws IllegalArgumentException if the ends do not ascend
     */
    public Integers {
      requireInterval("integers", from, to);
    }

    @Override
    public double quantile(double u) {
      return Math.min(to, from + Math.floor((to - from + 1.0) * u));
    }
  }

  /** The normal distribution. */
  record Normal(double mean, double deviation) implements Distribution {
    /**
     * @throws IllegalArgumentException if the mean is not finite or the deviation not positive
     */
    public Normal {
      if (!Double.isFinite(mean) || !Double.isFinite(deviation) || !(deviation > 0)) {
        throw new IllegalArgumentException(
            "normal needs a mean and a positive deviation, found %s and %s"
                .formatted(mean, deviation));
      }
    }

    @Override
    public double quantile(double u) {
      return new NormalDistribution(null, mean, deviation).inverseCumulativeProbability(u);
    }
  }

  /** One of some numbers, equally often. */
  record ChoiceOfNumbers(List<Double> values) implements Distribution {
    /**
     * @throws IllegalArgumentException if there is none, or one is not finite
     */
    public ChoiceOfNumbers {
      values = List.copyOf(values);
      if (values.isEmpty() || values.stream().anyMatch(value -> !Double.isFinite(value))) {
        throw new IllegalArgumentException("choice needs finite numbers, found " + values);
      }
    }

    @Override
    public double quantile(double u) {
      return values.get((int) (values.size() * u));
    }
  }

  /** One of some texts, equally often. */
  record ChoiceOfTexts(List<String> values) implements Distribution {
    /**
     * @throws IllegalArgumentException if there is none
     */
    public ChoiceOfTexts {
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw new IllegalArgumentException("choice needs something to choose from");
      }
    }

    @Override
    public double quantile(double u) {
      return labels().indexOf(values.get((int) (values.size() * u)));
    }

    private List<String> labels() {
      return new ArrayList<>(new LinkedHashSet<>(values));
    }

    @Override
    public Parameter parameter(String path) {
      return new Parameter(path, labels());
    }
  }

  private static void requireInterval(String name, double from, double to) {
    if (!Double.isFinite(from) || !Double.isFinite(to) || !(from < to)) {
      throw new IllegalArgumentException(
          "%s needs two finite numbers, the smaller first, found %s and %s"
              .formatted(name, from, to));
    }
  }
}
