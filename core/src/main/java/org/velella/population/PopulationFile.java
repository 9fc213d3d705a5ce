package org.velella.population;

import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.equation.Unit;
import org.velella.network.NetworkException;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;

/**
 * A network of populations as a file says it. {@code core/docs/POPULATIONS.md} describes the form.
 */
public final class PopulationFile {
  private static final String DT = "dt";
  private static final Unit SECOND = Unit.parse("s");
  private static final String NO_TIME =
      "the file does not say what it counts time in; give dt a unit, such as dt: 0.1 ms";

  private final Map<String, NeuronModel> models = new LinkedHashMap<>();
  private final PopulationNetwork.Builder builder;
  private final Fields root;

  /** Of dt, delays and, inversely, of rates; null if dt has none. */
  private Unit time;

  private PopulationFile(Item file) {
    root =
        Fields.of(
            "The file",
            file,
            "seed",
            DT,
            "inputs",
            "models",
            "populations",
            "projections",
            "drives",
            "outputs");
    long seed = Fields.wholeLong("'seed'", root.get("seed"));
    builder = PopulationNetwork.builder(seed);
  }

  /**
   * The network of a file.
   *
   * @throws org.velella.network.NetworkException if it says something that cannot be; the message
   *     says where
   */
  public static PopulationNetwork read(Item file) {
    PopulationFile reading;
    try {
      reading = new PopulationFile(file);
      reading.collect();
    } catch (Fields.Placed e) {
      throw new NetworkException(e.getMessage(), e);
    }
    return reading.builder.build();
  }

  private void collect() {
    if (root.has(DT)) {
      Fields.at(root.get(DT), () -> builder.dt(dt(root.get(DT))));
    }
    if (root.has("models")) {
      for (Item text : Fields.list("'models'", root.get("models"))) {
        NeuronModel model = Fields.at(text, () -> NeuronModel.parse(String.valueOf(text.text())));
        if (models.put(model.name(), model) != null) {
          throw Fields.refusal(text, "Two models are named '" + model.name() + "'");
        }
      }
    }
    each("inputs", this::input);
    each("populations", this::population);
    each("projections", this::projection);
    each("drives", this::drive);
    if (root.has("outputs")) {
      for (Item name : Fields.list("'outputs'", root.get("outputs"))) {
        Fields.at(name, () -> builder.output(String.valueOf(name.text())));
      }
    }
  }

  /** The step in the unit that it is written in, which is then that of the file. */
  private double dt(Item item) {
    if (item.text() == null || !Unit.isQuantity(item.text())) {
      return root.number(DT);
    }
    time = Unit.of(item.text());
    if (!time.measuresTheSame(SECOND)) {
      throw new IllegalArgumentException(
          "'dt' is the time of a step, found '%s', which is %s"
              .formatted(item.text(), time.quantity()));
    }
    return time.valueOf(item.text());
  }

  private Wanted time() {
    return Wanted.in(time, NO_TIME);
  }

  private Wanted rate() {
    return Wanted.in(time == null ? null : time.inverse(), NO_TIME);
  }

  /** What comes in at an input of a population. */
  private Wanted input(String population, String input) {
    Population target = builder.populations.get(population);
    if (target == null) {
      return Wanted.PLAIN;
    }
    NeuronModel model = target.model();
    String name = input.isEmpty() ? model.inputs().get(0) : input;
    return Wanted.in(model.units().get(name), declaresNone("input", name, model));
  }

  private static String declaresNone(String what, String name, NeuronModel model) {
    return "%s '%s' of neuron model '%s' declares no unit; write the number alone, or declare it: %s [mV]"
        .formatted(what, name, model.name(), name);
  }

  /** Adds what one named part says. */
  private interface Adding {
    PopulationNetwork.Builder add(String name, Item item);
  }

  private void each(String section, Adding adding) {
    if (root.has(section)) {
      Fields named = Fields.any("'" + section + "'", root.get(section));
      for (String name : named.names()) {
        Item item = named.get(name);
        Fields.at(item, () -> adding.add(name, item));
      }
    }
  }

  private PopulationNetwork.Builder input(String name, Item size) {
    return builder.input(name, Fields.whole("Input '" + name + "'", size));
  }

