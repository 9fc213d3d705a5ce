package org.velella.spark.job;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.velella.checkpoint.MemoryEntry;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.PeriodicOperation;
import org.velella.module.Operation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.Node;
import org.velella.spark.task.StoredWeights;
import org.velella.sweep.ParameterSpace;
import org.velella.sweep.Trials;
import org.velella.tensor.Shape;

/**
 * The networks that trials of a sweep run instead of the run's own: the same nodes, edges and
 * shapes, with other weights and parameters.
 */
final class TrialWeights {
  /** By name, what the file held when it was checked. */
  private final Map<String, String> names;

  private final Function<String, Network> files;

  private TrialWeights(Map<String, String> names, Function<String, Network> files) {
    this.names = names;
    this.files = files;
  }

  /** Whether all trials run one network. */
  boolean isEmpty() {
    return names.isEmpty();
  }

  /** Of a sweep whose trials all run one network. */
  static TrialWeights none() {
    return new TrialWeights(Map.of(), name -> null);
  }

  /**
   * Reads the network files that a space names, one after the other, as there may be many.
   *
   * @param use is given each of them
   * @throws UsageException if one cannot be read, or is another network
   */
  static TrialWeights of(
      ParameterSpace space,
      RunConfig config,
      Network own,
      Configuration conf,
      Consumer<Network> use) {
    Function<String, Network> files =
        name -> NetworkSource.readWithNotes(name, config.convention(), config.dt(), conf).network();
    List<String> names =
        space.parameters().stream()
            .filter(parameter -> parameter.path().equals(Trials.WEIGHTS))
            .flatMap(parameter -> parameter.labels().stream())
            .toList();
    Map<String, String> checked = new LinkedHashMap<>();
    for (String name : names) {
      Network network = files.apply(name);
      String difference = difference(own, network);
      if (!difference.isEmpty()) {
        throw new UsageException(
            "%s, which trials shall take for weights, is not the network of %s: %s; sweep it by a command of its own"
                .formatted(name, config.network(), difference));
      }
      use.accept(network);
      checked.put(name, Digests.sha256(NetworkCodec.toBytes(network)));
    }
    return new TrialWeights(checked, files);
  }

  /** What must not differ between networks whose trials share a run's states and tables. */
  private static String difference(Network one, Network other) {
    if (!Set.copyOf(other.edges()).equals(Set.copyOf(one.edges()))) {
      return "its edges are %s, not %s".formatted(other.edges(), one.edges());
    }
    List<MemoryEntry> memories = MemoryEntry.list(one.memories());
    if (!MemoryEntry.list(other.memories()).equals(memories)) {
      return "its memories are %s, not %s".formatted(MemoryEntry.list(other.memories()), memories);
    }
    for (Node node : one.nodes()) {
      Shape is = other.outputShape(node.name());
      Shape was = one.outputShape(node.name());
      if (!is.equals(was)) {
        return "its node %s has the shape %s, not %s".formatted(node.name(), is, was);
      }
      if (one.spikes(node.name()) != other.spikes(node.name())) {
        return "its node %s does not send the same: spikes or numbers".formatted(node.name());
      }
      String goes = stepping(other.node(node.name()).operation());
      String went = stepping(node.operation());
      if (!goes.equals(went)) {
        return "its node %s goes on in %s, not in %s".formatted(node.name(), goes, went);
      }
    }
    return "";
  }

  /** How an operation takes steps, and counts them in memories that all samples share. */
  private static String stepping(Operation operation) {
    if (operation instanceof CycleOperation cycle) {
      return "cycles of %d steps, counting %s"
          .formatted(
              cycle.steps(),
              cycle.counting() == CycleOperation.Counting.RUN
                  ? "all steps of the run"
                  : "those of a cycle");
    }
    if (operation instanceof PeriodicOperation periodic) {
      return "cycles of %d steps".formatted(periodic.steps());
    }
    if (operation.mostSteps() < Long.MAX_VALUE) {
      return "%d steps at most".formatted(operation.mostSteps());
    }
    return "steps by %d".formatted(operation.stepsAtOnce());
  }

  /**
   * Keeps them in a run's directory, for whoever goes on with it.
   *
   * @throws UsageException if a file has changed since the run took it
   */
  void keep(RunDirectory directory) throws IOException {
    StoredWeights stored = new StoredWeights(directory.store());
    for (Map.Entry<String, String> entry : names.entrySet()) {
      String name = entry.getKey();
      byte[] network = NetworkCodec.toBytes(files.apply(name));
      if (!Digests.sha256(network).equals(entry.getValue()) || !stored.keep(name, network)) {
        throw new UsageException(
            "%s is not what it was when the sweep in %s took it for weights; restore it, or give the changed one another name"
                .formatted(name, directory.location()));
      }
    }
    stored.requireKept();
  }
}
