package org.velella.population;

import org.velella.synapse.LearningRule;

/**
 * How the synapses of a projection learn.
 *
 * @param rule its time constants are steps
 * @param reward the input of the network, of one element, that rewards; empty for rules without
 */
public record Plasticity(LearningRule rule, String reward) {
  public Plasticity {
    Checks.require(
        rule.rewarded() != reward.isEmpty(),
        rule.rewarded()
            ? "Learning rule '%s' needs the name of an input as its reward"
            : "Learning rule '%s' takes no reward",
        rule.kind());
  }
}
