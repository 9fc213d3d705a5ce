package org.velella.plan;

import org.velella.synapse.Connectivity;

/**
 * {@code out[o] = (+0 fma over sources k ascending of x[k] * weight of the synapse k to o) + 0.0f}.
 * Pairs without a synapse are no terms.
 *
 * @param weight one per synapse, in the order of the connectivity
 */
public record SparseOp(
    String node, int input, int output, Connectivity connectivity, float[] weight)
    implements StatelessOp {}
