package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.module.Operation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.synapse.DelayOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class NetworkTest {
  private static Network.Builder chain(Operation... operations) {
    Network.Builder builder = Network.builder().node("in", Nets.input(2));
    String last = "in";
    for (int i = 0; i < operations.length; i++) {
      builder.node("n" + i, operations[i]).edge(last, "n" + i);
      last = "n" + i;
    }
    return builder.node("out", Nets.output()).edge(last, "out");
  }

  private static void assertRefused(Network.Builder builder, String... messages) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(NetworkException.class)
        .hasMessageContainingAll(messages);
  }

  @Test
  void danglingEdgeIsRefusedWithTheNodesThatThereAre() {
    assertRefused(
        chain(Nets.neurons()).edge("n0", "lif"),
        "Edge n0 -> lif is dangling",
        "no node 'lif'",
        "[in, n0, out]");
  }

  @Test
  void doubleEdgesAndNamesAreRefused() {
    assertRefused(chain(Nets.neurons()).edge("in", "n0"), "same edge is given twice: in -> n0");
    assertRefused(chain(Nets.neurons()).node("n0", Nets.neurons()), "Two nodes are named 'n0'");
    assertRefused(
        chain(Nets.neurons()).node(List.of("a", "b"), Nets.neurons()).node("a.b", Nets.neurons()),
        "Two nodes are named 'a.b'");
  }

  @Test
  void portsAndLooseEndsAreRefused() {
    assertRefused(chain(Nets.neurons()).edge("n0", "in"), "leads into an Input node");
    assertRefused(
        chain(Nets.neurons()).node("n", Nets.neurons()).edge("out", "n"),
        "leads out of an Output node");
    assertRefused(
        chain(Nets.neurons()).node("loose", Nets.neurons()),
        "Node 'loose' (if) has no incoming edge");
    assertRefused(
        Network.builder().node("in", Nets.input(1)), "needs an Input and an Output node", "[in]");
  }

  @Test
  void shapesThatDoNotFitAreRefusedWithTheNode() {
    assertRefused(chain(Nets.linear(3, 1)), "Node 'n0'", "[3, 3]", "[2]");
    assertRefused(
        chain(Nets.neurons()).node("wide", Nets.input(3)).edge("wide", "n0"),
        "Node 'n0' sums inputs of different shapes: [2] from 'in' and [3] from 'wide'");
    Network.Builder loop =
        Network.builder()
            .node("in", Nets.input(2, 2))
            .node("a", Nets.neurons())
            .node("flat", new FlattenOperation(0, 1))
            .node("out", Nets.output())
            .edge("in", "a")
            .edge("a", "flat")
            .edge("flat", "a")
            .edge("flat", "out");
    assertRefused(loop, "Node 'a' sums inputs of different shapes", "[2, 2]", "[4]");
  }

  @Test
  void networksThatNoMachineCouldHoldAreRefusedBeforeMemoryIsTaken() {
    Network.Builder builder =
        Network.builder()
            .node("in", Nets.input(1 << 30, 1 << 30))
            .node("n", Nets.neurons())
            .node("out", Nets.output())
            .edge("in", "n")
            .edge("n", "out");

    assertRefused(builder, "Node 'in' gives [1073741824, 1073741824] values per step", "268435456");
  }

  @Test
  void nodesAreFoundByNameAndByPath() {
    Network network =
        Network.builder()
            .node("in", Nets.input(1))
            .node("lif1.lif", Nets.neurons())
            .node("out", Nets.output())
            .edge("in", "lif1.lif")
            .edge("lif1.lif", "out")
            .build();

    assertThat(network.node("lif1.lif")).isSameAs(network.node("'lif1.lif'"));
    assertThat(network.memories()).containsOnlyKeys("'lif1.lif'.v");
    assertThatThrownBy(() -> network.node("lif"))
        .isInstanceOf(NetworkException.class)
        .hasMessage("No node 'lif'; nodes are [in, lif1.lif, out]");
  }

  @Test
  void memoriesComeInTheOrderOfAModuleTreeAndAfterThemTheLastOutput() {
    Network network =
        Network.builder()
            .node("in", Nets.input(1))
            .node(List.of("block", "a"), Nets.echo(0))
            .node("b", Nets.echo(0))
            .node(List.of("block", "c"), Nets.echo(0))
            .node("out", Nets.output())
            .edge("in", "block.a")
            .edge("block.a", "b")
            .edge("b", "block.c")
            .edge("b", "b")
            .edge("block.c", "block.a")
            .edge("block.c", "out")
            .build();

    assertThat(network.memories().keySet())
        .containsExactly("block.a.v", "block.c.v", "block.c.previous", "b.v", "b.previous");
  }

  @Test
  void memoryOfANeuronThatTakesTheNameOfTheLastOutputIsRefused() {
    NeuronModel model =
        NeuronModel.parse(
            "model odd\n memory previous = 0\n charge previous = x\n output y = previous\n");
    Network network = chain(new NeuronOperation(model, Map.of())).edge("n0", "n0").build();

    assertThatThrownBy(network::memories)
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Node 'n0' has a memory 'previous' of its own");
  }

  @Test
  void severalInputsAndOutputsComeInByteOrder() {
    Network network =
        Network.builder()
            .node("ö", Nets.input(3))
            .node("z", Nets.input(2))
            .node("out2", Nets.output())
            .node("out10", Nets.output())
            .edge("ö", "out2")
            .edge("z", "out10")
            .build();

    assertThat(network.inputs()).extracting(Node::name).containsExactly("z", "ö");
    assertThat(network.outputs()).extracting(Node::name).containsExactly("out10", "out2");
    assertThat(network.inputSize()).isEqualTo(5);
  }

  @Test
  void sourcesAreSummedInByteOrderOfTheirNames() {
    Network network = chain(Nets.neurons()).node("B", Nets.input(2)).edge("B", "n0").build();

    assertThat(network.sources("n0")).containsExactly("B", "in");
  }

  private static float[] previous(FirstStep firstStep, Operation recurrent, Operation... behind) {
    Network.Builder builder =
        Network.builder()
            .firstStep(firstStep)
            .node("in", Nets.input(2))
            .node("lif", Nets.neurons())
            .node("r0", recurrent)
            .node("out", Nets.output())
            .edge("in", "lif")
            .edge("lif", "out")
            .edge("lif", "r0");
    String last = "r0";
    for (int i = 0; i < behind.length; i++) {
      builder.node("r" + (i + 1), behind[i]).edge(last, "r" + (i + 1));
      last = "r" + (i + 1);
    }
    Network network = builder.edge(last, "lif").build();
    return network.memories().get(last + ".previous").initial().floats();
  }

  @Test
  void firstStepDeliversZerosOrTheBiasOfTheRecurrentLayer() {
    Operation affine = Nets.linear(2, 1, 0.5f, -0f);

    assertThat(previous(FirstStep.ZERO, affine)).containsExactly(0, 0);
    float[] bias = previous(FirstStep.ZERO_INPUT, affine);
    assertThat(bias).containsExactly(0.5f, 0f);
    assertThat(Float.floatToRawIntBits(bias[1])).as("-0 becomes +0").isZero();
    assertThat(previous(FirstStep.ZERO_INPUT, Nets.linear(2, 1))).containsExactly(0, 0);
    assertThat(previous(FirstStep.ZERO_INPUT, Nets.scale(3), affine)).containsExactly(0.5f, 0);
    assertThat(previous(FirstStep.ZERO_INPUT, affine, Nets.echo(7))).containsExactly(0, 0);
  }

  @Test
  void firstStepSpreadsTheBiasOfAConvolutionOverItsChannels() {
    Operation conv =
        new ConvOperation(
            1,
            Tensor.of(Shape.of(2, 2, 1), new float[] {1, 1, 1, 1}),
            Tensor.of(Shape.of(2), new float[] {3, 4}),
            Shape.of(1),
            Shape.of(0),
            Shape.of(0),
            Shape.of(1),
            1);
    Network network =
        Network.builder()
            .firstStep(FirstStep.ZERO_INPUT)
            .node("in", Nets.input(2, 3))
            .node("lif", Nets.neurons())
            .node("conv", conv)
            .node("flat", new FlattenOperation(1, 1))
            .node("out", Nets.output())
            .edge("in", "lif")
            .edge("lif", "conv")
            .edge("conv", "flat")
            .edge("flat", "lif")
            .edge("lif", "out")
            .build();

    assertThat(network.memories().get("flat.previous").initial())
        .matches(t -> t.bitEquals(Tensor.of(Shape.of(2, 3), new float[] {3, 3, 3, 4, 4, 4})));
  }

  /** The bias 0.5 comes at once, 0.25 after five steps. */
  @Test
  void firstStepDeliversWhatNoDelayHoldsBack() {
    Operation affine = Nets.linear(2, 1, 0.5f, 0.25f);

    assertThat(previous(FirstStep.ZERO_INPUT, affine, delay(0, 5))).containsExactly(0.5f, 0);
    assertThat(previous(FirstStep.ZERO_INPUT, affine, delay(5, 0))).containsExactly(0, 0.25f);
    assertThat(previous(FirstStep.ZERO_INPUT, affine, delay(1, 5))).containsExactly(0, 0);
    assertThat(previous(FirstStep.ZERO_INPUT, affine, delay(0))).containsExactly(0.5f, 0.25f);
    assertThat(previous(FirstStep.ZERO_INPUT, affine, delay(0, 5), delay(0, 1)))
        .containsExactly(0.5f, 0);
    assertThat(previous(FirstStep.ZERO, affine, delay(0, 5))).containsExactly(0, 0);
  }

  @Test
  void firstStepBehindADelayIsRefusedOnlyIfItPassesOnWhatIsNotKnown() {
    Operation affine = Nets.linear(2, 1, 0.5f, 0.25f);

    assertThat(previous(FirstStep.ZERO_INPUT, affine, Nets.scale(2), delay(3)))
        .containsExactly(0, 0);
    assertThatThrownBy(() -> previous(FirstStep.ZERO_INPUT, affine, Nets.scale(2), delay(0, 3)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Node 'r2' (Delay) closes a cycle");
  }

  private static Operation delay(int... steps) {
    return new DelayOperation(Tensor.of(Shape.of(steps.length), steps));
  }

  @Test
  void firstStepThatOnlyARunCouldTellIsRefused() {
    Operation affine = Nets.linear(2, 1, 0.5f, 1);

    assertThatThrownBy(() -> previous(FirstStep.ZERO_INPUT, affine, Nets.scale(2)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContainingAll("Node 'r1' (Scale) closes a cycle", "use first step ZERO");
  }
}
