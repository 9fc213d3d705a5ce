package org.velella.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class LoweringTest {
  private static final NeuronModel IF =
      NeuronModel.parse(
          """
          model if
            parameter v_threshold = 1.0
            memory v = 0
            charge h = v + x
            fire s = h >= v_threshold
            reset v = where(s, 0, h)
          """);

  private static LinearOperation linear(int out, int in) {
    return new LinearOperation(Tensor.of(Shape.of(out, in), new float[out * in]), null);
  }

  /** a and b both feed n; n and r form a cycle. */
  private static Network network() {
    return Network.builder()
        .node("in", new InputOperation(Shape.of(1, 3)))
        .node("flat", new FlattenOperation(0, 1))
        .node("b", linear(2, 3))
        .node("a", linear(2, 3))
        .node("n", new NeuronOperation(IF, Map.of()))
        .node("r", linear(2, 2))
        .node("out", new OutputOperation())
        .edge("in", "flat")
        .edge("flat", "b")
        .edge("flat", "a")
        .edge("b", "n")
        .edge("r", "n")
        .edge("a", "n")
        .edge("n", "r")
        .edge("n", "out")
        .build();
  }

  @Test
  void feedForwardOpsRunByChunkAndCyclesStepByStep() {
    Plan plan = Lowering.lower(network(), PlanOptions.ofBatch(2));
    assertThat(plan.stages()).extracting(Stage::stepped).containsExactly(false, false, true);
    List<Op> cycle = plan.stages().get(2).ops();
    assertThat(cycle)
        .extracting(op -> op.getClass().getSimpleName())
        .containsExactly("DelayReadOp", "SumOp", "NeuronOp", "LinearOp", "DelayWriteOp");
    assertThat(plan.memories()).extracting(PlanMemory::path).containsExactly("n.v", "r.previous");
  }

  @Test
  void sumsTakeTheirSourcesInByteOrder() {
    Plan plan = Lowering.lower(network(), PlanOptions.ofBatch(2));
    SumOp sum = (SumOp) plan.stages().get(2).ops().get(1);
    assertThat(sum.inputs())
        .extracting(id -> plan.values().get(id).name())
        .containsExactly("a", "b", "r.previous");
  }

  @Test
  void flattenAndOutputOnlyRename() {
    Plan plan = Lowering.lower(network(), PlanOptions.ofBatch(2));
    assertThat(plan.nodeValues().get("flat")).isEqualTo(plan.nodeValues().get("in"));
    assertThat(plan.outputs()).containsExactly(plan.nodeValues().get("n"));
  }

  @Test
  void onlyWhatIsAskedForIsVisible() {
    Plan plan = Lowering.lower(network(), PlanOptions.ofBatch(2));
    assertThat(plan.visible()).containsExactlyInAnyOrderElementsOf(plan.outputs());
    PlanOptions more = new PlanOptions(2, Set.of("a"), Set.of("n.h"));
    Plan wide = Lowering.lower(network(), more);
    assertThat(wide.visible())
        .containsExactlyInAnyOrder(
            wide.outputs().get(0), wide.nodeValues().get("a"), wide.recorded().get("n.h"));
  }

  @Test
  void whatCannotBeRecordedIsRefusedWithWhatCan() {
    PlanOptions wrong = new PlanOptions(2, Set.of(), Set.of("a.v"));
    assertThatThrownBy(() -> Lowering.lower(network(), wrong))
        .hasMessageContaining("a.v")
        .hasMessageContaining("n.v");
    assertThatThrownBy(() -> PlanOptions.ofBatch(0)).hasMessageContaining("at least 1 sample");
  }

  @Test
  void freshMemoriesAndGivenOnesHaveThePlansShapes() {
    Plan plan = Lowering.lower(network(), PlanOptions.ofBatch(2));
    List<Tensor> fresh = TileMemories.initial(plan, TileParameters.NONE);
    assertThat(fresh).allMatch(memory -> memory.shape().equals(Shape.of(2, 2)));
    TileMemories.require(plan, fresh);
    assertThatThrownBy(() -> TileMemories.require(plan, fresh.subList(0, 1)))
        .hasMessage("Memory length mismatch: model has 2 memories but list contains 1");
    List<Tensor> wrong = List.of(fresh.get(0), Tensor.of(Shape.of(3, 2), new float[6]));
    assertThatThrownBy(() -> TileMemories.require(plan, wrong))
        .hasMessageContaining("r.previous")
        .hasMessageContaining("[2, 2]")
        .hasMessageContaining("[3, 2]");
  }
}
