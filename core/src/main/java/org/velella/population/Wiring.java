package org.velella.population;

import java.util.Arrays;
import org.velella.encoding.Skips;
import org.velella.synapse.Connectivity;

/** Makes the synapses of a projection, as its rule says. */
final class Wiring {
  private final String label;
  private final Projection projection;
  private final int sources;
  private final int targets;
  private final Draws draws;
  private final boolean excluded;

  Wiring(Projection projection, int sources, int targets, long seed) {
    this.projection = projection;
    this.sources = sources;
    this.targets = targets;
    label = "Projection '" + projection.name() + "'";
    draws = Draws.ofProjection(seed, projection.name());
    excluded =
        projection.from().equals(projection.to())
            && projection.selfConnections() == SelfConnections.EXCLUDED;
  }

  /**
   * The synapses.
   *
   * @param from where the sources are, or null
   * @param to where the targets are, or null
   */
  Wired wire(Positions from, Positions to) {
    Rule rule = projection.rule();
    if (rule instanceof Rule.AllToAll) {
      return new Wired(outDegree(targets - self()));
    } else if (rule instanceof Rule.OneToOne) {
      return new Wired(oneToOne());
    } else if (rule instanceof Rule.Probability each) {
      return new Wired(probable(each.probability(), null, null, null));
    } else if (rule instanceof Rule.Distance distance) {
      requirePositions(from, to);
      return new Wired(probable(distance.probability(), distance, from, to));
    } else if (rule instanceof Rule.InDegree in) {
      return new Wired(inDegree(in.degree()));
    } else if (rule instanceof Rule.OutDegree out) {
      return new Wired(outDegree(out.degree()));
    } else if (rule instanceof Rule.Total total) {
      return new Wired(new TotalWiring(label, sources, targets, excluded).draw(total, draws));
    }
    return Pairs.wire(label, (Rule.Listed) rule, sources, targets);
  }

  private int self() {
    return excluded ? 1 : 0;
  }

  private Connectivity oneToOne() {
    Checks.require(
        sources == targets,
        "%s is one to one: its populations must have one size, found %s and %s",
        label,
        sources,
        targets);
    Checks.require(
        !excluded, "%s is one to one within a population: allow self-connections", label);
    int[] offsets = new int[sources + 1];
    Arrays.setAll(offsets, k -> k);
    return new Connectivity(targets, offsets, Arrays.copyOf(offsets, sources));
  }

  private void requirePositions(Positions from, Positions to) {
    Checks.require(
        from != null && to != null,
        "%s depends on distance: '%s' and '%s' both need positions",
        label,
        projection.from(),
        projection.to());
    Checks.require(
        from.sameSpace(to),
        "%s depends on distance: '%s' and '%s' must be in one space",
        label,
        projection.from(),
        projection.to());
  }

  /** Goes from candidate to candidate by skips; by distance, a second word decides on each. */
  private Connectivity probable(
      double probability, Rule.Distance distance, Positions from, Positions to) {
    double expected = distance == null ? probability * sources * targets : 0;
    Rows rows = new Rows(label, sources, targets, expected);
    Skips skips = probability == 0 ? null : new Skips((float) probability);
    for (int k = 0; k < sources; k++) {
      draws.at(k, Draws.WIRES);
      for (int i = skips == null ? targets : 0; i < targets; ) {
        int skip = skips.skip(draws.word());
        i += skip;
        if (skip < Skips.LENGTH && i < targets) {
          if (distance != null) {
            double chance = distance.at(from.squaredDistance(k, to, i));
            if (draws.unit() * probability < chance && !(excluded && i == k)) {
              rows.add(i);
            }
          } else if (!(excluded && i == k)) {
            rows.add(i);
          }
          i++;
        }
      }
      rows.endRow();
    }
    return rows.connectivity();
  }

  private void requireDegree(String which, int degree, int others) {
    Checks.require(
        degree <= others - self(),
        "%s cannot have an %s of %s: there are %s to choose from",
        label,
        which,
        degree,
        others - self());
  }

  private Connectivity outDegree(int degree) {
    requireDegree("out-degree", degree, targets);
    Rows rows = new Rows(label, sources, targets, (double) degree * sources);
    Subset subset = new Subset(Math.max(1, targets - self()));
    int[] chosen = new int[degree];
    for (int k = 0; k < sources; k++) {
      subset.choose(degree, draws.at(k, Draws.WIRES));
      subset.list(chosen, 0);
      for (int each : chosen) {
        rows.add(excluded && each >= k ? each + 1 : each);
      }
      rows.endRow();
    }
    return rows.connectivity();
  }

  /** Draws target by target, then turns the lists round. */
  private Connectivity inDegree(int degree) {
    requireDegree("in-degree", degree, sources);
    Rows.require(label, (double) degree * targets);
    Subset subset = new Subset(Math.max(1, sources - self()));
    int[] chosen = new int[degree * targets];
    int[] offsets = new int[sources + 1];
    for (int o = 0; o < targets; o++) {
      subset.choose(degree, draws.at(o, Draws.WIRES));
      subset.list(chosen, o * degree);
      for (int i = o * degree; i < (o + 1) * degree; i++) {
        chosen[i] += excluded && chosen[i] >= o ? 1 : 0;
        offsets[chosen[i] + 1]++;
      }
    }
    for (int k = 0; k < sources; k++) {
      offsets[k + 1] += offsets[k];
    }
    int[] next = offsets.clone();
    int[] columns = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      columns[next[chosen[i]]++] = i / degree;
    }
    return new Connectivity(targets, offsets, columns);
  }
}
