package org.velella.plan;

import java.util.List;

/**
 * The sum of several edges into an input of a node: plain adds from left to right, in byte order of
 * the sources' names. The sum of no edge is +0.
 *
 * @param size elements per sample and step
 */
public record SumOp(String node, List<Integer> inputs, int output, int size) implements Op {}
