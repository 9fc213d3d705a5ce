package org.velella.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.PoolOperation;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.SynapticWork;
import org.velella.tensor.Shape;

/**
 * The nodes of a network whose operations are counted, and what each takes for a step of a sample
 * whatever its input is. Operations are those of SpikingJelly's {@code op_counter}, of one sample
 * and step at a time:
 *
 * <ul>
 *   <li>weights: see {@link SynapticWork}; a bias is none
 *   <li>pools that sum or average: the windows' elements but one, an addition each; a maximum is
 *       none
 *   <li>batch normalisation: an addition for each element and channel, a multiplication with an
 *       addition for each element, also where it is folded into weights
 *   <li>edges that meet: an addition for each element and edge but one; of two that both are 0 and
 *       1 only, one for each 1
 * </ul>
 *
 * What neurons compute inside is no such operation; it is counted as updates, one for each number
 * that they remember. What synapses learn is not counted. Nodes of other kinds are not counted, nor
 * are modules of users.
 */
final class CountedNodes {
  /**
   * One of them.
   *
   * @param spikes whether it sends spikes, which are counted
   * @param work of its weights, or null
   * @param additions for a step, whatever its input is
   * @param products multiplications with an addition, as well
   * @param updates numbers that its neurons remember
   * @param meeting whether edges meet at an input
   */
  record Counted(
      Node node,
      boolean spikes,
      SynapticWork work,
      long additions,
      long products,
      long updates,
      boolean meeting) {
    boolean isAny() {
      return spikes || work != null || additions + products + updates > 0 || meeting;
    }

    /** Whether what its sources send must be looked at. */
    boolean reads() {
      return work != null || meeting;
    }
  }

  private CountedNodes() {}

  /** Those of a network, in its order. */
  static List<Counted> of(Network network) {
    List<Counted> nodes = new ArrayList<>();
    for (Node node : network.nodes()) {
      Counted counted = of(network, node);
      if (counted.isAny()) {
        nodes.add(counted);
      }
    }
    return nodes;
  }

  private static Counted of(Network network, Node node) {
    Shape in = network.inputShape(node.name());
    Shape out = network.outputShape(node.name());
    long additions = 0;
    long products = 0;
    long updates = 0;
    if (node.operation() instanceof PoolOperation pool
        && pool.mode() != PoolOperation.Mode.MAXIMUM) {
      additions = (long) out.size() * (pool.kernel().size() - 1);
    } else if (node.operation() instanceof BatchNormOperation) {
      additions = (long) in.dim(0) + in.size();
      products = in.size();
    } else if (node.operation() instanceof NeuronOperation neurons) {
      updates = (long) neurons.model().memories().size() * in.size();
    }
    List<String> inputs = node.operation().inputNames();
    boolean meeting =
        inputs.size() < 2
            ? network.sources(node.name()).size() > 1
            : inputs.stream().anyMatch(each -> network.sources(node.name(), each).size() > 1);
    return new Counted(
        node,
        node.operation().spikes(),
        SynapticWork.of(network, node).orElse(null),
        additions,
        products,
        updates,
        meeting);
  }

  /** Nodes whose output must be visible. */
  static Set<String> spiking(List<Counted> nodes) {
    Set<String> names = new TreeSet<>();
    nodes.stream().filter(Counted::spikes).forEach(each -> names.add(each.node().name()));
    return names;
  }

  /** Nodes of which the sources must be visible. */
  static Set<String> read(List<Counted> nodes) {
    Set<String> names = new TreeSet<>();
    nodes.stream().filter(Counted::reads).forEach(each -> names.add(each.node().name()));
    return names;
  }
}
