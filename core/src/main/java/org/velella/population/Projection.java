package org.velella.population;

import org.velella.synapse.LearningRule;

/**
 * Synapses from a population, or an input, to a population.
 *
 * @param name unique in the network; the path of its node, and what its random numbers depend on
 *     beside the seed
 * @param input which of the target's inputs, if its neurons have several; else empty
 * @param weight of the synapses; if it is constant and the source sends spikes, they are counted:
 *     {@link org.velella.synapse.EqualWeightOperation}
 * @param delay from a spike to its arrival, in the unit of the time step; null for one step.
 *     Rounded to whole steps, half of one to the even number; what is drawn below one step becomes
 *     one
 * @param shortTerm what axons send after their last spikes, or null for spikes as they are
 * @param plasticity how the synapses learn, or null if they do not
 */
public record Projection(
    String name,
    String from,
    String to,
    String input,
    Rule rule,
    Values weight,
    Values delay,
    SelfConnections selfConnections,
    ShortTerm shortTerm,
    Plasticity plasticity) {
  public Projection {
    Checks.name("Projection", name);
  }

  /** With weight 1, a delay of one step, and without self-connections. */
  public static Projection of(String name, String from, String to, Rule rule) {
    return new Projection(
        name, from, to, "", rule, Values.constant(1), null, SelfConnections.EXCLUDED, null, null);
  }

  /** To one of the inputs of neurons that have several. */
  public Projection input(String name) {
    return new Projection(
        this.name, from, to, name, rule, weight, delay, selfConnections, shortTerm, plasticity);
  }

  /** With weights. */
  public Projection weight(Values values) {
    return new Projection(
        name, from, to, input, rule, values, delay, selfConnections, shortTerm, plasticity);
  }

  /** With the same weight for all synapses. */
  public Projection weight(double value) {
    return weight(Values.constant(value));
  }

  /** With delays. */
  public Projection delay(Values values) {
    return new Projection(
        name, from, to, input, rule, weight, values, selfConnections, shortTerm, plasticity);
  }

  /** With the same delay for all synapses. */
  public Projection delay(double time) {
    return delay(Values.constant(time));
  }

  /** With self-connections or without. */
  public Projection selfConnections(SelfConnections which) {
    return new Projection(name, from, to, input, rule, weight, delay, which, shortTerm, plasticity);
  }

  /** With synapses that tire and warm up. */
  public Projection shortTerm(ShortTerm which) {
    return new Projection(
        name, from, to, input, rule, weight, delay, selfConnections, which, plasticity);
  }

  /** With synapses that learn by a rule without a reward. */
  public Projection plasticity(LearningRule learning) {
    return plasticity(new Plasticity(learning, ""));
  }

  /** With synapses that learn. */
  public Projection plasticity(Plasticity which) {
    return new Projection(
        name, from, to, input, rule, weight, delay, selfConnections, shortTerm, which);
  }
}
