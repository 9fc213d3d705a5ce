package org.velella.network.nir;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;

/** Looks for conventions under which neurons have equations of NIR. */
final class NirSearch {
  private NirSearch() {}

  /** As {@link NirWriter#conventionOf}. */
  static Optional<NirConvention> conventionOf(Network network) {
    List<NirConvention> fitting = fitting(usual(), network);
    if (fitting.isEmpty()) {
      fitting = fitting(changed(), network);
    }
    return fitting.stream()
        .filter(convention -> allNeurons(network, model -> isExact(model, convention)))
        .findFirst()
        .or(fitting.stream()::findFirst);
  }

  private static List<NirConvention> fitting(List<NirConvention> conventions, Network network) {
    return Stream.concat(
            conventions.stream(),
            conventions.stream().map(convention -> convention.with(network.firstStep())))
        .distinct()
        .filter(convention -> expresses(network, convention))
        .toList();
  }

  /** Presets, and forms in which neurons of the catalogue have counterparts. */
  private static List<NirConvention> usual() {
    List<NirConvention> conventions = new ArrayList<>();
    NirConvention.presetNames().forEach(name -> conventions.add(NirConvention.named(name)));
    conventions.addAll(NirCounterparts.conventions());
    return conventions;
  }

  /** Presets with one choice changed. */
  private static List<NirConvention> changed() {
    List<NirConvention> conventions = new ArrayList<>();
    for (String name : NirConvention.presetNames()) {
      for (NirAxis axis : NirAxis.values()) {
        for (String choice : axis.choices()) {
          try {
            conventions.add(NirConvention.named(name + "," + NirAxis.text(axis) + "=" + choice));
          } catch (NirException excluded) {
            // Not every choice goes with the others of a preset.
            continue;
          }
        }
      }
    }
    return conventions;
  }

  /** As {@link NirWriter#expresses}. */
  static boolean expresses(Network network, NirConvention convention) {
    return network.firstStep() == convention.firstStep()
        && allNeurons(network, model -> has(model, convention));
  }

  private static boolean has(NeuronModel model, NirConvention convention) {
    return NirNeurons.type(model, convention) != null || NirCounterparts.has(model, convention);
  }

  private static boolean isExact(NeuronModel model, NirConvention convention) {
    return NirNeurons.type(model, convention) != null
        || NirCounterparts.hasExact(model, convention);
  }

  private static Stream<Node> neurons(Network network) {
    return network.nodes().stream().filter(node -> node.operation() instanceof NeuronOperation);
  }

  private static NeuronModel model(Node node) {
    return ((NeuronOperation) node.operation()).model();
  }

  private static boolean allNeurons(Network network, Predicate<NeuronModel> holds) {
    return neurons(network).map(NirSearch::model).distinct().allMatch(holds);
  }

  /**
   * Requires that neurons of one input, and the first step of cycles, are a convention's.
   *
   * @throws NirException if they are not; the message has the convention to take, if there is one
   */
  static void require(Network network, NirConvention convention) {
    for (Node node : neurons(network).toList()) {
      NeuronModel model = model(node);
      if (model.inputs().size() == 1 && !has(model, convention)) {
        throw NirExport.refusal(node, otherEquations(network, model));
      }
    }
    if (network.firstStep() != convention.firstStep()) {
      throw new NirException(
          "its cycles begin with first-step=%s, the convention says first-step=%s; take %s"
              .formatted(
                  NirAxis.text(network.firstStep()),
                  NirAxis.text(convention.firstStep()),
                  convention.with(network.firstStep()).text()));
    }
  }

  private static String otherEquations(Network network, NeuronModel model) {
    Optional<NirConvention> other = conventionOf(network);
    if (other.isPresent()) {
      return "its equations are not NIR's under this convention; those of the whole network are under "
          + other.get().text();
    }
    if (conventionOf(model).isEmpty()) {
      return "its equations are none that NIR has under this convention or any preset; if they come from a NIR file, give the convention with which it was read";
    }
    String each =
        neurons(network)
            .map(
                node ->
                    "%s (%s): %s"
                        .formatted(
                            node.path(),
                            node.operation().kind(),
                            conventionOf(model(node)).map(NirConvention::text).orElse("none")))
            .limit(8)
            .collect(Collectors.joining("; "));
    return "a NIR file is read under one convention, and none has the equations of all neurons: "
        + each;
  }

  private static Optional<NirConvention> conventionOf(NeuronModel model) {
    return Stream.concat(usual().stream(), changed().stream())
        .filter(convention -> has(model, convention))
        .findFirst();
  }
}
