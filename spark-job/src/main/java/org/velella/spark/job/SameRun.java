package org.velella.spark.job;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.velella.network.Network;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.simulate.StopRule;
import org.velella.spark.frame.InputFacts;

/** Checks that what a user names is the run that a directory holds. */
final class SameRun {
  private SameRun() {}

  /**
   * Checks that a user's configuration is that of this run. How it is computed may differ: backend,
   * tiles, partitions, checkpoints; and the data may lie elsewhere if it is the same.
   *
   * @param network the one that the user names
   * @param digests of the network and the input that the user names
   * @throws UsageException if something differs; the message names it
   */
  static void requireSame(
      RunSpec spec,
      RunConfig config,
      Network network,
      SortedMap<String, String> digests,
      String where) {
    List<String> differences = new ArrayList<>();
    digests.forEach(
        (name, digest) -> {
          if (!digest.equals(spec.provenance().digests().get(name))) {
            differences.add("other " + name + " (content, not name, is compared)");
          }
        });
    if (config.isSweep() != spec.sweep().isPresent()) {
      differences.add(spec.sweep().isPresent() ? "it is a sweep" : "it is no sweep");
    }
    compare(differences, "--convention", spec.value("convention"), config.convention());
    compare(differences, "--dt", "" + spec.provenance().dt(), "" + config.dt());
    if (!config.isSweep()) {
      compare(differences, "--seed", "" + spec.provenance().seed(), "" + config.seed());
    }
    if (!sameProbes(spec.record(), config.record(), network)) {
      compare(differences, "--record", spec.record(), config.record());
    }
    compare(
        differences,
        "--metrics",
        spec.metrics().toString(),
        OutputMetrics.parse(config.metrics()).toString());
    if (!rule(spec.stopWhen()).equals(rule(config.stopWhen()))) {
      compare(differences, "--stop-when", spec.stopWhen(), config.stopWhen());
    }
    if (!spec.stopWhen().isEmpty()) {
      compare(differences, "--stop-every", "" + spec.stopEvery(), "" + config.stopEvery());
    }
    compare(differences, "--samples", spec.value("samples"), "" + config.samples());
    if (config.rangeSize() != 0) {
      compare(differences, "--range-size", spec.value(RunSpec.RANGE_SIZE), "" + config.rangeSize());
    }
    if (!differences.isEmpty()) {
      throw new UsageException(
          "The output directory %s holds another run: %s; give another --output, or continue that run with the same options"
              .formatted(where, String.join("; ", differences)));
    }
  }

  /**
   * Checks that the data is what the run began with.
   *
   * @throws UsageException if it has changed
   */
  static void requireSameInput(RunSpec spec, InputFacts facts, String where) {
    if (!Digests.ofInput(facts).equals(spec.provenance().digests().get(Digests.INPUT))) {
      throw new UsageException(
          "The input %s is not what the run in %s was begun with: it was %s (%s) and is %s (%s); restore it, or begin a new run"
              .formatted(
                  spec.value("input"),
                  where,
                  spec.value("input.kind"),
                  spec.value("input.fingerprint"),
                  facts.kind(),
                  facts.fingerprint()));
    }
  }

  /** Whether two texts ask to record the same, in whatever order and however often. */
  private static boolean sameProbes(String was, String is, Network network) {
    try {
      return Probes.parse(was, network).equals(Probes.parse(is, network));
    } catch (IllegalArgumentException e) {
      // The run's own probes may not fit the network that is named now; its digest says so, too.
      return was.equals(is);
    }
  }

  /** A condition in one form for all ways to write it. */
  private static String rule(String text) {
    return text.isEmpty() ? "" : StopRule.parse(text, StopRule.USUAL_EVERY).toString();
  }

  private static void compare(List<String> differences, String option, String was, String is) {
    if (!was.equals(is)) {
      differences.add("%s was '%s' and is '%s'".formatted(option, was, is));
    }
  }
}
