package org.velella.spark.job;

import java.util.Locale;
import org.velella.backend.Caches;
import org.velella.layer.LinearOperation;
import org.velella.module.MemorySpec;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.spark.frame.RangeIndex;
import org.velella.spark.task.ScratchRoom;

/**
 * What the tasks of a run need at the same time, estimated before anything is computed. Recordings
 * stream to the disk: however long the run, they take no more memory than their buffers. Pure, so
 * that it can be tested without a cluster.
 *
 * @param inputBytes of one sample
 * @param stateBytes memories and counts of one sample
 * @param largestSlotBytes of the largest single memory or count of one sample
 * @param stepBytes of one sample while one step of it is computed, and what linear layers expand
 *     spikes into whatever the size of the range
 * @param traceBytes that one sample's traces add in one step
 * @param tables that are recorded: spikes, traces, or both
 */
record MemoryNeed(
    long inputBytes,
    long stateBytes,
    long largestSlotBytes,
    long stepBytes,
    long traceBytes,
    int tables) {
  /** The state before an interval, its tiles afterwards, and those put together. */
  private static final int STATES_AT_ONCE = 3;

  /** Java's arrays end there, and with them a memory of a range. */
  private static final long LARGEST_SLOT = Integer.MAX_VALUE - 8L;

  /** Of a tile's records, and of the row group of each table that is being written. */
  private static final long RECORD_BYTES = 32L << 20;

  static MemoryNeed of(Network network, Probes probes, OutputMetrics metrics, long inputBytes) {
    long largest = 0;
    long step = (long) network.inputSize() * Float.BYTES;
    for (MemorySpec memory : network.memories().values()) {
      largest = Math.max(largest, (long) memory.shape().size() * memory.dtype().bytes());
    }
    for (Node node : network.nodes()) {
      step += (long) network.outputShape(node.name()).size() * Float.BYTES;
      if (node.operation() instanceof LinearOperation linear) {
        long rows = network.outputShape(node.name()).size() / linear.outputs();
        step += Caches.mostExpandedBytes(rows, linear.inputs());
      }
    }
    long outputs = RunPlan.outputBytes(network, metrics);
    long traces = ScratchRoom.traceBytes(network, probes);
    int tables = (probes.rasters().isEmpty() ? 0 : 1) + (traces == 0 ? 0 : 1);
    return new MemoryNeed(
        inputBytes,
        RunPlan.memoryBytes(network) + outputs,
        Math.max(largest, outputs / 2),
        step,
        traces,
        tables);
  }

  /** Bytes that recordings take whatever the size of the range. */
  long bufferBytes() {
    return tables == 0 ? 0 : RECORD_BYTES * (1 + tables);
  }

  /** Bytes of heap that each sample of a range takes while the range is computed. */
  long sampleBytes() {
    return inputBytes + STATES_AT_ONCE * stateBytes;
  }

  /** Bytes of heap that a task needs for a range of some samples. */
  long taskBytes(long samples) {
    return samples * sampleBytes() + stepBytes + bufferBytes();
  }

  /** Samples of the largest range that fits; 0 if none does. */
  private long mostSamples(long heapPerTask) {
    long perSample = Math.max(1, sampleBytes());
    long byHeap = Math.max(0, (heapPerTask - stepBytes - bufferBytes()) / perSample);
    return Math.min(byHeap, LARGEST_SLOT / Math.max(1, largestSlotBytes));
  }

  /**
   * Checks that a cluster can compute ranges.
   *
   * @param fixed whether the run has begun, so that its ranges stay as they are
   * @throws UsageException if it cannot; the message has the estimate and what to do
   */
  void requireFits(RangeIndex index, Cluster cluster, boolean fixed) {
    int tasks = Math.min(cluster.cores(), index.ranges());
    requireFits(index.size(0), cluster.heapPerTask(tasks), fixed);
  }

  /**
   * Checks that ranges of a size can be computed.
   *
   * @param heapPerTask bytes that each task may take
   * @param fixed whether the run has begun, so that its ranges stay as they are
   * @throws UsageException if they cannot; the message has the estimate and what to do
   */
  void requireFits(long rangeSize, long heapPerTask, boolean fixed) {
    long most = mostSamples(heapPerTask);
    if (rangeSize <= most) {
      return;
    }
    String need =
        String.format(
            Locale.ROOT,
            "A range of %d samples does not fit: %s of heap for input, %s for memories and %s for recording and computing are more than the %s that a task has, or one memory of it is beyond 2 GiB",
            rangeSize,
            mebibytes(rangeSize * inputBytes),
            mebibytes(rangeSize * STATES_AT_ONCE * stateBytes),
            mebibytes(stepBytes + bufferBytes()),
            mebibytes(heapPerTask));
    String memory =
        "give tasks more memory (spark.executor.memory, fewer spark.executor.cores; on one machine VELELLA_JAVA_OPTS=-Xmx…)";
    if (fixed || most == 0) {
      throw new UsageException(need + "; " + memory);
    }
    throw new UsageException(need + "; give --range-size " + most + " or less, or " + memory);
  }

  private static String mebibytes(double bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
  }
}
