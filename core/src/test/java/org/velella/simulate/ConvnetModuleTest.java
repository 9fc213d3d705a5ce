package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.layer.AvgPool2d;
import org.velella.layer.BatchNorm2d;
import org.velella.layer.Conv2d;
import org.velella.layer.ConvOptions;
import org.velella.layer.Flatten;
import org.velella.layer.Linear;
import org.velella.layer.MaxPool2d;
import org.velella.module.Memories;
import org.velella.module.MemoryList;
import org.velella.module.MemoryValue;
import org.velella.module.Modules;
import org.velella.module.Sequential;
import org.velella.module.StepMode;
import org.velella.neuron.IfNode;
import org.velella.neuron.InputDecay;
import org.velella.neuron.LifNode;
import org.velella.neuron.ParametricLifNode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Tensor;
import org.velella.testkit.Agreement;
import org.velella.testkit.MemoryAssert;
import org.velella.testkit.SpikeAssert;

/** SpikingJelly's convolutional network as a tree of modules. */
class ConvnetModuleTest {
  private static final Agreement BOUND = Agreement.within(ConvnetOracle.MEMORY_BOUND);

  @Test
  void givesTheSeedsSpikesAndMemories() throws IOException {
    ConvnetOracle oracle = ConvnetOracle.open();
    Sequential net = net(oracle);
    assertThat(Memories.extractMemories(net).names()).containsExactly("2.v", "5.v", "9.v");
    Tensor input = oracle.input();
    SpikeAssert.assertSpikesEqual("output", oracle.output(), run(net, input));
    MemoryAssert.assertMemoriesAgree(20, oracle.memoriesAtEnd(), memories(net), BOUND);
  }

  @Test
  void goesOnFromTheMemoriesAtACut() throws IOException {
    ConvnetOracle oracle = ConvnetOracle.open();
    Tensor input = oracle.input();
    int steps = input.shape().dim(0);
    Tensor rest = input.rows(oracle.cut(), steps);
    Tensor expected = oracle.output().rows(oracle.cut(), steps);
    Sequential first = net(oracle);
    run(first, input.rows(0, oracle.cut()));
    MemoryAssert.assertMemoriesAgree(oracle.cut(), oracle.memoriesAtCut(), memories(first), BOUND);
    MemoryList cut = Memories.extractMemories(first);
    SpikeAssert.assertSpikesEqual("first", expected, run(first, rest));

    Sequential resumed = net(oracle);
    Memories.loadMemories(resumed, cut);
    SpikeAssert.assertSpikesEqual("resumed", expected, run(resumed, rest));
    MemoryAssert.assertMemoriesEqual(steps, memories(first), memories(resumed));

    Sequential named = net(oracle);
    Memories.loadMemories(named, MemoryList.of(oracle.memoriesAtCut()));
    SpikeAssert.assertSpikesEqual("from the seed's memories", expected, run(named, rest));

    Sequential listed = net(oracle);
    List<MemoryValue> values =
        oracle.memoriesAtCut().values().stream().map(MemoryValue::tensor).toList();
    Memories.loadMemories(listed, values);
    SpikeAssert.assertSpikesEqual("from the seed's list", expected, run(listed, rest));
    MemoryAssert.assertMemoriesEqual(steps, memories(named), memories(listed));
  }

  @Test
  void stepByStepIsTheSameAsTheSequence() throws IOException {
    ConvnetOracle oracle = ConvnetOracle.open();
    Sequential whole = net(oracle);
    Tensor expected = run(whole, oracle.input());
    Sequential stepped = net(oracle);
    Modules.setStepMode(stepped, StepMode.SINGLE_STEP);
    INDArray output = Modules.multiStepForward(NdArrays.toArray(oracle.input()), stepped);
    SpikeAssert.assertSpikesEqual("output", expected, NdArrays.toTensor(output));
    MemoryAssert.assertMemoriesEqual(20, memories(whole), memories(stepped));
  }

  private static Sequential net(ConvnetOracle oracle) throws IOException {
    ParametricLifNode last = ParametricLifNode.builder().initTau(2.3).vReset(0.0).build();
    assertThat((float) last.parameter("w").values()[0]).isEqualTo(oracle.weight("9.w").floats()[0]);
    ConvOptions padded = ConvOptions.DEFAULT.withPadding(1);
    Sequential net =
        new Sequential(
            new Conv2d(array(oracle, "0.weight"), padded),
            new BatchNorm2d(
                array(oracle, "1.weight"),
                array(oracle, "1.bias"),
                array(oracle, "1.running_mean"),
                array(oracle, "1.running_var")),
            LifNode.builder().tau(oracle.tau()).softReset().decayInput(InputDecay.OFF).build(),
            new AvgPool2d(2),
            new Conv2d(array(oracle, "4.weight"), array(oracle, "4.bias"), padded.withStride(2)),
            IfNode.builder().vThreshold(0.9).build(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(array(oracle, "8.weight"), array(oracle, "8.bias")),
            last);
    Modules.setStepMode(net, StepMode.MULTI_STEP);
    return net;
  }

  private static INDArray array(ConvnetOracle oracle, String name) throws IOException {
    return NdArrays.toArray(oracle.weight(name));
  }

  private static Tensor run(Sequential net, Tensor input) {
    return NdArrays.toTensor(net.forward(NdArrays.toArray(input)));
  }

  private static Map<String, Tensor> memories(Sequential net) {
    Map<String, Tensor> memories = new LinkedHashMap<>();
    Memories.namedMemories(net).forEach(m -> memories.put(m.name(), m.value().tensor()));
    return memories;
  }
}
