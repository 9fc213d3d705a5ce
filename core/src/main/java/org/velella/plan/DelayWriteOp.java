package org.velella.plan;

/**
 * Keeps a node's output for the next step: the memory takes the value. Last of its cycle's step.
 *
 * @param size elements per sample
 */
public record DelayWriteOp(String node, int input, int memory, int size) implements Op {}
