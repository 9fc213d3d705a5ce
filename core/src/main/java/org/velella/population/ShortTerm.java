package org.velella.population;

/**
 * What the axons of a projection send after their last spikes: {@link
 * org.velella.neuron.ShortTermPlasticity}. Each source has its own state, which all its synapses in
 * the projection share. Times are in the unit of the network's time step.
 *
 * @param use U, from 0 to 1; for each source, or drawn
 * @param tauD time constant of depression
 * @param tauF time constant of facilitation; 0 for none
 */
public record ShortTerm(Values use, Values tauD, Values tauF) {
  /** The same for all sources. */
  public static ShortTerm of(double use, double tauD, double tauF) {
    return new ShortTerm(Values.constant(use), Values.constant(tauD), Values.constant(tauF));
  }
}
