package org.velella.plan;

import java.util.List;
import org.velella.synapse.PlasticOperation;

/**
 * What synapses learn in a step, when all nodes of their cycle have their outputs.
 *
 * @param inputs the values of the learning inputs in the order of the operation
 * @param memories the memories of the operation in its order
 */
public record LearnOp(
    String node, PlasticOperation operation, List<Integer> inputs, List<Integer> memories)
    implements Op {}
