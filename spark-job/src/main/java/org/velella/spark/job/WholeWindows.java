package org.velella.spark.job;

import org.velella.network.Network;
import org.velella.network.NetworkException;

/** Checks the steps of runs whose networks take several at a time, or not more than some. */
final class WholeWindows {
  private WholeWindows() {}

  /**
   * Looks at all steps at which a run is cut.
   *
   * @param steps of the run in all
   * @param checkpointEvery steps between two checkpoints; 0: one at the end
   * @throws UsageException if the network cannot run so; the message names the option and the node
   */
  static void require(Network network, long steps, long checkpointEvery) {
    require(network, "--steps", steps);
    if (checkpointEvery == Manner.AUTO && network.stepsAtOnce() > 1) {
      throw new UsageException(
          "--checkpoint-every auto chooses any step, but the network takes %d steps at a time; give a multiple of them"
              .formatted(network.stepsAtOnce()));
    }
    if (checkpointEvery > 0 && checkpointEvery < steps) {
      require(network, "--checkpoint-every", checkpointEvery);
    }
  }

  /**
   * Looks at one number of steps.
   *
   * @param option where it was given, for the message
   */
  static void require(Network network, String option, long steps) {
    try {
      network.requireSteps(0, steps);
    } catch (NetworkException e) {
      throw new UsageException("%s is %d: %s".formatted(option, steps, e.getMessage()), e);
    }
  }
}
