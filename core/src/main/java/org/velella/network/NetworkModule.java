package org.velella.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.velella.module.MemorySpec;
import org.velella.module.Noise;
import org.velella.module.Samples;

/**
 * A network as a tree of modules: its children are the nodes under their names, nested ones inside
 * modules of the outer names, and its memories have the paths and the order of {@link
 * Network#memories()}, so that a checkpoint of a run can be loaded with {@link
 * org.velella.module.Memories#loadMemories} and run on.
 *
 * <p>Forward takes {@code [N, *]}, or {@code [T, N, *]} in multi-step mode, of the only Input
 * node's shape, and runs the whole graph as the engine does, with the same bits. Several Input
 * (Output) nodes lie one after the other in byte order of their names, as {@code [N, F]}. Input and
 * Output nodes have no module. A node's own module runs that node alone.
 */
public class NetworkModule extends EngineModule {
  private final Network network;
  private final List<NodeModule> nodes = new ArrayList<>();

  /** The modules of a network, all memories at their initial values. */
  public NetworkModule(Network network) {
    this.network = network;
    addNodes();
    network
        .memories()
        .keySet()
        .forEach(
            path -> {
              List<String> segments = NodePath.split(path);
              int last = segments.size() - 1;
              EngineModule owner = this;
              for (String segment : segments.subList(0, last)) {
                owner = owner.part(segment);
              }
              slot(owner, segments.get(last));
            });
    run(new NetworkOperation(network));
  }

  /**
   * Sets who the samples of the next forwards are, which the random numbers of encoders depend on:
   * with a run's seed and ids, this module draws what that run draws. Until then they are samples
   * 0, 1, 2, … of seed 0.
   */
  public final void setSamples(Samples samples) {
    noise(new Noise(samples, Noise.DEFAULT.path()));
    nodes.forEach(node -> node.samples(samples));
  }

  private record Place(EngineModule module, NodeTree tree) {}

  private void addNodes() {
    Deque<Place> waiting = new ArrayDeque<>(List.of(new Place(this, NodeTree.of(network.nodes()))));
    while (!waiting.isEmpty()) {
      Place place = waiting.remove();
      for (Map.Entry<String, NodeTree> child : place.tree.children().entrySet()) {
        Node node = child.getValue().node();
        boolean runs = node != null && !isPort(node);
        if (runs || !child.getValue().children().isEmpty()) {
          EngineModule module =
              runs
                  ? place.module.add(child.getKey(), module(node))
                  : place.module.part(child.getKey());
          waiting.add(new Place(module, child.getValue()));
        }
      }
    }
  }

  private static boolean isPort(Node node) {
    return node.operation() instanceof InputOperation
        || node.operation() instanceof OutputOperation;
  }

  private NodeModule module(Node node) {
    Map<String, MemorySpec> memories = network.memoriesOf(node);
    NodeModule module = new NodeModule(node, memories, network.previous(node.name()) != null);
    nodes.add(module);
    return module;
  }

  /** What this module runs. */
  public final Network network() {
    return network;
  }
}
