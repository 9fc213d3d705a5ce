package org.velella.spark.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.velella.backend.Backends;
import org.velella.checkpoint.CheckpointStore;
import org.velella.network.Network;
import org.velella.plan.TileParameters;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Probes;
import org.velella.simulate.RecordSink;
import org.velella.simulate.Simulator;
import org.velella.simulate.SimulatorOptions;
import org.velella.simulate.TileInput;
import org.velella.simulate.TileState;
import org.velella.tensor.Tensor;

/**
 * Computes every N-th tile of a task once more on the scalar backend, which is the definition, and
 * compares every bit: memories, counts and records. Both draw the noise of computed input by their
 * own means; a process that goes on is taken as it stands where the tile begins. Used by one
 * thread.
 */
public final class SelfCheck implements AutoCloseable {
  /** Where a difference is noted, so that trying the task again cannot hide it. */
  public static final String FOLDER = "_run/self-check";

  private final int every;
  private final CheckpointStore store;
  private final Probes probes;
  private final OutputMetrics metrics;
  private Simulator scalar;
  private long tiles;

  /**
   * @param every N; 0 for no checks
   */
  SelfCheck(int every, CheckpointStore store, Probes probes, OutputMetrics metrics) {
    this.every = every;
    this.store = store;
    this.probes = probes;
    this.metrics = metrics;
  }

  /** Sums that are kept of each node at a time: a checked tile runs so many steps and samples. */
  static final int MOST_SUMS = 1 << 20;

  /** Runs a tile. */
  TileState run(
      Simulator simulator,
      TileState before,
      TileInput input,
      int steps,
      TileParameters own,
      RecordSink sink,
      RowIds ids)
      throws IOException {
    boolean due = every > 0 && tiles++ % every == 0;
    if (!due) {
      return simulator.run(before, input, steps, own, sink);
    }
    if (scalar == null || scalar.network() != simulator.network()) {
      close();
      scalar =
          new Simulator(
              simulator.network(),
              Backends.load().named("scalar"),
              probes,
              SimulatorOptions.DEFAULT,
              metrics);
    }
    int whole = simulator.network().stepsAtOnce();
    int atOnce = Math.max(1, MOST_SUMS / before.samples() / whole) * whole;
    TileState state = before;
    for (int done = 0; done < steps; done += atOnce) {
      state = checked(simulator, state, input, Math.min(atOnce, steps - done), own, sink, ids);
    }
    return state;
  }

  private TileState checked(
      Simulator simulator,
      TileState before,
      TileInput input,
      int steps,
      TileParameters own,
      RecordSink sink,
      RowIds ids)
      throws IOException {
    RecordSums recorded = new RecordSums(before, steps, sink);
    TileState after = simulator.run(before, input, steps, own, recorded);
    RecordSums again = new RecordSums(before, steps, RecordSink.NONE);
    TileState expected = scalar.run(before, input, steps, own, again);
    String difference = recorded.difference(again, ids);
    if (difference.isEmpty()) {
      difference = difference(expected, after, ids);
    }
    if (!difference.isEmpty()) {
      String message = "Self-check: the scalar backend computes otherwise: " + difference;
      String file = FOLDER + "/" + UUID.randomUUID() + ".txt";
      store.createUnique(file, out -> out.write(message.getBytes(UTF_8)));
      throw new IllegalStateException(message);
    }
    return after;
  }

  private String difference(TileState expected, TileState found, RowIds ids) {
    Map<String, Tensor[]> pairs = new TreeMap<>();
    int memory = 0;
    for (String name : scalar.network().memories().keySet()) {
      pairs.put(name, new Tensor[] {expected.memories().get(memory), found.memories().get(memory)});
      memory++;
    }
    expected
        .statistics()
        .forEach(
            (name, kept) ->
                pairs.put(
                    "outputs' " + name.replace('_', ' '),
                    new Tensor[] {kept, found.statistics().get(name)}));
    for (Map.Entry<String, Tensor[]> entry : pairs.entrySet()) {
      Tensor wanted = entry.getValue()[0];
      Tensor got = entry.getValue()[1];
      if (!wanted.bitEquals(got)) {
        return "%s of sample %s at step %d"
            .formatted(entry.getKey(), sample(wanted, got, ids), expected.step());
      }
    }
    return "";
  }

  /** The first sample that differs; shared values have none. */
  private static String sample(Tensor wanted, Tensor got, RowIds ids) {
    boolean perSample = wanted.shape().rank() > 0 && wanted.shape().dim(0) == ids.size();
    for (int row = 0; perSample && row < ids.size(); row++) {
      if (!wanted.rows(row, row + 1).bitEquals(got.rows(row, row + 1))) {
        return name(ids, row);
      }
    }
    return "any";
  }

  private static String name(RowIds ids, int row) {
    long trial = ids.trials()[row];
    return ids.samples()[row] + (trial == 0 ? "" : " of trial " + trial);
  }

  @Override
  public void close() {
    if (scalar != null) {
      scalar.close();
      scalar = null;
    }
  }

  /** Passes records on and sums them up by node, sample and step, in whatever order they come. */
  private static final class RecordSums implements RecordSink {
    private final long from;
    private final int steps;
    private final int samples;
    private final RecordSink sink;
    private final TreeMap<String, long[]> sums = new TreeMap<>(Network.BYTE_ORDER);

    RecordSums(TileState before, int steps, RecordSink sink) {
      from = before.step();
      samples = before.samples();
      this.steps = steps;
      this.sink = sink;
    }

    private void add(String node, int sample, long step, long value) {
      long[] all = sums.computeIfAbsent(node, name -> new long[Math.multiplyExact(samples, steps)]);
      all[(int) (step - from) * samples + sample] += mixed(value);
    }

    /** Spreads the bits, so that sums of different values are different. */
    private static long mixed(long value) {
      long bits = (value + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
      bits = (bits ^ bits >>> 27) * 0x94d049bb133111ebL;
      return bits ^ bits >>> 31;
    }

    @Override
    public void spikes(String node, int sample, long step, int neuron, int count) {
      add(node, sample, step, (long) neuron << 32 | count);
      sink.spikes(node, sample, step, neuron, count);
    }

    @Override
    public void trace(
        String node, String variable, int sample, long step, float[] values, int at, int length) {
      for (int i = 0; i < length; i++) {
        // The number that every NaN is written as; which one it was says nothing.
        add(
            node + "." + variable,
            sample,
            step,
            (long) i << 32 | Float.floatToIntBits(values[at + i]) & 0xffffffffL);
      }
      sink.trace(node, variable, sample, step, values, at, length);
    }

    /** The earliest difference in words; empty if there is none. */
    String difference(RecordSums expected, RowIds ids) {
      String first = "";
      long earliest = Long.MAX_VALUE;
      TreeMap<String, long[]> names = new TreeMap<>(sums);
      names.putAll(expected.sums);
      long[] none = new long[samples * steps];
      for (String name : names.keySet()) {
        int at =
            java.util.Arrays.mismatch(
                sums.getOrDefault(name, none), expected.sums.getOrDefault(name, none));
        if (at >= 0 && at / samples < earliest) {
          earliest = at / samples;
          first =
              "%s of sample %s at step %d"
                  .formatted(name, name(ids, at % samples), from + earliest);
        }
      }
      return first;
    }
  }
}
