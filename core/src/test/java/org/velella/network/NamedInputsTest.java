package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.module.Operation;
import org.velella.module.Sequential;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirException;
import org.velella.network.nir.NirWriter;
import org.velella.neuron.EquationNode;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Safetensors;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Edges that lead to one of several inputs. */
class NamedInputsTest {
  private static final String TEXT =
      """
      model two
        input exc, inh
        memory v = 0
        charge v = v + exc - inh
        output y = v
      """;

  private static Operation two() {
    return new NeuronOperation(NeuronModel.parse(TEXT), Map.of());
  }

  private static Network.Builder around(Operation operation) {
    return Network.builder()
        .node("in", Nets.input(2))
        .node("b", Nets.input(2))
        .node("n", operation)
        .node("out", Nets.output())
        .edge("n", "out")
        .edge("b", "out");
  }

  /** Both inputs are fed, by one node twice; the inhibitory one by the neurons as well. */
  private static Network network() {
    return around(two())
        .edge("in", "n", "exc")
        .edge("b", "n", "exc")
        .edge("n", "n", "inh")
        .edge("in", "n", "inh")
        .build();
  }

  private static void assertRefused(Network.Builder builder, String... messages) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(NetworkException.class)
        .hasMessageContainingAll(messages);
  }

  @Test
  void sourcesAreKnownByInput() {
    Network network = network();

    assertThat(network.sources("n")).containsExactly("b", "in", "n");
    assertThat(network.sources("n", "exc")).containsExactly("b", "in");
    assertThat(network.sources("n", "inh")).containsExactly("in", "n");
    assertThat(network.delayed()).containsExactly(new Edge("n", "n", "inh"));
    assertThat(network.memories()).containsOnlyKeys("n.v", "n.previous");
    assertThatThrownBy(() -> network.sources("n", "gaba"))
        .hasMessage("Node 'n' has no input 'gaba'; it has [exc, inh]");
  }

  @Test
  void edgesSayWhichOfSeveralInputsAndNoneOfOthers() {
    String known = "node 'n' (two) has the inputs [exc, inh]; an edge must say which";
    assertRefused(around(two()).edge("in", "n"), "Edge in -> n: ", known);
    assertRefused(around(two()).edge("in", "n", "gaba"), "Edge in -> n, input gaba: ", known);
    assertRefused(
        around(Nets.linear(2, 1)).edge("in", "n", "x"),
        "Edge in -> n, input x: node 'n' (Linear) has one input, which has no name");
    assertRefused(around(Nets.neurons()).edge("in", "n", "y"), "node 'n' (if) has the inputs [x]");
    assertRefused(
        around(two()).edge("in", "n", "exc").edge("in", "n", "exc"),
        "The same edge is given twice: in -> n, input exc");
    assertRefused(
        around(two()).node("wide", Nets.input(3)).edge("in", "n", "exc").edge("wide", "n", "inh"),
        "Node 'n' has inputs of different shapes: [2] from 'in' and [3] from 'wide'");
  }

  @Test
  void theOnlyInputNeedNotBeNamed() {
    Network named = around(Nets.neurons()).edge("in", "n", "x").build();
    Network plain = around(Nets.neurons()).edge("in", "n").build();

    assertThat(named.edges()).isEqualTo(plain.edges());
    assertThat(NetworkCodec.toBytes(named)).isEqualTo(NetworkCodec.toBytes(plain));
  }

  private static String minor(Network network) {
    return Safetensors.read(NetworkCodec.toBytes(network)).metadata().get("minor");
  }

  @Test
  void bytesKeepTheInputsAndSayTheirVersionOnlyThen() {
    Network network = network();
    Network again = NetworkCodec.fromBytes(NetworkCodec.toBytes(network));

    assertThat(again.edges()).containsExactlyInAnyOrderElementsOf(network.edges());
    assertThat(NetworkDigest.of(again)).isEqualTo(NetworkDigest.of(network));
    Network other =
        around(two()).edge("in", "n", "exc").edge("b", "n", "inh").edge("n", "n", "inh").build();
    assertThat(NetworkDigest.of(other).structure())
        .isNotEqualTo(NetworkDigest.of(network).structure());
    assertThat(minor(network)).isEqualTo("1");
    assertThat(minor(around(Nets.neurons()).edge("in", "n").build())).isEqualTo("0");
  }

  private static NetworkStructure structure(String edge) {
    String text =
        """
        {"format": "velella-network", "version": 1, "models": ["%s"], "nodes": [
         {"path": "in", "op": "input", "shape": [2]},
         {"path": "a.n", "op": "neuron", "model": "two"},
         {"path": "out", "op": "output"}],
         "edges": [%s, ["a.n", "out"]]}
        """;
    return NetworkStructure.parse(text.formatted(TEXT.strip().replace("\n", "\\n"), edge));
  }

  @Test
  void textsNameAnInputAsTheThirdPartOfAnEdge() {
    Network network = structure("[\"in\", \"a.n\", \"inh\"]").build(Map.of());

    assertThat(network.edges()).contains(new Edge("in", "a.n", "inh"), new Edge("a.n", "out"));
    assertThat(network.sources("a.n", "exc")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "['in', 'a.n']|an edge must say which",
        "['in', 'a.n', '']|must name an input",
        "['in', 'a.n', 1]|must name an input",
        "['in', 'a.n', 'exc', 'inh']|An edge must be two node paths, and an input",
        "['in', 'a.n', 'gaba']|[exc, inh]"
      })
  void edgesOfTextsThatNameNoInputAreRefused(String edge, String says) {
    NetworkStructure structure = structure(edge.replace('\'', '"'));
    assertThatThrownBy(() -> structure.build(Map.of()))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining(says);
  }

  /** b + in - (in + what n gave before), whose start is 0. */
  @Test
  void moduleTreeRunsTheWholeAndOneNodeAlone() {
    NetworkModule module = new NetworkModule(network());
    Tensor input = Tensor.of(Shape.of(1, 4), new float[] {5, 7, 1, 2});
    float[] first = NdArrays.toTensor(module.forward(NdArrays.toArray(input))).floats();
    float[] second = NdArrays.toTensor(module.forward(NdArrays.toArray(input))).floats();

    // Inputs lie in byte order, b before in; the output adds b to what n sends.
    assertThat(first).containsExactly(5 + 5, 7 + 7);
    assertThat(second).containsExactly(5 + 5 + 5 - 5, 7 + 7 + 7 - 7);
    Tensor exc = Tensor.of(Shape.of(1, 2), new float[] {3, 4});
    Tensor inh = Tensor.of(Shape.of(1, 2), new float[] {1, 1});
    var alone = module.namedChildren().get("n");
    var sent = alone.forward(List.of(NdArrays.toArray(exc), NdArrays.toArray(inh))).get(0);
    assertThat(NdArrays.toTensor(sent).floats()).containsExactly(5 + 2, 7 + 3);
  }

  @Test
  void networksInsideSequencesKeepTheInputsOfTheirEdges() {
    Network inner =
        Network.builder()
            .node("in", Nets.input(2))
            .node("n", two())
            .node("out", Nets.output())
            .edge("in", "n", "exc")
            .edge("n", "n", "inh")
            .edge("n", "out")
            .build();
    Network outer = Networks.fromModule(new Sequential(new NetworkModule(inner)), Shape.of(2));

    assertThat(outer.edges())
        .containsExactlyInAnyOrder(
            new Edge("input", "0.n", "exc"),
            new Edge("0.n", "0.n", "inh"),
            new Edge("0.n", "output"));
  }

  @Test
  void sequencesAndNirHaveNoSuchEdges() {
    Sequential sequence = new Sequential(new EquationNode(TEXT));
    assertThatThrownBy(() -> Networks.fromModule(sequence, Shape.of(2)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Module '0'")
        .hasMessageContaining("has the inputs [exc, inh], and a sequence gives each module one");
    Network network = network();
    assertThatThrownBy(
            () -> NirWriter.toBytes(network, NirConvention.NORSE, 1e-3, NirWriter.Compression.NONE))
        .isInstanceOf(NirException.class)
        .hasMessageContaining("node n (two): it has the inputs exc, inh; a node of NIR has one");
  }
}
