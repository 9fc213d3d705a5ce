package org.velella.plan;

import org.velella.neuron.MaskedPsnOperation;

/**
 * Masked parallel neurons, a step after the other.
 *
 * @param size elements per sample and step
 * @param step the memory that counts steps
 * @param past the memory of inputs, {@code [N, k - 1, size]}; -1 if k is 1
 */
public record MaskedPsnOp(
    String node, MaskedPsnOperation operation, int input, int output, int size, int step, int past)
    implements Op {}
