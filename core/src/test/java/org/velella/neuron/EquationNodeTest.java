package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.velella.equation.EquationException;
import org.velella.module.MemoryValue;
import org.velella.module.StepMode;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

class EquationNodeTest {
  /** Adapts its threshold: it rises by b with each spike and decays by half in a step. */
  private static final String ADAPTIVE =
      """
      model adaptive
        parameter b = 0.5
        memory v = 0
        memory raised = 0
        charge h = v + x
        fire s = h >= 1 + raised
        reset v = where(s, 0, h)
        reset raised = raised * 0.5 + b * s
      """;

  private static final String DIFFERENCE =
      """
      model difference
        input plus, minus
        memory v = 0
        charge v = v + plus - minus
        output y = v
      """;

  private static INDArray random(SplittableRandom random, Shape shape) {
    Tensor tensor = Tensor.of(shape, new float[shape.size()]);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = (float) random.nextDouble(-0.5, 1.5);
    }
    return NdArrays.toArray(tensor);
  }

  @Test
  void modelOfAUserRunsLikeABuiltInOne() {
    EquationNode node = new EquationNode(ADAPTIVE);
    node.setStepMode(StepMode.MULTI_STEP);
    INDArray x = Nd4j.createFromArray(new float[][] {{1}, {1.25f}, {1.25f}, {0.5f}});
    // threshold 1: fires, raised .5; 1.25 < 1.5, raised .25; 2.5 fires, raised .625; .5 does not
    assertThat(NdArrays.toTensor(node.forward(x)).floats()).containsExactly(1, 0, 1, 0);
    assertThat(node.namedMemories())
        .extracting(memory -> memory.name())
        .containsExactly("v", "raised");
    assertThat(node.memory("v").array().getFloat(0)).isEqualTo(0.5f);
    assertThat(node.memory("raised").array().getFloat(0)).isEqualTo(0.3125f);
  }

  @Seeded
  void textOfABuiltInModelGivesTheBitsOfItsNode(SplittableRandom random) {
    LifNode lif = LifNode.builder().tau(3.7).build();
    EquationNode same =
        new EquationNode(
            NeuronModel.parse(lif.model().text()), Map.of("tau", ParameterValue.of(3.7)));
    INDArray x = random(random, Shape.of(9, 3, 5));
    lif.setStepMode("m");
    same.setStepMode("m");
    assertThat(same.forward(x)).isEqualTo(lif.forward(x));
    assertThat(same.memories()).isEqualTo(lif.memories());
  }

  @Seeded
  void parametersMayDifferBetweenNeurons(SplittableRandom random) {
    INDArray x = random(random, Shape.of(8, 2, 3));
    double[] thresholds = {0.5, 1, 2};
    IfNode together =
        IfNode.builder()
            .parameter("v_threshold", ParameterValue.of(Shape.of(3), thresholds))
            .build();
    together.setStepMode("m");
    Tensor all = NdArrays.toTensor(together.forward(x));
    for (int i = 0; i < 3; i++) {
      IfNode alone = IfNode.builder().vThreshold(thresholds[i]).build();
      alone.setStepMode("m");
      Tensor one = NdArrays.toTensor(alone.forward(x));
      for (int row = 0; row < 16; row++) {
        assertThat(all.floats()[row * 3 + i]).isEqualTo(one.floats()[row * 3 + i]);
      }
    }
    assertThat(together.parameter("v_threshold").values()).containsExactly(thresholds);
  }

  /** 1 - 0.25, then 0.75 + 0.5 - 2, then -0.75 + 3 - 0. */
  @Test
  void modelOfSeveralInputsTakesOneArrayForEach() {
    EquationNode node = new EquationNode(DIFFERENCE);
    node.setStepMode(StepMode.MULTI_STEP);
    INDArray plus = Nd4j.createFromArray(new float[][] {{1}, {0.5f}, {3}});
    INDArray minus = Nd4j.createFromArray(new float[][] {{0.25f}, {2}, {0}});
    INDArray sums = node.forward(List.of(plus, minus)).get(0);
    assertThat(NdArrays.toTensor(sums).floats()).containsExactly(0.75f, -0.75f, 2.25f);
    node.setStepMode(StepMode.SINGLE_STEP);
    node.forward(List.of(Nd4j.createFromArray(1f), Nd4j.createFromArray(2f)));
    assertThat(node.memory("v").array().getFloat(0)).isEqualTo(1.25f);
  }

  @Test
  void tooFewInputsAndInputsOfOtherShapesAreRefused() {
    EquationNode node = new EquationNode(DIFFERENCE);
    INDArray two = Nd4j.createFromArray(1f, 2f);
    assertThatThrownBy(() -> node.forward(two))
        .hasMessageContaining("takes the inputs [plus, minus], but got 1");
    assertThatThrownBy(() -> node.forward(List.of(two, Nd4j.createFromArray(1f))))
        .hasMessageContaining("takes inputs of one shape, but 'plus' is [2] and 'minus' is [1]");
    assertThatThrownBy(() -> new IfNode().forward(List.of(two, two)))
        .hasMessageContaining("takes one input, but got 2");
  }

  @Test
  void initialTimeConstantBecomesTheTrainedWeight() {
    // w = -ln(2.5 - 1) in float32, and its sigmoid is 1 / 2.5.
    ParametricLifNode node = ParametricLifNode.builder().initTau(2.5).build();
    assertThat(node.parameter("w").values()).containsExactly((float) -StrictMath.log(1.5));
    assertThat(new ParametricLifNode().parameter("w").values()).containsExactly(0);
  }

  @Test
  void faultyTextAndUnknownParametersAreRefused() {
    assertThatThrownBy(() -> new EquationNode("model m\n  fire s = x > level"))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining("line 2, column 16")
        .hasMessageContaining("'level'");
    assertThatThrownBy(
            () ->
                new EquationNode(NeuronModel.parse(ADAPTIVE), Map.of("tau", ParameterValue.of(2))))
        .hasMessageContaining("'adaptive' has no parameter 'tau'; it has [b]");
    assertThatThrownBy(() -> new IfNode().parameter("tau"))
        .hasMessageContaining("'if' has no parameter 'tau'; it has [v_threshold, v_reset]");
  }

  @Test
  void resetPutsEveryMemoryBackToItsStart() {
    EquationNode node = new EquationNode(ADAPTIVE);
    node.forward(Nd4j.createFromArray(1f, 2f));
    node.reset();
    assertThat(node.memories()).containsOnly(MemoryValue.scalar(0));
  }
}
