package org.velella.plan;

import org.velella.synapse.Connectivity;

/**
 * {@code out[o] = weight * (float) count + 0.0f}, where count is the exact sum of the inputs of the
 * sources that have a synapse to o. Inputs are whole numbers; others are refused, see {@link
 * org.velella.synapse.EqualWeightOperation#spikes}.
 */
public record EqualWeightOp(
    String node, int input, int output, Connectivity connectivity, float weight)
    implements StatelessOp {}
