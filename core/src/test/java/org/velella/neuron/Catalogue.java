package org.velella.neuron;

import java.util.List;

/** Every built-in model in every variant. */
final class Catalogue {
  private Catalogue() {}

  static List<NeuronModel> models() {
    return List.copyOf(BuiltInModels.all());
  }
}
