package org.velella.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.Module;
import org.velella.synapse.LearningRule;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.PlasticWindow;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A {@code Linear} or a convolution without bias and the neurons behind it, whose weights learn in
 * every step: {@code y[t] = sub(W[t] x[t])}, and W[t + 1] is what the rule makes of W[t], the
 * spikes x[t] and the spikes y[t]. It is the seed's learner with its layer and neurons, applied
 * step by step.
 *
 * <p>Input {@code [N, in]}, or {@code [N, in + 1]} for rules with a reward, whose last column it
 * is; output {@code [N, out]}. It is a network of its own: inside it are the nodes {@code synapse},
 * with the memories {@code synapse.weight} {@code [N, out, in]}, {@code synapse.trace_pre} and so
 * on, and {@code sub_module}; of a convolution images {@code [N, in, *]} and {@code [N, out, *]}.
 * Samples do not share what they learn, but the rows of one may.
 *
 * @see PlasticOperation
 * @seed activation_based.learning.STDPLearner
 */
public final class PlasticContainer extends NetworkModule {
  /**
   * A container.
   *
   * @param weight where the weights start, FLOAT {@code [out, in]}
   * @param sub a built-in module, or one of a user's, from {@code [N, out]} to {@code [N, out]}; it
   *     is taken as it starts
   * @throws NetworkException if shapes do not fit or the module cannot be part of a network
   */
  public PlasticContainer(INDArray weight, Module sub, LearningRule rule) {
    this(1, weight, sub, rule);
  }

  /**
   * A container whose weights several rows of a sample share, as the samples of a batch do in the
   * seed. Input {@code [N, rows, in]}, output {@code [N, rows, out]}; for a rule with a reward the
   * input is {@code [N, rows * in + rows]}, the rewards of the rows at the end.
   *
   * @param rows how many samples learn together
   * @param weight where the weights start, FLOAT {@code [out, in]}
   * @param sub as of one row, from {@code [N, rows, out]} to the same
   * @param rule of any kind
   * @throws NetworkException if shapes do not fit or the module cannot be part of a network
   */
  public PlasticContainer(int rows, INDArray weight, Module sub, LearningRule rule) {
    super(network(matrix(NdArrays.toTensor(weight), rows, rule), sub));
  }

  /**
   * A container with a convolution.
   *
   * @param source the shape of one step of a sample, {@code [in, *]}, or {@code [B, in, *]} for B
   *     rows that share the weights
   * @param weight where its kernel starts, FLOAT {@code [out, in, *]}
   * @param sub as of a {@code Linear}, from {@code [N, out, *]} to the same
   * @param rule a {@link org.velella.synapse.StdpRule}
   * @throws NetworkException if shapes do not fit or the module cannot be part of a network
   * @throws IllegalArgumentException if a kernel cannot learn by the rule or does not fit the input
   */
  public PlasticContainer(
      Shape source, INDArray weight, PlasticWindow window, Module sub, LearningRule rule) {
    super(
        network(PlasticOperation.of(source, window, NdArrays.toTensor(weight).copy(), rule), sub));
  }

  private static PlasticOperation matrix(Tensor weight, int rows, LearningRule rule) {
    if (weight.dtype() != DType.FLOAT32 || weight.shape().rank() != 2) {
      throw new NetworkException(
          "A PlasticContainer's weight must be FLOAT [out, in], found %s %s"
              .formatted(weight.dtype(), weight.shape()));
    }
    Shape out = Shape.of(weight.shape().dim(0));
    Shape in = Shape.of(weight.shape().dim(1));
    return PlasticOperation.of(rows, in, out, weight.copy(), rule);
  }

  private static Network network(PlasticOperation synapses, Module sub) {
    Shape out = synapses.target();
    LearningRule rule = synapses.rule();
    var operation = Networks.operation(sub, out);
    if (!operation.outputShape(out).equals(out)) {
      throw new NetworkException(
          "A PlasticContainer's module must give the shape %s of what its weights give, found %s"
              .formatted(out, operation.outputShape(out)));
    }
    Network.Builder network =
        Network.builder()
            .node("input", new InputOperation(synapses.source()))
            .node("synapse", synapses)
            .node("sub_module", operation)
            .node("output", new OutputOperation())
            .edge("input", "synapse", PlasticOperation.X)
            .edge("input", "synapse", PlasticOperation.PRE)
            .edge("synapse", "sub_module")
            .edge("sub_module", "synapse", PlasticOperation.POST)
            .edge("sub_module", "output");
    if (rule.rewarded()) {
      network.node("reward", new InputOperation(Shape.of(synapses.sharers())));
      network.edge("reward", "synapse", PlasticOperation.REWARD);
    }
    return network.build();
  }
}
