package org.velella.population;

/** One number for all, a number for each, or numbers that are drawn. */
public sealed interface Values {
  /** The same number for all. */
  static Values constant(double value) {
    return new Constant(value);
  }

  /** One number for each; copied. */
  static Values listed(double... values) {
    return new Listed(values.clone());
  }

  /** Drawn between two numbers, each as likely as the other. */
  static Values uniform(double low, double high) {
    return new Uniform(low, high);
  }

  /** Drawn from a normal distribution. */
  static Values normal(double mean, double deviation) {
    return new Normal(mean, deviation);
  }

  /** Drawn so that the logarithms are normal, of mean {@code mu} and deviation {@code sigma}. */
  static Values logNormal(double mu, double sigma) {
    return new LogNormal(mu, sigma);
  }

  /** These, but what lies outside of two bounds is put on the nearer one. */
  default Values clipped(double low, double high) {
    return new Clipped(this, low, high);
  }

  /** One for all. */
  record Constant(double value) implements Values {
    public Constant {
      Checks.finite("A value", value);
    }
  }

  /**
   * One for each: of neurons in their order, of synapses as the rule says.
   *
   * @param values not to be written to
   */
  record Listed(double[] values) implements Values {
    public Listed {
      for (double value : values) {
        Checks.finite("A listed value", value);
      }
    }
  }

  /** {@code low + (high - low) u}, u in (0, 1). */
  record Uniform(double low, double high) implements Values {
    public Uniform {
      Checks.finite("The lower end of a uniform distribution", low);
      Checks.finite("The upper end of a uniform distribution", high);
      Checks.require(low <= high, "A uniform distribution from %s to %s has no values", low, high);
    }
  }

  /** {@code mean + deviation z}, z normal. */
  record Normal(double mean, double deviation) implements Values {
    public Normal {
      Checks.finite("The mean of a normal distribution", mean);
      Checks.deviation(deviation);
    }
  }

  /** {@code exp(mu + sigma z)}, z normal. */
  record LogNormal(double mu, double sigma) implements Values {
    public LogNormal {
      Checks.finite("The parameter mu of a lognormal distribution", mu);
      Checks.deviation(sigma);
    }
  }

  /** {@code min(max(v, low), high)} of drawn ones. */
  record Clipped(Values of, double low, double high) implements Values {
    public Clipped {
      Checks.require(!(of instanceof Listed), "A list cannot be clipped; list what is meant");
      Checks.require(low <= high, "Bounds from %s to %s leave no value", low, high);
    }
  }
}
