package org.velella.plan;

import java.util.List;
import java.util.Map;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.Shape;

/**
 * A population of neurons.
 *
 * @param path the node's path, which prefixes its parameters' names in {@link TileParameters}
 * @param shape of the population, and of each of its inputs
 * @param inputs values in the order of the model's inputs
 * @param memories plan memories in the model's order
 * @param recorded value numbers of variables that a probe asks for, by variable name
 */
public record NeuronOp(
    String node,
    String path,
    NeuronOperation operation,
    Shape shape,
    List<Integer> inputs,
    int output,
    List<Integer> memories,
    Map<String, Integer> recorded)
    implements Op {}