  private PopulationNetwork.Builder population(String name, Item item) {
    String label = "Population '" + name + "'";
    Fields fields = Fields.of(label, item, "size", "model", "method", "parameters", "positions");
    int size = fields.whole("size");
    NeuronModel neurons = model(fields.text("model"), fields);
    if (fields.has("method")) {
      NeuronModel given = neurons;
      String method = fields.text("method");
      neurons = Fields.at(fields.get("method"), () -> given.integratedBy(method));
    }
    Population population = Population.of(name, size, neurons);
    if (fields.has("parameters")) {
      Fields parameters = Fields.any(label + " 'parameters'", fields.get("parameters"));
      for (String parameter : parameters.names()) {
        Item given = parameters.get(parameter);
        NeuronModel model = population.model();
        Wanted wanted =
            Wanted.in(model.units().get(parameter), declaresNone("parameter", parameter, model));
        Values values = FileValues.values(label + " '" + parameter + "'", given, wanted);
        Population before = population;
        population = Fields.at(given, () -> before.with(parameter, values));
      }
    }
    population = withStep(population);
    if (fields.has("positions")) {
      Item places = fields.get("positions");
      Population before = population;
      population =
          Fields.at(places, () -> before.at(FileValues.positions(label + " positions", places)));
    }
    return builder.population(population);
  }

  /** With the file's step, if both it and the model say what they count time in. */
  private Population withStep(Population population) {
    Unit unit = population.model().units().get(DT);
    boolean given = population.parameters().containsKey(DT);
    if (time == null || unit == null || given || !unit.measuresTheSame(time)) {
      return population;
    }
    return population.with(DT, unit.valueOf(root.get(DT).text()));
  }

  private NeuronModel model(String name, Fields fields) {
    NeuronModel own = models.get(name);
    if (own == null && !BuiltInModels.has(name)) {
      throw Fields.refusal(
          fields.get("model"),
          "There is no neuron model '%s'; the file has %s, and there are the built-in ones"
              .formatted(name, models.keySet()));
    }
    return own == null ? BuiltInModels.named(name) : own;
  }

  private PopulationNetwork.Builder projection(String name, Item item) {
    String label = "Projection '" + name + "'";
    Fields fields =
        Fields.of(
            label,
            item,
            "from",
            "to",
            "input",
            "rule",
            "weight",
            "delay",
            "self_connections",
            "short_term",
            "plasticity");
    Rule rule = FileValues.rule(label + " rule", fields.get("rule"));
    Projection projection = Projection.of(name, fields.text("from"), fields.text("to"), rule);
    if (fields.has("input")) {
      projection = projection.input(fields.text("input"));
    }
    if (fields.has("weight")) {
      Wanted wanted = input(projection.to(), projection.input());
      projection =
          projection.weight(FileValues.values(label + " weight", fields.get("weight"), wanted));
    }
    if (fields.has("delay")) {
      projection =
          projection.delay(FileValues.values(label + " delay", fields.get("delay"), time()));
    }
    if (fields.has("self_connections") && fields.truth("self_connections")) {
      projection = projection.selfConnections(SelfConnections.ALLOWED);
    }
    return builder.projection(changing(label, fields, projection));
  }

  /** What changes the synapses while they run. */
  private Projection changing(String label, Fields fields, Projection projection) {
    Projection changing = projection;
    if (fields.has("short_term")) {
      Item item = fields.get("short_term");
      changing = changing.shortTerm(FileValues.shortTerm(label + " short_term", item, time()));
    }
    if (fields.has("plasticity")) {
      Item item = fields.get("plasticity");
      changing =
          changing.plasticity(
              FileValues.plasticity(label + " plasticity", item, time(), builder.dt));
    }
    return changing;
  }

  private PopulationNetwork.Builder drive(String name, Item item) {
    String label = "Drive '" + name + "'";
    Fields fields = Fields.of(label, item, "to", "input", "poisson", "current");
    if (fields.has("poisson") == fields.has("current")) {
      throw Fields.refusal(item, label + " must be either 'poisson' or 'current'");
    }
    String input = fields.has("input") ? fields.text("input") : "";
    Wanted into = input(fields.text("to"), input);
    if (fields.has("current")) {
      Values current = FileValues.values(label + " current", fields.get("current"), into);
      return builder.drive(new Drive.Current(name, fields.text("to"), input, current));
    }
    Fields poisson = Fields.of(label, fields.get("poisson"), "rate", "sources", "weight");
    return builder.drive(
        new Drive.Poisson(
            name,
            fields.text("to"),
            input,
            FileValues.values(label + " rate", poisson.get("rate"), rate()),
            poisson.has("sources") ? poisson.whole("sources") : 1,
            FileValues.values(label + " weight", poisson.get("weight"), into)));
  }
}
