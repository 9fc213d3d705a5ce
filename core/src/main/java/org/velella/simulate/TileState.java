package org.velella.simulate;

import java.util.ArrayList;
import java.util.List;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Where the samples of a tile or range stand: everything that the next step depends on, and the
 * probes' running totals. Immutable; its tensors are not written to.
 *
 * @param step how many steps are done
 * @param samples how many samples
 * @param memories in the order of {@link org.velella.network.Network#memories()}: {@code [N, *]},
 *     shared ones {@code [*]}
 * @param shared whether memory i is shared by all samples
 * @param spikeCounts INT32 {@code [N, F]} spikes of the output neurons so far, or null if the
 *     output does not spike
 * @param firstSpikeStep INT32 {@code [N, F]} the step of the first spike, -1 before it, or null
 */
public record TileState(
    long step,
    int samples,
    List<Tensor> memories,
    List<Boolean> shared,
    Tensor spikeCounts,
    Tensor firstSpikeStep) {
  public TileState {
    memories = List.copyOf(memories);
    shared = List.copyOf(shared);
  }

  /** The samples {@code [from, to)} of this state. */
  public TileState slice(int from, int to) {
    List<Tensor> part = new ArrayList<>();
    for (int i = 0; i < memories.size(); i++) {
      part.add(shared.get(i) ? memories.get(i) : memories.get(i).rows(from, to));
    }
    return new TileState(
        step,
        to - from,
        part,
        shared,
        spikeCounts == null ? null : spikeCounts.rows(from, to),
        firstSpikeStep == null ? null : firstSpikeStep.rows(from, to));
  }

  /**
   * The states of consecutive tiles as one.
   *
   * @throws IllegalArgumentException if they stand at different steps, or a shared memory differs
   */
  public static TileState concat(List<TileState> parts) {
    TileState first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    for (TileState part : parts) {
      if (part.step != first.step) {
        throw new IllegalArgumentException(
            "Tiles stand at different steps: " + first.step + " and " + part.step);
      }
    }
    List<Tensor> joined = new ArrayList<>();
    for (int i = 0; i < first.memories.size(); i++) {
      int memory = i;
      List<Tensor> rows = parts.stream().map(part -> part.memories.get(memory)).toList();
      joined.add(first.shared.get(i) ? requireEqual(i, rows) : concatRows(rows));
    }
    return new TileState(
        first.step,
        parts.stream().mapToInt(TileState::samples).sum(),
        joined,
        first.shared,
        first.spikeCounts == null
            ? null
            : concatRows(parts.stream().map(p -> p.spikeCounts).toList()),
        first.firstSpikeStep == null
            ? null
            : concatRows(parts.stream().map(p -> p.firstSpikeStep).toList()));
  }

  private static Tensor requireEqual(int memory, List<Tensor> copies) {
    for (Tensor copy : copies) {
      if (!copy.bitEquals(copies.get(0))) {
        throw new IllegalArgumentException(
            "Memory %d is shared by all samples but differs between tiles: %s and %s"
                .formatted(memory, copies.get(0), copy));
      }
    }
    return copies.get(0);
  }

  private static Tensor concatRows(List<Tensor> parts) {
    Shape row = parts.get(0).shape().dropFirst(1);
    int count = parts.stream().mapToInt(part -> part.shape().dim(0)).sum();
    Tensor all = Tensor.zeros(parts.get(0).dtype(), row.prepend(count));
    int at = 0;
    for (Tensor part : parts) {
      all.setRows(at, part);
      at += part.shape().dim(0);
    }
    return all;
  }
}
