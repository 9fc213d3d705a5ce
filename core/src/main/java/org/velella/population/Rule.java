package org.velella.population;

/**
 * Which pairs of a source and a target have a synapse. A pair never has more than one.
 *
 * <p>Lists of weights and delays go by the order of the pairs of {@link Listed}, and for all other
 * rules by source, then target.
 */
public sealed interface Rule {
  /** Every source to every target. */
  static Rule allToAll() {
    return new AllToAll();
  }

  /** Neuron i to neuron i of a population of the same size. */
  static Rule oneToOne() {
    return new OneToOne();
  }

  /** Every pair with a probability, each on its own. */
  static Rule probability(double probability) {
    return new Probability(probability);
  }

  /** Every target has so many sources, drawn without doubles. */
  static Rule inDegree(int degree) {
    return new InDegree(degree);
  }

  /** Every source has so many targets, drawn without doubles. */
  static Rule outDegree(int degree) {
    return new OutDegree(degree);
  }

  /** So many pairs, drawn without doubles. */
  static Rule total(int synapses) {
    return new Total(synapses);
  }

  /** {@code probability * exp(-d^2 / (2 width^2))} for a pair at distance d. */
  static Rule gaussian(double probability, double width) {
    return new Distance(Falloff.GAUSSIAN, probability, width);
  }

  /** {@code probability * exp(-d / width)} for a pair at distance d. */
  static Rule exponential(double probability, double width) {
    return new Distance(Falloff.EXPONENTIAL, probability, width);
  }

  /** {@code probability} for a pair at a distance of at most {@code radius}, 0 beyond. */
  static Rule disc(double probability, double radius) {
    return new Distance(Falloff.DISC, probability, radius);
  }

  /**
   * Given pairs, none of them twice.
   *
   * @param sources copied
   * @param targets as many; copied
   */
  static Rule pairs(int[] sources, int[] targets) {
    return new Listed(sources.clone(), targets.clone());
  }

  /** Every pair. */
  record AllToAll() implements Rule {}

  /** Equal numbers. */
  record OneToOne() implements Rule {}

  /** Independent pairs; the probability is rounded to float32. */
  record Probability(double probability) implements Rule {
    public Probability {
      requireProbability(probability);
    }
  }

  /** Sources of each target. */
  record InDegree(int degree) implements Rule {
    public InDegree {
      Checks.require(degree >= 0, "An in-degree must not be negative, found %s", degree);
    }
  }

  /** Targets of each source. */
  record OutDegree(int degree) implements Rule {
    public OutDegree {
      Checks.require(degree >= 0, "An out-degree must not be negative, found %s", degree);
    }
  }

  /** Synapses of all. */
  record Total(int synapses) implements Rule {
    public Total {
      Checks.require(
          synapses >= 0, "A total number of synapses must not be negative, found %s", synapses);
    }
  }

  /** How a probability falls with distance. */
  enum Falloff {
    GAUSSIAN,
    EXPONENTIAL,
    DISC
  }

  /** Independent pairs of a probability that falls with distance; both populations have places. */
  record Distance(Falloff falloff, double probability, double width) implements Rule {
    public Distance {
      requireProbability(probability);
      Checks.require(
          width > 0 && Double.isFinite(width),
          "The width of a distance rule must be finite and above 0, found %s",
          width);
    }

    /** The probability at a squared distance. */
    double at(double squared) {
      return switch (falloff) {
        case GAUSSIAN -> probability * StrictMath.exp(-squared / (2 * width * width));
        case EXPONENTIAL -> probability * StrictMath.exp(-StrictMath.sqrt(squared) / width);
        case DISC -> squared <= width * width ? probability : 0;
      };
    }
  }

  /**
   * Given pairs.
   *
   * @param sources not to be written to
   * @param targets not to be written to
   */
  record Listed(int[] sources, int[] targets) implements Rule {
    public Listed {
      Checks.require(
          sources.length == targets.length,
          "A list of pairs needs as many targets as sources, found %s and %s",
          targets.length,
          sources.length);
    }
  }

  private static void requireProbability(double probability) {
    Checks.require(
        probability == 0 || probability >= 0x1p-31 && probability <= 1,
        "A probability must be 0, or from 2^-31 to 1, found %s",
        probability);
  }
}
