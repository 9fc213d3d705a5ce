package org.velella.backend;

import org.velella.synapse.LearningRule;
import org.velella.synapse.RewardedRule;
import org.velella.synapse.StdpRule;
import org.velella.synapse.TripletStdpRule;

/** Makes the kernels of synapses that learn. */
public interface RuleKernels {
  /** One synapse at a time: the definition. */
  RuleKernels PLAIN =
      (rule, places) -> {
        if (places.window() != null) {
          return new WindowStdp((StdpRule) rule, places);
        }
        if (places.sharers() > 1) {
          if (rule instanceof TripletStdpRule triplet) {
            return new SharedTriplet(triplet, places);
          }
          return rule instanceof StdpRule stdp
              ? new SharedStdp(stdp, places)
              : new SharedReward((RewardedRule<?>) rule, places);
        }
        if (rule instanceof StdpRule stdp) {
          return new StdpKernel(stdp, places);
        }
        return rule instanceof TripletStdpRule triplet
            ? new TripletKernel(triplet, places)
            : new RewardKernel((RewardedRule<?>) rule, places);
      };

  /** The kernel of a rule, for one tile, which one thread runs. */
  RuleKernel of(LearningRule rule, SynapsePlaces places);
}
