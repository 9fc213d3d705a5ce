package org.velella.population;

import java.util.LinkedHashMap;
import java.util.Map;
import org.velella.network.NetworkException;
import org.velella.neuron.BuiltInModels;
import org.velella.neuron.NeuronModel;

/**
 * A network of populations as a file says it. {@code core/docs/POPULATIONS.md} describes the form.
 */
public final class PopulationFile {
  private final Map<String, NeuronModel> models = new LinkedHashMap<>();
  private final PopulationNetwork.Builder builder;
  private final Fields root;

  private PopulationFile(Item file) {
    root =
        Fields.of(
            "The file",
            file,
            "seed",
            "dt",
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
    if (root.has("dt")) {
      Fields.at(root.get("dt"), () -> builder.dt(root.number("dt")));
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
    Fields fields = Fields.of(label, item, "size", "model", "parameters", "positions");
    Population population =
        Population.of(name, fields.whole("size"), model(fields.text("model"), fields));
    if (fields.has("parameters")) {
      Fields parameters = Fields.any(label + " 'parameters'", fields.get("parameters"));
      for (String parameter : parameters.names()) {
        Item given = parameters.get(parameter);
        Values values = FileValues.values(label + " '" + parameter + "'", given);
        Population before = population;
        population = Fields.at(given, () -> before.with(parameter, values));
      }
    }
    if (fields.has("positions")) {
      Item places = fields.get("positions");
      Population before = population;
      population =
          Fields.at(places, () -> before.at(FileValues.positions(label + " positions", places)));
    }
    return builder.population(population);
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
            label, item, "from", "to", "input", "rule", "weight", "delay", "self_connections");
    Rule rule = FileValues.rule(label + " rule", fields.get("rule"));
    Projection projection = Projection.of(name, fields.text("from"), fields.text("to"), rule);
    if (fields.has("input")) {
      projection = projection.input(fields.text("input"));
    }
    if (fields.has("weight")) {
      projection = projection.weight(FileValues.values(label + " weight", fields.get("weight")));
    }
    if (fields.has("delay")) {
      projection = projection.delay(FileValues.values(label + " delay", fields.get("delay")));
    }
    if (fields.has("self_connections") && fields.truth("self_connections")) {
      projection = projection.selfConnections(SelfConnections.ALLOWED);
    }
    return builder.projection(projection);
  }

  private PopulationNetwork.Builder drive(String name, Item item) {
    String label = "Drive '" + name + "'";
    Fields fields = Fields.of(label, item, "to", "input", "poisson", "current");
    if (fields.has("poisson") == fields.has("current")) {
      throw Fields.refusal(item, label + " must be either 'poisson' or 'current'");
    }
    String input = fields.has("input") ? fields.text("input") : "";
    if (fields.has("current")) {
      Values current = FileValues.values(label + " current", fields.get("current"));
      return builder.drive(new Drive.Current(name, fields.text("to"), input, current));
    }
    Fields poisson = Fields.of(label, fields.get("poisson"), "rate", "sources", "weight");
    return builder.drive(
        new Drive.Poisson(
            name,
            fields.text("to"),
            input,
            FileValues.values(label + " rate", poisson.get("rate")),
            poisson.has("sources") ? poisson.whole("sources") : 1,
            FileValues.values(label + " weight", poisson.get("weight"))));
  }
}
