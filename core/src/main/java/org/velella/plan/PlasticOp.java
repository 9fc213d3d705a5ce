package org.velella.plan;

import org.velella.synapse.PlasticOperation;

/**
 * The output of synapses that learn: each target accumulates from +0 over its sources ascending, or
 * for a convolution in the order of a {@link ConvOp}, {@code y = fma(x, w, y)} with the weights
 * that its sample has, then {@code + 0.0f}. It is followed by the node's {@link LearnOp} in the
 * same stage, which runs step by step.
 *
 * @param memory the weights, changed by the other op only
 */
public record PlasticOp(String node, PlasticOperation operation, int input, int output, int memory)
    implements Op {}
