package org.velella.network.nir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.network.nir.NirConvention.Decay;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The neuron node types: a model per type under the convention, and each node's parameters. */
final class NirNeurons {
  /** What a type's group holds; a name with a number may be missing and then has that value. */
  private static final Map<String, List<String>> PARAMETERS =
      Map.of(
          "I", List.of("r"),
          "LI", List.of("tau", "r", "v_leak"),
          "IF", List.of("r", "v_threshold", "v_reset=0"),
          "LIF", List.of("tau", "r", "v_leak", "v_threshold", "v_reset=0"),
          "CubaLI", List.of("tau_syn", "tau_mem", "r", "v_leak", "w_in=1"),
          "CubaLIF",
              List.of("tau_syn", "tau_mem", "r", "v_leak", "w_in=1", "v_threshold", "v_reset=0"),
          "Threshold", List.of("threshold"));

  /** In the order of NIR's documentation. */
  private static final List<String> TYPES =
      List.of("I", "LI", "IF", "LIF", "CubaLI", "CubaLIF", "Threshold");

  private final NirConvention convention;
  private final double dt;
  private final NirNotes notes;
  private final Map<String, NeuronModel> models = new LinkedHashMap<>();

  NirNeurons(NirConvention convention, double dt, NirNotes notes) {
    this.convention = convention;
    this.dt = dt;
    this.notes = notes;
  }

  /** The neurons of a node, or null if its type is none. */
  NeuronOperation operation(NirNode node) {
    List<String> names = PARAMETERS.get(node.type());
    if (names == null) {
      return null;
    }
    NeuronModel model =
        models.computeIfAbsent(node.type(), type -> NirEquations.model(type, convention));
    Map<String, ParameterValue> values = new LinkedHashMap<>();
    List<String> unused = new ArrayList<>();
    for (String declared : names) {
      int equals = declared.indexOf('=');
      String name = nameOf(declared);
      boolean missing = equals >= 0 && !node.has(name);
      ParameterValue value =
          missing
              ? ParameterValue.of(Double.parseDouble(declared.substring(equals + 1)))
              : value(node, name);
      if (model.parameters().contains(name)) {
        values.put(name, value);
        if (missing) {
          notes.add(
              "%s: dataset '%s' is missing and was taken as %s"
                  .formatted(node.label(), name, declared.substring(equals + 1)));
        }
      } else if (hasOtherThanZero(value)) {
        unused.add(name);
      }
    }
    if (model.parameters().contains("dt")) {
      values.put("dt", ParameterValue.of(dt));
    }
    unused.forEach(
        name -> notes.add(node.label() + ": '" + name + "' plays no part in this convention"));
    warnOfLongSteps(node, values);
    return new NeuronOperation(model, values);
  }

  /** The type whose equations a model has under a convention, or null if there is none. */
  static String type(NeuronModel model, NirConvention convention) {
    for (String type : TYPES) {
      if (NirEquations.model(type, convention).text().equals(model.text())) {
        return type;
      }
    }
    return null;
  }

  private static String nameOf(String declared) {
    int equals = declared.indexOf('=');
    return equals < 0 ? declared : declared.substring(0, equals);
  }

  /** The names of the datasets that a type's group may hold; none if the type is no neuron. */
  static List<String> datasets(String type) {
    return PARAMETERS.getOrDefault(type, List.of()).stream().map(NirNeurons::nameOf).toList();
  }

  private static ParameterValue value(NirNode node, String name) {
    Tensor bare = node.withoutLeadingOnes(name, node.parameter(name));
    return ParameterValue.of(bare.shape(), bare.doubles());
  }

  private static boolean hasOtherThanZero(ParameterValue value) {
    for (double each : value.values()) {
      if (each != 0) {
        return true;
      }
    }
    return false;
  }

  /** Above one time constant a forward Euler step overshoots; mostly a sign of other units. */
  private void warnOfLongSteps(NirNode node, Map<String, ParameterValue> values) {
    if (convention.decay() != Decay.EULER) {
      return;
    }
    values.forEach(
        (name, value) -> {
          if (!name.startsWith("tau")) {
            return;
          }
          for (double tau : value.values()) {
            if (tau > 0 && dt > tau) {
              notes.add(
                  "%s: the step of %s s is longer than %s = %s s, so forward Euler overshoots"
                          .formatted(node.label(), dt, name, tau)
                      + "; check the units");
              return;
            }
          }
        });
  }

  /** Refuses parameters that break a model's conditions or give constants that are not finite. */
  static void requireConstants(NirNode node, NeuronOperation neurons, Shape shape) {
    NeuronModel model = neurons.model();
    List<double[]> spread = new ArrayList<>();
    int count = 1;
    for (String name : model.parameters()) {
      double[] values = neurons.parameter(name).expand(shape);
      spread.add(values);
      count = Math.max(count, values.length);
    }
    double[] point = new double[spread.size()];
    for (int i = 0; i < count; i++) {
      for (int p = 0; p < point.length; p++) {
        double[] values = spread.get(p);
        point[p] = values[values.length == 1 ? 0 : i];
      }
      try {
        model.constants(point);
      } catch (IllegalArgumentException e) {
        throw new NirException(node.label() + ", neuron " + i + ": " + e.getMessage(), e);
      }
    }
  }
}
