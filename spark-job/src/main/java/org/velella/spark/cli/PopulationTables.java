package org.velella.spark.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.velella.module.MemorySpec;
import org.velella.network.Network;
import org.velella.population.Population;
import org.velella.population.PopulationNetwork;
import org.velella.population.ProjectionReport;

/** What {@code velella inspect} prints of populations and projections. */
final class PopulationTables {
  private PopulationTables() {}

  static void print(PopulationNetwork network, PrintWriter out) {
    out.println();
    TextTable populations = new TextTable("population", "neurons", "model", "memories");
    for (Population each : network.populations()) {
      populations.add(
          each.name(),
          Integer.toString(each.size()),
          each.model().name(),
          String.join(" ", each.model().memories()));
    }
    populations.print(out);
    out.println();
    TextTable projections =
        new TextTable(
            "projection",
            "from",
            "to",
            "kind",
            "synapses",
            "in-degree",
            "out-degree",
            "delay",
            "bytes");
    long synapses = 0;
    long bytes = 0;
    for (ProjectionReport each : network.projections()) {
      projections.add(
          each.name(),
          each.from(),
          each.to(),
          each.kind(),
          Integer.toString(each.synapses()),
          range(each.leastInDegree(), each.mostInDegree()),
          range(each.leastOutDegree(), each.mostOutDegree()),
          range(each.shortestDelay(), each.longestDelay()),
          mebibytes(each.bytes()));
      synapses += each.synapses();
      bytes += each.bytes();
    }
    projections.print(out);
    out.println();
    out.println("synapses    " + synapses + ", " + mebibytes(bytes));
    out.println("memories    " + mebibytes(perSample(network.network())) + " for each sample");
  }

  private static String range(int least, int most) {
    return least == most ? Integer.toString(least) : least + " to " + most;
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f MiB", bytes / (double) (1 << 20));
  }

  private static long perSample(Network network) {
    long bytes = 0;
    for (MemorySpec memory : network.memories().values()) {
      bytes += (long) memory.shape().size() * memory.dtype().bytes();
    }
    return bytes;
  }
}
