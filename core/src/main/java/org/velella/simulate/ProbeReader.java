package org.velella.simulate;

import java.util.Map;
import java.util.Set;
import org.velella.backend.Chunk;
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
    SpikeReader.read(
        plan,
        chunk,
        plan.nodeValues().get(node),
        (t, sample, neuron, count) -> sink.spikes(node, sample, firstStep + t, neuron, count));
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
