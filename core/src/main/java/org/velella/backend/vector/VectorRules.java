package org.velella.backend.vector;

import org.velella.backend.RuleKernel;
import org.velella.backend.RuleKernels;
import org.velella.backend.SynapsePlaces;
import org.velella.synapse.LearningRule;
import org.velella.synapse.RewardedRule;
import org.velella.synapse.StdpRule;
import org.velella.synapse.TripletStdpRule;

/** Synapses that learn, on the Vector API where that is faster. */
final class VectorRules implements RuleKernels {
  private final Watches watches;

  VectorRules(Watches watches) {
    this.watches = watches;
  }

  @Override
  public RuleKernel of(LearningRule rule, SynapsePlaces places) {
    if (!places.all()) {
      // Neighbours in memory are rarely active together, and of the rest the compiler makes
      // vectors.
      return PLAIN.of(rule, places);
    }
    if (rule instanceof RewardedRule<?> rewarded) {
      return new DenseReward(rewarded, places, watches);
    }
    return rule instanceof StdpRule pairs
        ? new DenseStdp(pairs, places, watches)
        : new DenseTriplet((TripletStdpRule) rule, places, watches);
  }
}
