package org.velella.spark.job;

import org.velella.module.MemorySpec;
import org.velella.network.Network;
import org.velella.provenance.BackendChoice;
import org.velella.simulate.OutputMetrics;
import org.velella.spark.frame.InputFacts;
import org.velella.spark.frame.RangeIndex;

/**
 * What a run would be, found out without simulating more of it than the beginning of a tile.
 *
 * @param trials of the sweep; 0 if the run is none
 * @param samples of the input
 * @param input what the input is, such as {@code npy events}
 * @param steps to simulate
 * @param ranges of samples, the units of checkpoint and output
 * @param rangeSize samples of a range
 * @param partitions tasks
 * @param inputSize input elements of one sample at one step
 * @param memoryBytes memories of one sample
 * @param checkpointBytes about the size of one checkpoint of all samples
 * @param backend the chosen backend
 * @param backendReason why it was chosen
 * @param left samples, of all trials, times the steps that they have still to do
 * @param time how long that takes; {@link TimeEstimate#NONE} if nothing is left, or it could not be
 *     seen
 * @param exists whether the output directory holds this run already
 */
public record RunPlan(
    long trials,
    long samples,
    String input,
    long steps,
    int ranges,
    int rangeSize,
    int partitions,
    int inputSize,
    long memoryBytes,
    long checkpointBytes,
    String backend,
    String backendReason,
    double left,
    TimeEstimate time,
    boolean exists) {
  static RunPlan of(
      Network network,
      OutputMetrics metrics,
      long trials,
      InputFacts input,
      RangeIndex index,
      long steps,
      BackendChoice backend,
      PlannedWork.Amount work,
      boolean exists) {
    // The ranges of a sweep also hold places that no trial takes.
    long samples = trials > 0 ? input.samples() : index.samples();
    return new RunPlan(
        trials,
        samples,
        input.kind(),
        steps,
        index.ranges(),
        index.rangeSize(),
        work.partitions(),
        network.inputSize(),
        memoryBytes(network),
        Math.max(1, trials)
            * samples
            * (memoryBytes(network) + outputBytes(network, metrics) + Long.BYTES),
        backend.name(),
        backend.reason(),
        work.left(),
        work.time(),
        exists);
  }

  /** Memories of one sample. */
  static long memoryBytes(Network network) {
    long bytes = 0;
    for (MemorySpec memory : network.memories().values()) {
      bytes += (long) memory.shape().size() * memory.dtype().bytes();
    }
    return bytes;
  }

  /** What is kept of one sample's outputs. */
  static long outputBytes(Network network, OutputMetrics metrics) {
    return metrics.statistics(network).stream()
        .mapToLong(kept -> (long) kept.shape().size() * kept.dtype().bytes())
        .sum();
  }
}
