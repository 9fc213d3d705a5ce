package org.velella.network;

import org.velella.tensor.DType;
import org.velella.tensor.Shape;

/**
 * A tensor that a network needs.
 *
 * @param node the path of the node that it belongs to
 * @param op what the node does, as in network.json: {@code linear}, {@code batch_norm} and so on
 * @param leaf what it is to the node, such as {@code weight} or the name of a neuron parameter
 * @param dtype what its elements must be
 * @param shape its shape
 */
public record TensorPlace(String node, String op, String leaf, DType dtype, Shape shape) {
  /** The tensor's name in Velella's own files, such as {@code fc.weight}. */
  public String key() {
    return node + "." + leaf;
  }
}
