package org.velella.spark.job;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.nir.NirImport;
import org.velella.spark.task.StoredWeights;
import org.velella.sweep.Parameter;
import org.velella.sweep.ParameterSpace;
import org.velella.sweep.Trials;

/**
 * The networks that trials of a sweep run instead of the run's own: the same nodes, edges and
 * shapes, with other weights and parameters.
 */
final class TrialWeights {
  private final Network own;
  private final Map<String, Network> byName = new LinkedHashMap<>();

  private TrialWeights(Network own) {
    this.own = own;
  }

  /** Of a sweep whose trials all run one network. */
  static TrialWeights none(Network own) {
    return new TrialWeights(own);
  }

  /**
   * Reads the network files that a space names.
   *
   * @throws UsageException if one cannot be read, or is another network
   */
  static TrialWeights of(
      ParameterSpace space, RunConfig config, NirImport imported, Configuration conf) {
    TrialWeights weights = new TrialWeights(imported.network());
    String structure = NetworkDigest.of(weights.own).structure();
    for (Parameter parameter : space.parameters()) {
      List<String> names = parameter.path().equals(Trials.WEIGHTS) ? parameter.labels() : List.of();
      for (String name : names) {
        Network network =
            NetworkSource.readWithNotes(name, config.convention(), config.dt(), conf).network();
        if (!NetworkDigest.of(network).structure().equals(structure)) {
          throw new UsageException(
              "%s, which trials shall take for weights, is not the network of %s: its nodes, edges or shapes differ; sweep it by a command of its own"
                  .formatted(name, config.network()));
        }
        weights.byName.put(name, network);
      }
    }
    return weights;
  }

  /** All networks that trials run. */
  Collection<Network> networks() {
    Map<String, Network> all = new LinkedHashMap<>(byName);
    all.put("", own);
    return all.values();
  }

  /**
   * Keeps them in a run's directory, for whoever goes on with it.
   *
   * @throws UsageException if a file has changed since the run took it
   */
  void keep(RunDirectory directory) throws IOException {
    StoredWeights stored = new StoredWeights(directory.store());
    for (Map.Entry<String, Network> entry : byName.entrySet()) {
      if (!stored.keep(entry.getKey(), NetworkCodec.toBytes(entry.getValue()))) {
        throw new UsageException(
            "%s is not what it was when the sweep in %s took it for weights; restore it, or give the changed one another name"
                .formatted(entry.getKey(), directory.location()));
      }
    }
  }
}
