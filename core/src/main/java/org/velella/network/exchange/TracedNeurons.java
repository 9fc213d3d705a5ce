package org.velella.network.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.velella.neuron.BuiltInModels;

/**
 * Neurons of SpikingJelly, snnTorch and Norse as nodes, each by the equations of its framework.
 *
 * <p>Sources: {@code activation_based.neuron} of SpikingJelly; {@code snntorch.Leaky}, which resets
 * a step late; {@code norse.torch.functional.lif.lif_feed_forward_step}, whose current jumps before
 * the membrane moves.
 */
final class TracedNeurons {
  /** By class; with the attributes that are parameters of the same name, but for those of all. */
  private static final Map<String, Kind> SPIKINGJELLY =
      Map.of(
          "IFNode", new Kind("if", List.of()),
          "LIFNode", new Kind("lif", List.of("tau")),
          "ParametricLIFNode", new Kind("parametric_lif", List.of()),
          "QIFNode", new Kind("qif", List.of("tau", "v_c", "a0", "v_rest")),
          "EIFNode", new Kind("eif", List.of("tau", "delta_T", "theta_rh", "v_rest")),
          "IzhikevichNode",
              new Kind(
                  "izhikevich", List.of("tau", "v_c", "a0", "v_rest", "w_rest", "tau_w", "a", "b")),
          "KLIFNode", new Kind("klif", List.of("tau")),
          "CUBALIFNode", new Kind("cuba_lif", List.of("c_decay", "v_decay")));

  private static final String LEAKY =
      """
      model %s
        parameter beta = 0.9, threshold = 1
        require beta >= 0, beta <= 1
        memory v = 0
        charge v = %s
        fire s = v > threshold
      """;

  private static final Map<String, String> LEAKY_BY_RESET =
      Map.of(
          "subtract",
          LEAKY.formatted("snntorch_leaky", "beta * v + x - where(v > threshold, threshold, 0)"),
          "zero",
          LEAKY.formatted("snntorch_leaky_zero", "beta * where(v > threshold, 0, v) + x"));

  private static final String NORSE_LIF =
      """
      model norse_lif
        parameter dt = 0.001, tau_syn_inv = 200, tau_mem_inv = 100, v_leak = 0, v_th = 1, v_reset = 0
        derive32 membrane_rate = dt * tau_mem_inv, synapse_rate = -dt * tau_syn_inv
        memory v = v_leak, i = 0
        charge i = i + x
        charge h = v + membrane_rate * (v_leak - v + i)
        charge i = i + synapse_rate * i
        fire s = h - v_th > 0
        reset v = where(s, v_reset, h)
      """;

  private static final List<String> NORSE_PARAMETERS =
      List.of("tau_syn_inv", "tau_mem_inv", "v_leak", "v_th", "v_reset");

  private record Kind(String model, List<String> parameters) {}

  private TracedNeurons() {}

  static boolean knows(TracedLayer layer) {
    return isSpikingJelly(layer) || isLeaky(layer) || isNorse(layer);
  }

  private static boolean isSpikingJelly(TracedLayer layer) {
    return layer.isOf("spikingjelly.activation_based.neuron")
        && SPIKINGJELLY.containsKey(layer.name());
  }

  private static boolean isLeaky(TracedLayer layer) {
    return layer.isOf("snntorch") && layer.name().equals("Leaky");
  }

  private static boolean isNorse(TracedLayer layer) {
    return layer.isOf("norse.torch.module.lif") && List.of("LIFCell", "LIF").contains(layer.name());
  }

  static void add(TracedLayer layer, TracedNodes nodes) {
    ObjectNode node = nodes.add(layer.path(), "neuron");
    if (isSpikingJelly(layer)) {
      spikingJelly(layer, node, nodes);
    } else if (isLeaky(layer)) {
      leaky(layer, node, nodes);
    } else {
      norse(layer, node, nodes);
    }
  }

  private static void spikingJelly(TracedLayer layer, ObjectNode node, TracedNodes nodes) {
    Kind kind = SPIKINGJELLY.get(layer.name());
    JsonNode reset = layer.attribute("v_reset");
    JsonNode decays = layer.attribute("decay_input");
    String model =
        kind.model()
            + (decays.isBoolean() && !decays.booleanValue() ? "_undecayed" : "")
            + (layer.truth("scale_reset") ? "_scaled" : "")
            + (reset.isNull() ? "_soft" : "");
    if (!BuiltInModels.has(model)) {
      throw layer.refused("Velella has no model '%s'".formatted(model));
    }
    node.put("model", model);
    ObjectNode parameters = node.putObject("parameters");
    parameters.put("v_threshold", layer.number("v_threshold"));
    if (!reset.isNull()) {
      parameters.put("v_reset", layer.number("v_reset"));
    }
    kind.parameters().forEach(name -> parameters.put(name, layer.number(name)));
    if (layer.name().equals("ParametricLIFNode")) {
      nodes.parameter(layer, "w", parameters);
    } else if (layer.name().equals("KLIFNode")) {
      nodes.parameter(layer, "k", parameters);
    }
  }

  private static void leaky(TracedLayer layer, ObjectNode node, TracedNodes nodes) {
    layer.requireOnly("inhibition", false);
    layer.requireOnly("state_quant", false);
    layer.requireOnly("reset_delay", true);
    JsonNode factor = layer.attribute("_buffers").path("graded_spikes_factor");
    if (!factor.isNumber() || factor.doubleValue() != 1) {
      throw layer.refused(
          "its graded_spikes_factor is %s, and only 1 can be said".formatted(factor));
    }
    String text = LEAKY_BY_RESET.get(layer.attribute("_reset_mechanism").asText());
    if (text == null) {
      throw layer.refused(
          "its reset_mechanism is %s, and only subtract and zero are known"
              .formatted(layer.attribute("_reset_mechanism")));
    }
    node.put("model", nodes.model(text));
    ObjectNode parameters = node.putObject("parameters");
    nodes.parameter(layer, "beta", parameters);
    nodes.parameter(layer, "threshold", parameters);
    List.of("graded_spikes_factor", "reset_mechanism_val", "mem")
        .forEach(name -> nodes.ignore(layer, name));
  }

  private static void norse(TracedLayer layer, ObjectNode node, TracedNodes nodes) {
    JsonNode values = layer.attribute("p");
    node.put("model", nodes.model(NORSE_LIF));
    ObjectNode parameters = node.putObject("parameters");
    parameters.put("dt", layer.number("dt"));
    for (int i = 0; i < NORSE_PARAMETERS.size(); i++) {
      JsonNode value = values.path(i);
      if (values.size() != 7 || !value.isNumber()) {
        throw layer.refused(
            "its parameters are %s, and Velella knows %s, each one number, a method and an alpha"
                .formatted(values, NORSE_PARAMETERS));
      }
      parameters.put(NORSE_PARAMETERS.get(i), value.doubleValue());
    }
  }
}
