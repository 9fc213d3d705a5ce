package org.velella.simulate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Where the samples of a tile or range stand: everything that the next step depends on, and the
 * running statistics of the outputs. Immutable; its tensors are not written to.
 *
 * @param step how many steps are done
 * @param samples how many samples
 * @param memories in the order of {@link org.velella.network.Network#memories()}: {@code [N, *]},
 *     shared ones {@code [*]}
 * @param shared whether memory i is shared by all samples
 * @param statistics {@code [N, *]} by name, as {@link OutputMetrics} describes them; none if the
 *     outputs are no spikes
 */
public record TileState(
    long step,
    int samples,
    List<Tensor> memories,
    List<Boolean> shared,
    Map<String, Tensor> statistics) {
  public TileState {
    memories = List.copyOf(memories);
    shared = List.copyOf(shared);
    statistics = Collections.unmodifiableMap(new LinkedHashMap<>(statistics));
  }

  /** The spikes of each output neuron so far, INT32 {@code [N, F]}; null without statistics. */
  public Tensor spikeCounts() {
    return statistics.get(OutputMetrics.SPIKE_COUNTS);
  }

  /** The step of each one's first spike, or -1, INT32 {@code [N, F]}; null without statistics. */
  public Tensor firstSpikeStep() {
    return statistics.get(OutputMetrics.FIRST_SPIKE_STEP);
  }

  /** This state with other memories. */
  public TileState with(List<Tensor> others) {
    return new TileState(step, samples, others, shared, statistics);
  }

  /** This state with one more statistic, or another value of one. */
  public TileState with(String name, Tensor statistic) {
    Map<String, Tensor> more = new LinkedHashMap<>(statistics);
    more.put(name, statistic);
    return new TileState(step, samples, memories, shared, more);
  }

  /** The samples {@code [from, to)} of this state. */
  public TileState slice(int from, int to) {
    return rows(to - from, tensor -> tensor.rows(from, to));
  }

  /** Some samples of this state, in the order of {@code rows}. */
  public TileState select(int[] rows) {
    return rows(
        rows.length,
        tensor -> {
          Tensor some =
              Tensor.zeros(tensor.dtype(), tensor.shape().dropFirst(1).prepend(rows.length));
          for (int i = 0; i < rows.length; i++) {
            some.setRows(i, tensor.rows(rows[i], rows[i] + 1));
          }
          return some;
        });
  }

  private TileState rows(int count, java.util.function.UnaryOperator<Tensor> part) {
    List<Tensor> some = new ArrayList<>();
    for (int i = 0; i < memories.size(); i++) {
      some.add(shared.get(i) ? memories.get(i) : part.apply(memories.get(i)));
    }
    Map<String, Tensor> kept = new LinkedHashMap<>();
    statistics.forEach((name, tensor) -> kept.put(name, part.apply(tensor)));
    return new TileState(step, count, some, shared, kept);
  }

  /**
   * These samples, which stand still while others of the same network have gone on to a later
   * state: what is each sample's own stays, what all share is as it is there.
   */
  public TileState beside(TileState later) {
    List<Tensor> mixed = new ArrayList<>();
    for (int i = 0; i < memories.size(); i++) {
      mixed.add(shared.get(i) ? later.memories.get(i) : memories.get(i));
    }
    return new TileState(later.step, samples, mixed, shared, statistics);
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
    Map<String, Tensor> kept = new LinkedHashMap<>();
    for (String name : first.statistics.keySet()) {
      kept.put(name, concatRows(parts.stream().map(part -> part.statistics.get(name)).toList()));
    }
    int samples = parts.stream().mapToInt(TileState::samples).sum();
    return new TileState(first.step, samples, joined, first.shared, kept);
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
