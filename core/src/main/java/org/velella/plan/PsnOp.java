package org.velella.plan;

import org.velella.neuron.PsnOperation;

/**
 * Parallel neurons: the steps of a call are whole sequences of {@link PsnOperation#stepsAtOnce}.
 *
 * @param size elements per sample and step
 */
public record PsnOp(String node, PsnOperation operation, int input, int output, int size)
    implements Op {}
