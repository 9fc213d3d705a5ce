package org.velella.spark.task;

import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.parquet.io.api.Binary;
import org.velella.network.Network;
import org.velella.simulate.RecordSink;
import org.velella.spark.frame.RunTable;
import org.velella.spark.frame.TableRow;

/**
 * Collects what a tile records and hands it on as rows sorted by sample, node, variable, step and
 * neuron. Beyond a limit it hands on what it has, so that memory is bounded whatever is recorded.
 */
final class TileRecords implements RecordSink {
  static final long LIMIT_BYTES = 32L << 20;

  private static final int SPIKE_BYTES = 3 * Integer.BYTES;
  private static final int TRACE_OVERHEAD_BYTES = 32;

  private final RowIds ids;
  private final BiConsumer<RunTable, TableRow> rows;
  private final TreeMap<String, SpikeList[]> spikes = new TreeMap<>(Network.BYTE_ORDER);
  private final TreeMap<Variable, TraceList[]> traces = new TreeMap<>(Variable.ORDER);

  private String lastNode;
  private SpikeList[] lastSpikes;
  private long bytes;
  private boolean handedOn;

  TileRecords(RowIds ids, BiConsumer<RunTable, TableRow> rows) {
    this.ids = ids;
    this.rows = rows;
  }

  /** A recorded variable of a node. */
  private record Variable(String node, String name) {
    static final Comparator<Variable> ORDER =
        Comparator.comparing(Variable::node, Network.BYTE_ORDER)
            .thenComparing(Variable::name, Network.BYTE_ORDER);
  }

  /** Spikes of one node and sample: step, neuron, count, as they came. */
  private static final class SpikeList {
    private int[] items = new int[12];
    private int length;

    void add(int step, int neuron, int count) {
      if (length == items.length) {
        items = Arrays.copyOf(items, 2 * length);
      }
      items[length++] = step;
      items[length++] = neuron;
      items[length++] = count;
    }
  }

  /** Values of one variable and sample, step by step. */
  private static final class TraceList {
    private int[] steps = new int[4];
    private float[][] values = new float[4][];
    private int length;

    void add(int step, float[] one) {
      if (length == steps.length) {
        steps = Arrays.copyOf(steps, 2 * length);
        values = Arrays.copyOf(values, 2 * length);
      }
      steps[length] = step;
      values[length++] = one;
    }
  }

  @Override
  public void spikes(String node, int sample, long step, int neuron, int count) {
    // The sink is called node by node, so one look-up serves many spikes.
    if (!node.equals(lastNode)) {
      lastNode = node;
      lastSpikes = spikes.computeIfAbsent(node, name -> new SpikeList[ids.size()]);
    }
    if (lastSpikes[sample] == null) {
      lastSpikes[sample] = new SpikeList();
    }
    lastSpikes[sample].add((int) step, neuron, count);
    grow(SPIKE_BYTES);
  }

  @Override
  public void trace(
      String node, String variable, int sample, long step, float[] values, int offset, int length) {
    TraceList[] lists =
        traces.computeIfAbsent(new Variable(node, variable), key -> new TraceList[ids.size()]);
    if (lists[sample] == null) {
      lists[sample] = new TraceList();
    }
    lists[sample].add((int) step, Arrays.copyOfRange(values, offset, offset + length));
    grow((long) length * Float.BYTES + TRACE_OVERHEAD_BYTES);
  }

  /** Whether some of it is handed on already. */
  boolean isHandedOn() {
    return handedOn;
  }

  private void grow(long more) {
    bytes += more;
    if (bytes > LIMIT_BYTES) {
      handedOn = true;
      flush();
    }
  }

  /** Hands on all that was collected. */
  void flush() {
    for (int sample = 0; sample < ids.size(); sample++) {
      for (String node : spikes.keySet()) {
        SpikeList list = spikes.get(node)[sample];
        if (list != null) {
          writeSpikes(sample, Binary.fromString(node), list);
        }
      }
      for (Variable variable : traces.keySet()) {
        TraceList list = traces.get(variable)[sample];
        if (list != null) {
          writeTraces(sample, variable, list);
        }
      }
    }
    spikes.clear();
    traces.clear();
    lastNode = null;
    bytes = 0;
  }

  private void writeSpikes(int sample, Binary node, SpikeList list) {
    for (int i = 0; i < list.length; i += 3) {
      int step = list.items[i];
      int neuron = list.items[i + 1];
      TableRow row =
          cells -> {
            cells.put(0, ids.trials()[sample]);
            cells.put(1, ids.samples()[sample]);
            cells.put(2, node);
            cells.put(3, step);
            cells.put(4, neuron);
          };
      for (int spike = 0; spike < list.items[i + 2]; spike++) {
        rows.accept(RunTable.SPIKES, row);
      }
    }
  }

  private void writeTraces(int sample, Variable variable, TraceList list) {
    Binary node = Binary.fromString(variable.node());
    Binary name = Binary.fromString(variable.name());
    for (int i = 0; i < list.length; i++) {
      int step = list.steps[i];
      float[] values = list.values[i];
      rows.accept(
          RunTable.TRACES,
          cells -> {
            cells.put(0, ids.trials()[sample]);
            cells.put(1, ids.samples()[sample]);
            cells.put(2, node);
            cells.put(3, name);
            cells.put(4, step);
            cells.put(5, values, 0, values.length);
          });
    }
  }
}
