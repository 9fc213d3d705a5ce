package org.velella.spark.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.velella.network.KeptSteps;
import org.velella.network.Network;
import org.velella.simulate.ParameterBinding;
import org.velella.simulate.Stimulus;
import org.velella.spark.store.RunStores;
import org.velella.sweep.Trial;
import org.velella.sweep.Trials;

/** The trials of a run and what they mean: which network each one runs, with what. Thread-safe. */
final class RunTrials {
  /** What trials that name no weights call the run's own network. */
  static final String OWN = "";

  /** Networks that are kept decoded, beside the run's own. */
  private static final int MOST_DECODED = Math.max(4, Runtime.getRuntime().availableProcessors());

  private final TaskSpec spec;
  private final RangeTrials ranges;
  private final Variant own;

  /** Null if the input is read. */
  private final Stimulus stimulus;

  private final RangeRows.Computed computed;

  /** Whether some trial sets how many steps it has. */
  private final boolean stepsByTrial;

  /** By name, the one that was used last at the end; guarded by itself. */
  private final Map<String, Variant> others = new LinkedHashMap<>(8, 0.75f, true);

  /** Null until the first is read; guarded as they are. */
  private StoredWeights weights;

  /**
   * A network of the run.
   *
   * @param binding what the sweep's parameters mean in it
   */
  record Variant(String name, Network network, ParameterBinding binding) {}

  RunTrials(TaskSpec spec, Network network) {
    this.spec = spec;
    ranges = new RangeTrials(spec.sweep(), spec.seed(), spec.metrics());
    stimulus = spec.stimulus().isEmpty() ? null : Stimulus.parse(spec.stimulus());
    own = variant(OWN, network);
    stepsByTrial =
        ranges.parameters().stream().anyMatch(parameter -> parameter.path().equals(Trials.STEPS));
    computed =
        stimulus == null ? null : new RangeRows.Computed(stimulus, network.inputSize(), spec.dt());
  }

  private Variant variant(String name, Network network) {
    return new Variant(name, network, new ParameterBinding(network, ranges.parameters(), stimulus));
  }

  /** Which trials the ranges hold. */
  RangeTrials ofRanges() {
    return ranges;
  }

  /** What trials call the network that one of them runs. */
  static String name(Trial trial) {
    return trial.texts().getOrDefault(Trials.WEIGHTS, OWN);
  }

  /** The network of a name. */
  Variant variant(String name) {
    if (name.equals(OWN)) {
      return own;
    }
    synchronized (others) {
      Variant variant = others.get(name);
      if (variant == null) {
        variant = variant(name, stored(name));
        others.put(name, variant);
        if (others.size() > MOST_DECODED) {
          others.remove(others.keySet().iterator().next());
        }
      }
      return variant;
    }
  }

  private Network stored(String name) {
    try {
      if (weights == null) {
        weights =
            new StoredWeights(
                RunStores.open(URI.create(spec.runDirectory()), spec.conf().toConfiguration()));
      }
      // Its states lie beside those of the run's own network.
      return KeptSteps.keeping(weights.read(name), KeptSteps.of(own.network()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the network that trials call " + name, e);
    }
  }

  /** Why a trial cannot be run; empty if it can. */
  Optional<String> refusal(Trial trial) {
    return variant(name(trial)).binding().refusal(trial);
  }

  /** Whether some trial sets how many steps it has. */
  boolean setStepsByTrial() {
    return stepsByTrial;
  }

  /** What is computed instead of read as input; null if it is read. */
  RangeRows.Computed computed() {
    return computed;
  }

  /** The elements of the batch that a range's input makes with the range's trials. */
  RangeRows rows(RangeInput input) {
    return new RangeRows(input, ranges.of(input.range()), this);
  }
}
