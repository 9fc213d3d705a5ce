package org.velella.neuron;

import java.util.ArrayList;
import java.util.List;

/** Every built-in model in every variant. */
final class Catalogue {
  private Catalogue() {}

  static List<NeuronModel> models() {
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
        for (ScaleReset scale : ScaleReset.values()) {
          models.add(NeuronModels.klif(scale, decay, reset));
        }
        for (Activation activation : Activation.values()) {
          for (ThresholdRelated related : ThresholdRelated.values()) {
            models.add(NeuronModels.liaf(activation, related, decay, reset));
          }
        }
      }
    }
    models.add(NeuronModels.ilif());
    models.add(NeuronModels.halfThresholdIf());
    models.addAll(
        List.of(
            NirModels.integrator(),
            NirModels.leakyIntegrator(),
            NirModels.integrateAndFire(),
            NirModels.lif(),
            NirModels.cubaLeakyIntegrator(),
            NirModels.cubaLif(),
            NirModels.threshold()));
    return models;
  }
}
