package org.velella.spark.job;

/**
 * What a run would be, found out without simulating.
 *
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
 * @param exists whether the output directory holds this run already
 */
public record RunPlan(
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
    boolean exists) {}
