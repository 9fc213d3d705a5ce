package org.velella.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.tensor.DType;
import org.velella.tensor.Tensor;

/**
 * Everything a range needs to go on after a step.
 *
 * @param step steps done so far; at least 1
 * @param sampleIds INT64 {@code [n]}, in the order of the range; fewer than its size where samples
 *     could not be simulated
 * @param memories by qualified name, in the order of {@code extract_memories}: {@code [n, *]},
 *     shared ones {@code [*]}
 * @param accumulators what probes have gathered so far: {@code [n, *]}
 */
public record RangeState(
    SampleRange range,
    long step,
    Tensor sampleIds,
    Map<String, Tensor> memories,
    Map<String, Tensor> accumulators) {
  /**
   * @throws IllegalArgumentException if the step is not positive or the sample ids are not INT64
   *     {@code [n]} with n at most the range's size
   */
  public RangeState {
    memories = Collections.unmodifiableMap(new LinkedHashMap<>(memories));
    accumulators = Collections.unmodifiableMap(new LinkedHashMap<>(accumulators));
    if (step < 1) {
      throw new IllegalArgumentException("A saved state is at step 1 or later, not " + step);
    }
    if (sampleIds.dtype() != DType.INT64
        || sampleIds.shape().rank() != 1
        || sampleIds.size() > range.size()) {
      throw new IllegalArgumentException(
          "Range %s needs INT64 sample ids, %d at most, got %s %s"
              .formatted(range, range.size(), sampleIds.dtype(), sampleIds.shape()));
    }
  }

  /** How many samples there are. */
  public int samples() {
    return sampleIds.size();
  }

  /** The memories without their names. */
  public List<Tensor> memoryList() {
    return List.copyOf(memories.values());
  }

  /**
   * Checks that the state is of these samples, so that it is never continued with the inputs of
   * others.
   *
   * @throws CheckpointMismatchException if an id differs
   */
  public void requireSampleIds(long[] expected) {
    int at = Arrays.mismatch(sampleIds.longs(), expected);
    if (at >= 0) {
      throw new CheckpointMismatchException(
          "The checkpoint of range %s has %s at place %d, the input has %s; continue with the input the run was started with"
              .formatted(range, id(sampleIds.longs(), at), at, id(expected, at)));
    }
  }

  private static String id(long[] ids, int at) {
    return at < ids.length ? "sample " + ids[at] : "no sample";
  }

  /**
   * Checks names, order, types and shapes.
   *
   * @throws IllegalArgumentException if the state is not one of this run; nothing was written then
   */
  void requireFits(RunIdentity run) {
    requireFits("memory", run.memories(), memories);
    requireFits("accumulator", run.accumulators(), accumulators);
  }

  private void requireFits(String what, List<MemoryEntry> entries, Map<String, Tensor> tensors) {
    List<String> names = entries.stream().map(MemoryEntry::name).toList();
    if (!names.equals(new ArrayList<>(tensors.keySet()))) {
      throw new IllegalArgumentException(
          "The run has %s names %s, the state has %s".formatted(what, names, tensors.keySet()));
    }
    for (MemoryEntry entry : entries) {
      Tensor tensor = tensors.get(entry.name());
      if (!entry.holds(tensor, samples())) {
        throw new IllegalArgumentException(
            "For range %s, %s %s needs shape %s, got %s %s"
                .formatted(
                    range,
                    what,
                    entry,
                    entry.storedShape(samples()),
                    tensor.dtype(),
                    tensor.shape()));
      }
    }
  }
}
