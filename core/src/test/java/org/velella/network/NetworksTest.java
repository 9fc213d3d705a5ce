package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.layer.Flatten;
import org.velella.layer.Linear;
import org.velella.layer.Scale;
import org.velella.layer.SumPool2d;
import org.velella.module.HostOperation;
import org.velella.module.Memories;
import org.velella.module.MemoryValue;
import org.velella.module.Module;
import org.velella.module.Modules;
import org.velella.module.SeqToAnnContainer;
import org.velella.module.Sequential;
import org.velella.module.StepMode;
import org.velella.neuron.IfNode;
import org.velella.neuron.LifNode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

class NetworksTest {
  private static INDArray random(SplittableRandom random, int... shape) {
    float[] values = new float[Shape.of(shape).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.5, 1);
    }
    return NdArrays.toArray(Tensor.of(Shape.of(shape), values));
  }

  private static Sequential modules(SplittableRandom random) {
    return new Sequential(
        new IfNode(),
        new Sequential(new Flatten(), new Linear(random(random, 5, 8)), new LifNode()),
        new SeqToAnnContainer(new Linear(random(random, 3, 5), random(random, 3))),
        new NetworkModuleTest.Outer());
  }

  @Test
  void nodesAreNamedByTheirPathsInTheTree() {
    Network network = Networks.fromModule(modules(new SplittableRandom(1)), Shape.of(2, 2, 2));

    assertThat(network.nodes())
        .extracting(Node::name)
        .containsExactly("input", "0", "1.0", "1.1", "1.2", "2.0", "3", "output");
    assertThat(network.node("3").operation()).isInstanceOf(HostOperation.class);
    assertThat(network.outputShape("output")).isEqualTo(Shape.of(3));
  }

  @Seeded(times = 3)
  void networkHasTheMemoriesAndTheBitsOfTheModules(SplittableRandom random) {
    Sequential modules = modules(random);
    Network network = Networks.fromModule(modules, Shape.of(2, 2, 2));
    NetworkModule rebuilt = new NetworkModule(network);
    Modules.setStepMode(modules, StepMode.MULTI_STEP);
    Modules.setStepMode(rebuilt, StepMode.MULTI_STEP);
    INDArray input = random(random, 7, 2, 2, 2, 2);

    INDArray expected = modules.forward(input);

    assertThat(rebuilt.forward(input)).isEqualTo(expected);
    assertThat(network.memories().keySet())
        .containsExactlyElementsOf(Memories.extractMemories(modules).names())
        .containsExactly("0.v", "1.2.v", "3.sum.total", "3.sum.steps");
    assertThat(Memories.extractMemories(rebuilt).get(1))
        .isEqualTo(Memories.extractMemories(modules).get(1));
  }

  /** A recurrent module inside a sequence becomes nodes of the sequence's network. */
  @Seeded
  void networksInsideBecomeNodes(SplittableRandom random) {
    Sequential modules =
        new Sequential(
            new Linear(random(random, 3, 4)),
            // A drive that lets them fire whatever is drawn.
            new LinearRecurrentContainer(
                new LifNode(), random(random, 3, 6), random(random, 3).addi(3)),
            new ElementWiseRecurrentContainer(new IfNode(), 3));
    Network network = Networks.fromModule(modules, Shape.of(4));
    NetworkModule rebuilt = new NetworkModule(network);
    Modules.setStepMode(modules, StepMode.MULTI_STEP);
    Modules.setStepMode(rebuilt, StepMode.MULTI_STEP);
    INDArray input = random(random, 9, 2, 4).muli(3);

    INDArray expected = modules.forward(input);

    assertThat(expected.sumNumber().intValue()).isPositive();
    assertThat(rebuilt.forward(input)).isEqualTo(expected);
    assertThat(network.memories().keySet())
        .containsExactlyElementsOf(Memories.extractMemories(modules).names())
        .containsExactly(
            "1.rc.recurrent.previous", "1.sub_module.v", "2.sub_module.v", "2.feedback.previous");
    for (int m = 0; m < network.memories().size(); m++) {
      assertThat(Memories.extractMemories(rebuilt).get(m))
          .isEqualTo(Memories.extractMemories(modules).get(m));
    }
  }

  @Test
  void networksInsideAreRefusedWhereTheyDoNotFit() {
    ElementWiseRecurrentContainer recurrent = new ElementWiseRecurrentContainer(new IfNode(), 3);
    assertThatThrownBy(() -> Networks.fromModule(new Sequential(recurrent), Shape.of(4)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Module '0' (ElementWiseRecurrentContainer)")
        .hasMessageContaining("[3]")
        .hasMessageContaining("[4]");
    assertThatThrownBy(() -> Networks.fromModule(new Sequential(recurrent, recurrent), Shape.of(3)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Module '1' (ElementWiseRecurrentContainer)")
        .hasMessageContaining("used twice");
    NetworkModule two =
        new NetworkModule(
            Network.builder()
                .node("a", Nets.input(3))
                .node("b", Nets.input(3))
                .node("neurons", Nets.neurons())
                .node("out", new OutputOperation())
                .edge("a", "neurons")
                .edge("b", "neurons")
                .edge("neurons", "out")
                .build());
    assertThatThrownBy(() -> Networks.fromModule(new Sequential(two), Shape.of(3)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("must have one Input, found 2");
  }

  @Test
  void statelessModulesMayBeSharedAndOnesWithMemoriesNot() {
    Scale twice = new Scale(NdArrays.toArray(Tensor.of(Shape.of(1), new float[] {2})));
    assertThat(Networks.fromModule(new Sequential(twice, twice), Shape.of(1)).nodes()).hasSize(4);

    IfNode shared = new IfNode();
    assertThatThrownBy(
            () -> Networks.fromModule(new Sequential(shared, twice, shared), Shape.of(1)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContainingAll("Module '2' (IfNode)", "used twice");
  }

  @Test
  void shapeThatDoesNotFitNamesTheModule() {
    Sequential modules = new Sequential(new IfNode(), new SumPool2d(2));

    assertThatThrownBy(() -> Networks.fromModule(modules, Shape.of(3)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("Module '1' (SumPool2d): SumPool2d needs input of rank 3");
  }

  @Test
  void changedResetValueIsRefusedSinceTheNetworkWouldNotHaveIt() {
    IfNode neuron = new IfNode();
    neuron.setResetValue("v", MemoryValue.scalar(0.5));

    assertThatThrownBy(() -> Networks.fromModule(new Sequential(neuron), Shape.of(2)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContainingAll("Module '0'", "reset value of memory 'v'", "0.5");
  }

  /** A subclass that does not run its modules in sequence. */
  public static final class Odd extends Sequential {
    @Override
    public List<INDArray> forward(List<INDArray> inputs) {
      return inputs;
    }
  }

  @Test
  void subclassOfSequentialMayDoAnythingAndIsNotTakenApart() {
    assertThatThrownBy(() -> Networks.fromModule(new Odd(), Shape.of(2)))
        .isInstanceOf(NetworkException.class)
        .hasMessageContainingAll("Odd", "put it into a Sequential");
    Module inside = new Odd();
    assertThat(Networks.fromModule(new Sequential(inside), Shape.of(2)).node("0").operation())
        .isInstanceOf(HostOperation.class);
  }
}
