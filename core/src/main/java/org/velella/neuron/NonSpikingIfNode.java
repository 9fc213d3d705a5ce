package org.velella.neuron;

import java.util.Map;

/**
 * A readout that does not spike: it adds up its input.
 *
 * <pre>
 * v = v + x      output: what {@link Decoding} says
 * </pre>
 *
 * <p>No parameters. Memories: {@code v}, from 0, and what the decoding needs. Other than the seed,
 * which forgets the potential between two forwards, this goes on where it stopped until it is
 * reset.
 *
 * @seed activation_based.neuron.NonSpikingIFNode
 */
public final class NonSpikingIfNode extends NeuronNode {
  /** A readout that sends its potential, or what stands for all of them so far. */
  public NonSpikingIfNode(Decoding decoding) {
    super(new NeuronOperation(ReadoutModels.nonSpikingIf(decoding), Map.of()));
  }
}
