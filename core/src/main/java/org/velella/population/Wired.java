package org.velella.population;

import org.velella.synapse.Connectivity;

/**
 * What a rule gave.
 *
 * @param order for each synapse in the order of the connectivity, its number in the list of pairs;
 *     null if that is its own
 */
record Wired(Connectivity connectivity, int[] order) {
  Wired(Connectivity connectivity) {
    this(connectivity, null);
  }

  /**
   * The numbers of all synapses; a single one if it is the same for all.
   *
   * @param what for messages
   */
  double[] values(String what, Values values, Draws draws, int purpose) {
    if (values instanceof Values.Constant constant) {
      return new double[] {constant.value()};
    }
    int synapses = connectivity.synapses();
    double[] all = new double[synapses];
    if (values instanceof Values.Listed listed) {
      Checks.require(
          listed.values().length == synapses,
          "%s: the list has %s values for %s synapses",
          what,
          listed.values().length,
          synapses);
      for (int e = 0; e < synapses; e++) {
        all[e] = listed.values()[order == null ? e : order[e]];
      }
      return all;
    }
    int[] offsets = connectivity.offsets();
    for (int k = 0; k < connectivity.sources(); k++) {
      draws.at(k, purpose);
      for (int e = offsets[k]; e < offsets[k + 1]; e++) {
        all[e] = draws.draw(values);
      }
    }
    return all;
  }
}
