package org.velella.simulate;

import java.util.Map;
import java.util.Set;
import org.velella.backend.Chunk;
import org.velella.backend.SpikeFrameKernel;
import org.velella.network.Network;
import org.velella.plan.Plan;

/** Hands recorded spikes and variables of a chunk to the sink, node by node. */
final class ProbeReader {
  private final Network network;
  private final Plan plan;
  private final Probes probes;
  private final RecordSink sink;

  ProbeReader(Network network, Plan plan, Probes probes, RecordSink sink) {
    this.network = network;
    this.plan = plan;
    this.probes = probes;
    this.sink = sink;
  }

  void read(long firstStep, Chunk chunk) {
    for (String node : probes.rasters()) {
      raster(node, firstStep, chunk);
    }
    for (Map.Entry<String, Set<String>> entry : probes.traces().entrySet()) {
      for (String variable : entry.getValue()) {
        trace(entry.getKey(), variable, firstStep, chunk);
      }
    }
  }

  private void raster(String node, long firstStep, Chunk chunk) {
    int id = plan.nodeValues().get(node);
    int size = plan.values().get(id).size();
    long[] packed = chunk.spikes(id);
    if (packed != null) {
      raster(node, firstStep, chunk.steps(), packed, SpikeFrameKernel.words(size));
      return;
    }
    float[] spikes = chunk.value(id);
    for (int t = 0, i = 0; t < chunk.steps(); t++) {
      for (int n = 0; n < plan.batch(); n++) {
        for (int f = 0; f < size; f++, i++) {
          if (spikes[i] != 0) {
            sink.spikes(node, n, firstStep + t, f, (int) spikes[i]);
          }
        }
      }
    }
  }

  private void raster(String node, long firstStep, int steps, long[] packed, int words) {
    for (int t = 0, i = 0; t < steps; t++) {
      for (int n = 0; n < plan.batch(); n++) {
        for (int w = 0; w < words; w++, i++) {
          for (long word = packed[i]; word != 0; word &= word - 1) {
            int neuron = w * Long.SIZE + Long.numberOfTrailingZeros(word);
            sink.spikes(node, n, firstStep + t, neuron, 1);
          }
        }
      }
    }
  }

  private void trace(String node, String variable, long firstStep, Chunk chunk) {
    int id = plan.recorded().get(network.node(node).path() + "." + variable);
    int size = plan.values().get(id).size();
    float[] values = chunk.value(id);
    for (int t = 0; t < chunk.steps(); t++) {
      for (int n = 0; n < plan.batch(); n++) {
        int at = (t * plan.batch() + n) * size;
        sink.trace(node, variable, n, firstStep + t, values, at, size);
      }
    }
  }
}
