package org.velella.population;

import java.util.Arrays;
import org.velella.synapse.Connectivity;

/** Draws a fixed number of pairs: numbers of pairs, until there are enough different ones. */
final class TotalWiring {
  private final String label;
  private final int sources;
  private final int targets;
  private final boolean excluded;

  /** Pairs of one source; without itself, if that is excluded. */
  private final int width;

  TotalWiring(String label, int sources, int targets, boolean excluded) {
    this.label = label;
    this.sources = sources;
    this.targets = targets;
    this.excluded = excluded;
    width = excluded ? targets - 1 : targets;
  }

  Connectivity draw(Rule.Total rule, Draws draws) {
    long pairs = (long) sources * width;
    Checks.require(
        rule.synapses() <= pairs,
        "%s cannot have %s synapses: there are %s pairs",
        label,
        rule.synapses(),
        pairs);
    Rows rows = new Rows(label, sources, targets, rule.synapses());
    boolean most = rule.synapses() > pairs / 2;
    long[] drawn = distinct(pairs, (int) (most ? pairs - rule.synapses() : rule.synapses()), draws);
    int next = 0;
    for (int k = 0; k < sources; k++) {
      long begin = (long) k * width;
      if (most) {
        for (int i = 0; i < width; i++) {
          if (next < drawn.length && drawn[next] == begin + i) {
            next++;
          } else {
            add(rows, k, i);
          }
        }
      } else {
        while (next < drawn.length && drawn[next] < begin + width) {
          add(rows, k, (int) (drawn[next++] - begin));
        }
      }
      rows.endRow();
    }
    return rows.connectivity();
  }

  private void add(Rows rows, int source, int place) {
    rows.add(excluded && place >= source ? place + 1 : place);
  }

  /** Ascending; as many as are missing are drawn again and again, as if one came after another. */
  private static long[] distinct(long pairs, int count, Draws draws) {
    draws.at(0, Draws.WIRES);
    long[] found = new long[count];
    int have = 0;
    while (have < count) {
      for (int i = have; i < count; i++) {
        found[i] = draws.below(pairs);
      }
      Arrays.sort(found);
      have = 0;
      for (int i = 0; i < count; i++) {
        if (i == 0 || found[i] != found[i - 1]) {
          found[have++] = found[i];
        }
      }
    }
    return found;
  }
}
