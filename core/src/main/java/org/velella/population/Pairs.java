package org.velella.population;

import java.util.Arrays;
import org.velella.network.NetworkException;
import org.velella.synapse.Connectivity;

/** Sorts given pairs into rows. */
final class Pairs {
  private Pairs() {}

  static Wired wire(String label, Rule.Listed rule, int sources, int targets) {
    int count = rule.sources().length;
    int[] offsets = new int[sources + 1];
    for (int i = 0; i < count; i++) {
      require(label, "source", rule.sources()[i], sources, i);
      require(label, "target", rule.targets()[i], targets, i);
      offsets[rule.sources()[i] + 1]++;
    }
    for (int k = 0; k < sources; k++) {
      offsets[k + 1] += offsets[k];
    }
    // The target above, so that numbers sort by it, and the pair's own number below.
    long[] sorted = new long[count];
    int[] next = offsets.clone();
    for (int i = 0; i < count; i++) {
      sorted[next[rule.sources()[i]]++] = (long) rule.targets()[i] << 32 | i;
    }
    int[] columns = new int[count];
    int[] order = new int[count];
    for (int k = 0; k < sources; k++) {
      Arrays.sort(sorted, offsets[k], offsets[k + 1]);
      for (int e = offsets[k]; e < offsets[k + 1]; e++) {
        columns[e] = (int) (sorted[e] >>> 32);
        order[e] = (int) sorted[e];
        if (e > offsets[k] && columns[e] == columns[e - 1]) {
          throw new NetworkException(
              "%s lists the pair of source %d and target %d twice, at %d and %d"
                  .formatted(label, k, columns[e], order[e - 1], order[e]));
        }
      }
    }
    return new Wired(new Connectivity(targets, offsets, columns), order);
  }

  private static void require(String label, String what, int found, int size, int at) {
    Checks.require(
        found >= 0 && found < size,
        "%s: %s %s at pair %s is none of the %s from 0 on",
        label,
        what,
        found,
        at,
        size);
  }
}
