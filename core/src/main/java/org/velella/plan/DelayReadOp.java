package org.velella.plan;

/**
 * Delivers what a node of a cycle gave at the step before: the value takes the memory's content.
 *
 * @param size elements per sample
 */
public record DelayReadOp(String node, int memory, int output, int size) implements Op {}
