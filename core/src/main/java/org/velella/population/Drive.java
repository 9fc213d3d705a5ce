package org.velella.population;

/** What a population gets from outside of the network, without an input. */
public sealed interface Drive {
  /** Unique in the network; the path of its node. */
  String name();

  /** The population that is driven. */
  String to();

  /** Which of its inputs, if its neurons have several; else empty. */
  String input();

  /**
   * Spikes of independent Poisson sources, of which every neuron has its own: in each step it gets
   * {@code weight * count}, where count has a Poisson distribution of mean {@code sources * rate *
   * dt}. Parameters of a sweep: {@code NAME.rate}, {@code NAME.sources}, {@code
   * NAME.synapses.weight}.
   *
   * @param rate of each source per unit of time; drawn or listed for each neuron
   * @param sources how many each neuron has
   * @param weight of the spikes; drawn or listed for each neuron
   */
  record Poisson(String name, String to, String input, Values rate, int sources, Values weight)
      implements Drive {
    public Poisson {
      Checks.name("Drive", name);
      Checks.require(
          sources >= 1, "Drive '%s' needs a source for each neuron, found %s", name, sources);
    }

    /** To the only input. */
    public Poisson(String name, String to, Values rate, int sources, Values weight) {
      this(name, to, "", rate, sources, weight);
    }
  }

  /**
   * The same number in every step. Parameter of a sweep: {@code NAME.current}.
   *
   * @param current drawn or listed for each neuron
   */
  record Current(String name, String to, String input, Values current) implements Drive {
    public Current {
      Checks.name("Drive", name);
    }

    /** To the only input. */
    public Current(String name, String to, Values current) {
      this(name, to, "", current);
    }
  }
}
