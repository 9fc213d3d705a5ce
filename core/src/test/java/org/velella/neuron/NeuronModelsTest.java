package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.velella.testkit.NeuronContract;

/** The contract of neurons, for the whole catalogue. */
class NeuronModelsTest extends NeuronContract {
  @Override
  protected Stream<NeuronModel> models() {
    // Of each LIAF activation the plainest variant: the others differ in parts that LIF covers.
    return Catalogue.models().stream()
        .filter(model -> !model.name().matches("liaf_.*(_undecayed|_soft)"));
  }

  @Test
  void namesAreDistinct() {
    List<String> names = Catalogue.models().stream().map(NeuronModel::name).toList();
    assertThat(names).doesNotHaveDuplicates().hasSize(97);
  }

  @Test
  void textsReadBackAsEqualModels() {
    Catalogue.models()
        .forEach(
            model -> {
              NeuronModel again = NeuronModel.parse(model.text());
              assertThat(again).isEqualTo(model).hasSameHashCodeAs(model);
              assertThat(again.text()).isEqualTo(model.text());
              assertThat(again.program()).isEqualTo(model.program());
            });
  }

  @Test
  void defaultsAreAllowed() {
    Catalogue.models().forEach(model -> assertThat(model.violated(model.defaults())).isEmpty());
  }

  @Test
  void onlyReadoutsSendOtherThanSpikes() {
    Set<String> analog = new TreeSet<>();
    Catalogue.models().stream()
        .filter(model -> !model.program().spikes())
        .forEach(
            model ->
                analog.add(
                    model
                        .name()
                        .replaceAll("_(relu|leaky|sigm|tanh|iden|max|larg|mean|trained).*", "")));
    assertThat(analog)
        .containsExactly(
            "liaf",
            "nir_cuba_li",
            "nir_i",
            "nir_li",
            "non_spiking_if",
            "non_spiking_lif",
            "receptive_field",
            "relu",
            "synapse_filter",
            "tsodyks_markram");
  }
}
