package org.velella.population;

import java.util.List;
import java.util.Map;
import org.velella.synapse.LearningRule;

/** Values and rules as files say them. */
final class FileValues {
  private static final String CLIP = "clip";
  private static final String REWARD = "reward";

  private FileValues() {}

  /** A number, a list, or a distribution, of numbers in a unit. */
  static Values values(String what, Item item, Wanted wanted) {
    if (item.list() != null) {
      return Fields.at(item, () -> Values.listed(Fields.numbers(what, item, -1, wanted)));
    }
    if (item.parts() == null) {
      return Fields.at(item, () -> Values.constant(Fields.number(what, item, wanted)));
    }
    Fields fields = Fields.of(what, item, "uniform", "normal", "lognormal", CLIP);
    String kind = onlyOne(what, item, fields);
    // The logarithm of a quantity has no unit.
    Wanted ends = kind.equals("lognormal") ? Wanted.PLAIN : wanted;
    double[] two = Fields.numbers(what + " '" + kind + "'", fields.get(kind), 2, ends);
    Values drawn =
        Fields.at(
            item,
            () ->
                switch (kind) {
                  case "uniform" -> Values.uniform(two[0], two[1]);
                  case "normal" -> Values.normal(two[0], two[1]);
                  default -> Values.logNormal(two[0], two[1]);
                });
    if (!fields.has(CLIP)) {
      return drawn;
    }
    double[] bounds = Fields.numbers(what + " '" + CLIP + "'", fields.get(CLIP), 2, wanted);
    return Fields.at(item, () -> drawn.clipped(bounds[0], bounds[1]));
  }

  private static String onlyOne(String what, Item item, Fields fields) {
    List<String> names = fields.names();
    names.remove(CLIP);
    if (names.size() != 1) {
      throw Fields.refusal(item, what + " must say one kind, found " + names);
    }
    return names.get(0);
  }

  /** What axons send after their last spikes. */
  static ShortTerm shortTerm(String what, Item item, Wanted time) {
    Fields fields = Fields.of(what, item, "U", "tau_d", "tau_f");
    return new ShortTerm(
        values(what + " 'U'", fields.get("U"), Wanted.PLAIN),
        values(what + " 'tau_d'", fields.get("tau_d"), time),
        fields.has("tau_f")
            ? values(what + " 'tau_f'", fields.get("tau_f"), time)
            : Values.constant(0));
  }

  /** A learning rule with its numbers; time constants are in the unit of {@code dt}. */
  static Plasticity plasticity(String what, Item item, Wanted time, double dt) {
    Fields fields = Fields.any(what, item);
    List<String> names = fields.names();
    names.remove(REWARD);
    if (names.size() != 1) {
      throw Fields.refusal(item, what + " must say one rule, found " + names);
    }
    String kind = names.get(0);
    Item needs = fields.get(kind);
    Map<String, Float> numbers = Fields.at(needs, () -> LearningRule.of(kind, Map.of()).numbers());
    String label = what + " '" + kind + "'";
    Fields given = Fields.of(label, needs, numbers.keySet().toArray(String[]::new));
    for (String name : numbers.keySet()) {
      boolean isTime = name.startsWith("tau_");
      double value = numbers.get(name);
      if (given.has(name)) {
        Wanted wanted = isTime ? time : Wanted.PLAIN;
        value = Fields.number(label + " '" + name + "'", given.get(name), wanted);
      }
      numbers.put(name, (float) (isTime ? value / dt : value));
    }
    String reward = fields.has(REWARD) ? fields.text(REWARD) : "";
    return Fields.at(item, () -> new Plasticity(LearningRule.of(kind, numbers), reward));
  }

  /** A word, or one name with what it needs. */
  static Rule rule(String what, Item item) {
    if (item.text() != null) {
      return switch (item.text()) {
        case "all_to_all" -> Rule.allToAll();
        case "one_to_one" -> Rule.oneToOne();
        default ->
            throw Fields.refusal(item, "%s '%s' is not known".formatted(what, item.text()) + KNOWN);
      };
    }
    Fields fields = Fields.any(what, item);
    if (fields.names().size() != 1) {
      throw Fields.refusal(item, what + " must say one kind, found " + fields.names());
    }
    String kind = fields.names().get(0);
    Item needs = fields.get(kind);
    return Fields.at(
        needs,
        () ->
            switch (kind) {
              case "probability" -> Rule.probability(fields.number(kind));
              case "in_degree" -> Rule.inDegree(fields.whole(kind));
              case "out_degree" -> Rule.outDegree(fields.whole(kind));
              case "total" -> Rule.total(fields.whole(kind));
              case "gaussian" -> distance(Rule.Falloff.GAUSSIAN, what, needs, "width");
              case "exponential" -> distance(Rule.Falloff.EXPONENTIAL, what, needs, "width");
              case "disc" -> distance(Rule.Falloff.DISC, what, needs, "radius");
              case "pairs" -> pairs(what, needs);
              default ->
                  throw Fields.refusal(needs, "%s '%s' is not known".formatted(what, kind) + KNOWN);
            });
  }

  private static final String KNOWN =
      "; there are all_to_all, one_to_one, probability, in_degree, out_degree, total, gaussian,"
          + " exponential, disc, pairs";

  private static Rule distance(Rule.Falloff falloff, String what, Item item, String width) {
    Fields fields = Fields.of(what, item, "probability", width);
    return new Rule.Distance(falloff, fields.number("probability"), fields.number(width));
  }

  private static Rule pairs(String what, Item item) {
    List<Item> list = Fields.list(what + " 'pairs'", item);
    int[] sources = new int[list.size()];
    int[] targets = new int[sources.length];
    for (int i = 0; i < sources.length; i++) {
      List<Item> pair = Fields.list(what + " pair " + i, list.get(i));
      if (pair.size() != 2) {
        throw Fields.refusal(list.get(i), what + ": a pair is a source and a target");
      }
      sources[i] = Fields.whole(what + " source", pair.get(0));
      targets[i] = Fields.whole(what + " target", pair.get(1));
    }
    return Rule.pairs(sources, targets);
  }

  /** Places of a population. */
  static Positions positions(String what, Item item) {
    Fields fields = Fields.of(what, item, "rows", "columns", "width", "height", "at", "torus");
    Positions places =
        Fields.at(item, () -> fields.has("at") ? listed(what, fields) : grid(fields));
    if (!fields.has("torus")) {
      return places;
    }
    double[] lengths = Fields.numbers(what + " 'torus'", fields.get("torus"), -1);
    return Fields.at(item, () -> places.onTorus(lengths));
  }

  private static Positions grid(Fields fields) {
    return Positions.grid(
        fields.whole("rows"),
        fields.whole("columns"),
        fields.number("width"),
        fields.number("height"));
  }

  private static Positions listed(String what, Fields fields) {
    List<Item> list = Fields.list(what + " 'at'", fields.get("at"));
    int dimensions = list.isEmpty() ? 0 : Fields.list(what + " 'at'", list.get(0)).size();
    double[] all = new double[Math.multiplyExact(dimensions, list.size())];
    for (int i = 0; i < list.size(); i++) {
      double[] one = Fields.numbers(what + " 'at'", list.get(i), dimensions);
      System.arraycopy(one, 0, all, i * dimensions, dimensions);
    }
    return Positions.of(dimensions, all);
  }
}
