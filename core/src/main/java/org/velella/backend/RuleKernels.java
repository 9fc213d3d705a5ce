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
        if (rule instanceof StdpRule stdp) {
          return places.window() == null
              ? new StdpKernel(stdp, places)
              : new WindowStdp(stdp, places);
        }
        return rule instanceof TripletStdpRule triplet
            ? new TripletKernel(triplet, places)
            : new RewardKernel((RewardedRule<?>) rule, places);
      };

  /** The kernel of a rule, for one tile, which one thread runs. */
  RuleKernel of(LearningRule rule, SynapsePlaces places);
}
