package org.velella.plan;

import org.velella.synapse.Connectivity;

/**
 * What source k sends at a step is added, times the synapse's weight, to what target o gets {@code
 * steps} later: by one fused multiply-add, sources in ascending order; 0 sends nothing. The output
 * is what has come together for this step, {@code + 0.0f}. The memory holds what has for the next
 * {@code longest} steps, the nearest first: {@code [N, longest, targets]}.
 *
 * @param weight one per synapse, in the order of the connectivity
 * @param steps as many, from 0 on
 * @param longest the greatest of them, at least 1
 */
public record DelayedSparseOp(
    String node,
    int input,
    int output,
    Connectivity connectivity,
    float[] weight,
    int[] steps,
    int longest,
    int memory)
    implements Op {}
