package org.velella.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.module.Memories;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.Module;
import org.velella.module.ModuleError;
import org.velella.module.ModuleException;
import org.velella.module.Modules;
import org.velella.module.StepMode;
import org.velella.neuron.IfNode;
import org.velella.neuron.LifNode;
import org.velella.tensor.Shape;

/** New samples start where a reset puts all of them. */
class ResizeBatchTest {
  private static INDArray zeros(long... shape) {
    return Nd4j.zeros(DataType.FLOAT, shape);
  }

  private static LifNode neuronsOfTwoSamples() {
    LifNode lif = new LifNode();
    lif.forward(zeros(2, 3));
    return lif;
  }

  private static void refused(Module module, int samples) {
    var before = Memories.memories(module);
    assertThatExceptionOfType(ModuleException.class)
        .isThrownBy(() -> Modules.resizeBatch(module, samples))
        .withMessageContaining("its samples are not known")
        .satisfies(e -> assertThat(e.error()).isEqualTo(ModuleError.MEMORY_KIND));
    assertThat(Memories.memories(module)).isEqualTo(before);
  }

  @Test
  void neuronsStartFromAChangedResetValue() {
    LifNode lif = neuronsOfTwoSamples();
    lif.setResetValue("v", MemoryValue.integer(5));
    lif.resizeBatch(3);
    assertThat(lif.memory("v").tensor().floats()).containsExactly(0, 0, 0, 0, 0, 0, 5, 5, 5);
    lif.setResetValue("v", MemoryValue.scalar(0.5));
    lif.resizeBatch(4);
    assertThat(lif.memory("v").tensor().rows(2, 4).floats())
        .containsExactly(5, 5, 5, 0.5f, 0.5f, 0.5f);
  }

  @Test
  void neuronsThatResetToATensorAreRefused() {
    LifNode lif = neuronsOfTwoSamples();
    lif.setResetValue("v", MemoryValue.tensor(zeros(2, 3).addi(7)));
    refused(lif, 3);
  }

  private static ElementWiseRecurrentContainer container() {
    var container = new ElementWiseRecurrentContainer(new IfNode(), 3);
    container.forward(zeros(1, 3));
    return container;
  }

  private static MemoryModule neurons(Module container) {
    return (MemoryModule) container.namedChildren().get("sub_module");
  }

  @Test
  void nodesOfANetworkStartFromAChangedResetValue() {
    Module container = container();
    neurons(container).setResetValue("v", MemoryValue.scalar(0.5));
    Modules.resizeBatch(container, 2);
    assertThat(neurons(container).memory("v").tensor().floats())
        .containsExactly(0, 0, 0, 0.5f, 0.5f, 0.5f);
    neurons(container).setResetValue("v", MemoryValue.integer(-1));
    Modules.resizeBatch(container, 3);
    assertThat(neurons(container).memory("v").tensor().rows(1, 3).floats())
        .containsExactly(0.5f, 0.5f, 0.5f, -1, -1, -1);
  }

  @Test
  void nodesThatResetToATensorOrHoldAQueueAreRefused() {
    Module container = container();
    neurons(container).setResetValue("v", MemoryValue.tensor(zeros(1, 3)));
    refused(container, 2);
    neurons(container).setResetValue("v", MemoryValue.empty());
    neurons(container).setMemory("v", MemoryValue.queue(java.util.List.of(zeros(3))));
    refused(container, 2);
  }

  /** A sequence of single numbers has no axis of samples. */
  @Test
  void networkOfOneNumberIsRefused() {
    NetworkModule module =
        new NetworkModule(
            Network.builder()
                .node("in", new InputOperation(Shape.SCALAR))
                .node("neurons", new IfNode().operation())
                .node("out", new OutputOperation())
                .edge("in", "neurons")
                .edge("neurons", "out")
                .build());
    module.setStepMode(StepMode.MULTI_STEP);
    module.forward(zeros(4));
    refused(module, 2);
  }
}
