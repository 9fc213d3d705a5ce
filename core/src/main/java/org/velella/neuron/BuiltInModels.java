package org.velella.neuron;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The built-in neuron models by their names, such as {@code lif_soft}. */
public final class BuiltInModels {
  private static final Map<String, NeuronModel> MODELS = models();

  private BuiltInModels() {}

  private static Map<String, NeuronModel> models() {
    List<NeuronModel> models = new ArrayList<>();
    for (ResetKind reset : ResetKind.values()) {
      models.add(NeuronModels.integrateAndFire(reset));
      models.add(NeuronModels.qif(reset));
      models.add(NeuronModels.eif(reset));
      models.add(NeuronModels.izhikevich(reset));
      models.add(NeuronModels.cubaLif(reset));
      for (InputDecay decay : InputDecay.values()) {
        models.add(NeuronModels.lif(decay, reset));
        models.add(NeuronModels.parametricLif(decay, reset));
        addActivated(models, decay, reset);
      }
    }
    models.add(NeuronModels.ilif());
    models.add(NeuronModels.halfThresholdIf());
    models.add(NeuronModels.relu());
    models.add(ReadoutModels.synapseFilter());
    models.add(ReadoutModels.trainedSynapseFilter());
    models.add(ReadoutModels.tsodyksMarkram());
    models.add(ReadoutModels.receptiveField());
    for (Decoding decoding : Decoding.values()) {
      models.add(ReadoutModels.nonSpikingIf(decoding));
      models.add(ReadoutModels.nonSpikingLif(decoding));
    }
    models.addAll(
        List.of(
            NirModels.integrator(),
            NirModels.leakyIntegrator(),
            NirModels.integrateAndFire(),
            NirModels.lif(),
            NirModels.cubaLeakyIntegrator(),
            NirModels.cubaLif(),
            NirModels.threshold()));
    models.addAll(
        List.of(
            NeuroscienceModels.refractoryLif(),
            NeuroscienceModels.exponentialLif(),
            NeuroscienceModels.alphaLif(),
            NeuroscienceModels.doubleExponentialLif(),
            NeuroscienceModels.conductanceLif(),
            NeuroscienceModels.alphaConductanceLif(),
            NeuroscienceModels.doubleExponentialConductanceLif(),
            NeuroscienceModels.hodgkinHuxley(),
            NeuroscienceModels.izhikevich2003()));
    Map<String, NeuronModel> byName = new LinkedHashMap<>();
    for (NeuronModel model : models) {
      if (byName.put(model.name(), model) != null) {
        throw new IllegalStateException("Two built-in models are named '" + model.name() + "'");
      }
    }
    return Collections.unmodifiableMap(byName);
  }

  private static void addActivated(List<NeuronModel> models, InputDecay decay, ResetKind reset) {
    for (ScaleReset scale : ScaleReset.values()) {
      models.add(NeuronModels.klif(scale, decay, reset));
    }
    for (Activation activation : Activation.values()) {
      for (ThresholdRelated related : ThresholdRelated.values()) {
        models.add(NeuronModels.liaf(activation, related, decay, reset));
      }
    }
  }

  /** All of them. */
  public static Collection<NeuronModel> all() {
    return MODELS.values();
  }

  /** Whether there is one of this name. */
  public static boolean has(String name) {
    return MODELS.containsKey(name);
  }

  /**
   * The model of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static NeuronModel named(String name) {
    NeuronModel model = MODELS.get(name);
    if (model == null) {
      throw new IllegalArgumentException(
          "No built-in neuron model is named '" + name + "'; there are " + MODELS.keySet());
    }
    return model;
  }
}
