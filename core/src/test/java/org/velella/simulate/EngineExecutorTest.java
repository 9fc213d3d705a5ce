package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.backend.BackendUnavailableException;
import org.velella.module.OperationExecutor;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class EngineExecutorTest {
  private final EngineExecutor executor = new EngineExecutor();
  private final NeuronOperation neurons = new NeuronOperation(TestNetworks.IF, Map.of());

  @Test
  void runsAnOperationAndLeavesItsArgumentsAlone() {
    Tensor input = Tensor.of(Shape.of(3, 1, 2), new float[] {0.5f, 1f, 0.25f, 0.5f, 0.5f, 0.25f});
    Tensor before = Tensor.of(Shape.of(1, 2), new float[] {0, 0});
    OperationExecutor.Result result = executor.run(neurons, input, List.of(before));
    // By hand: 0.5, 0.75, 1.25 fires and resets; 1 fires, 0.5, 0.75.
    assertThat(result.output().floats()).containsExactly(0, 1, 0, 0, 1, 0);
    assertThat(result.output().shape()).isEqualTo(Shape.of(3, 1, 2));
    assertThat(result.memories().get(0).floats()).containsExactly(0, 0.75f);
    assertThat(before.floats()).containsExactly(0, 0);
  }

  @Test
  void sequencesLongerThanAChunkGiveTheSameMemories() {
    int steps = 5000;
    float[] x = new float[steps * 1000];
    java.util.Arrays.fill(x, 0.3f);
    Tensor input = Tensor.of(Shape.of(steps, 1, 1000), x);
    Tensor zero = Tensor.of(Shape.of(1, 1000), new float[1000]);
    OperationExecutor.Result result = executor.run(neurons, input, List.of(zero));
    // 0.3 + 0.3 + 0.3 + 0.3 passes 1 at every fourth step.
    int fired = 0;
    for (int t = 0; t < steps; t++) {
      fired += (int) result.output().floats()[t * 1000 + 7];
    }
    assertThat(fired).isEqualTo(steps / 4);
  }

  @Test
  void offersTheAvailableBackendsAndNoOther() {
    assertThat(executor.backends()).contains("scalar");
    assertThat(executor.on("scalar").run(neurons, one(), List.of(one(1))).output().floats())
        .containsExactly(1);
    assertThatThrownBy(() -> executor.on("abacus"))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("abacus");
  }

  private static Tensor one() {
    return Tensor.of(Shape.of(1, 1, 1), new float[] {1});
  }

  private static Tensor one(int samples) {
    return Tensor.of(Shape.of(samples, 1), new float[samples]);
  }
}
