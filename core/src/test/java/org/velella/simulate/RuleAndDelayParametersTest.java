package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.velella.encoding.WeightedPhaseOperation;
import org.velella.module.Samples;
import org.velella.network.InputOperation;
import org.velella.network.KeptSteps;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkDigest;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.sweep.Parameter;
import org.velella.sweep.Trial;
import org.velella.synapse.DelayOperation;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.StdpRule;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.TestModels;

/** Which learning rules and delays trials may set. */
class RuleAndDelayParametersTest {
  private static final Network NETWORK =
      Network.builder()
          .node("input", new InputOperation(Shape.of(2)))
          .node("late", DelayOperation.of(3))
          .node(
              "fc",
              new PlasticOperation(
                  Shape.of(2),
                  Shape.of(1),
                  null,
                  Tensor.of(Shape.of(1, 2), new float[] {0.25f, 0.5f}),
                  StdpRule.of(4, 5).bounds(0, 1)))
          .node("lif", new NeuronOperation(TestModels.lif(), Map.of()))
          .node("output", new OutputOperation())
          .edge("input", "late")
          .edge("late", "fc", PlasticOperation.X)
          .edge("late", "fc", PlasticOperation.PRE)
          .edge("lif", "fc", PlasticOperation.POST)
          .edge("fc", "lif")
          .edge("lif", "output")
          .build();

  private static ParameterBinding binding(String... paths) {
    return new ParameterBinding(NETWORK, List.of(paths).stream().map(Parameter::number).toList());
  }

  private static Trial trial(String path, double value) {
    return new Trial(0, 0, 1, new TreeMap<>(Map.of(path, value)), new TreeMap<>());
  }

  private static String refusal(String path, double value) {
    return binding(path).refusal(trial(path, value)).orElse("");
  }

  @Test
  void everyNumberOfARuleAndEveryDelayHasAPath() {
    for (String name : StdpRule.of(4, 5).numbers().keySet()) {
      String path = "fc.rule." + name;
      assertThat(binding(path).parameters(List.of(trial(path, 1)), Samples.numbered()).paths())
          .containsExactly(path);
    }
    assertThat(refusal("late.steps", 3)).isEmpty();
    assertThat(refusal("late.steps", 0)).isEmpty();
    assertThat(refusal("fc.rule.high", 0.5)).isEmpty();
  }

  @Test
  void onlyPatternsThatNameThemMeanRulesAndDelays() {
    for (String pattern : List.of("*", "*c*", "fc.*", "*e", "l*")) {
      assertThat(
              binding(pattern).parameters(List.of(trial(pattern, 1)), Samples.numbered()).paths())
          .noneMatch(path -> path.startsWith("fc.rule.") || path.equals("late.steps"));
    }
    String pattern = "*.rule.tau_*";
    assertThat(binding(pattern).parameters(List.of(trial(pattern, 1)), Samples.numbered()).paths())
        .containsExactlyInAnyOrder("fc.rule.tau_pre", "fc.rule.tau_post");
    assertThatThrownBy(() -> binding("fc.rule.tau"))
        .hasMessageContainingAll("fc.rule.tau", "nearest are", "fc.rule.tau_pre");
    assertThatThrownBy(() -> binding("late.step"))
        .hasMessageContainingAll("late.step", "nearest are late.steps");
  }

  @Test
  void whatCannotBeFailsTheTrial() {
    assertThat(refusal("fc.rule.tau_pre", 0.5)).contains("fc", "'tau_pre'", "at least 1", "0.5");
    assertThat(refusal("fc.rule.rate", 1e300)).contains("fc", "'rate'", "finite", "Infinity");
    assertThat(refusal("fc.rule.high", 0.25)).contains("fc", "from 0.0 to 0.25", "0.5 at index 1");
    assertThat(refusal("fc.rule.low", 2)).contains("fc", "must not cross", "2.0");
    assertThat(refusal("late.steps", 1.5)).contains("late.steps", "from 0 to 3", "1.5");
    assertThat(refusal("late.steps", -1)).contains("late.steps", "from 0 to 3", "-1.0");
    assertThat(refusal("late.steps", 4)).contains("late.steps", "from 0 to 3", "4.0");
  }

  @Test
  void cyclesNeedACountOfAllSteps() {
    Network cycles =
        Network.builder()
            .node("input", new InputOperation(Shape.of(2)))
            .node("code", new WeightedPhaseOperation(3))
            .node("output", new OutputOperation())
            .edge("input", "code")
            .edge("code", "output")
            .build();
    List<Parameter> steps = List.of(Parameter.number("*.steps"));
    assertThat(new ParameterBinding(cycles, steps).refusal(trial("*.steps", 4)).orElseThrow())
        .contains("code.steps", "counts the steps of the run");
    assertThat(new ParameterBinding(cycles, steps).refusal(trial("*.steps", -3)).orElseThrow())
        .contains("code.steps cannot be -3.0", "from 1 to 24 steps");
    Network counting = KeptSteps.keeping(cycles, Map.of("code", 0));
    assertThat(KeptSteps.of(NetworkCodec.fromBytes(NetworkCodec.toBytes(counting))))
        .isEqualTo(Map.of("code", 3));
    assertThat(KeptSteps.of(cycles)).isEmpty();
    ParameterBinding binding = new ParameterBinding(counting, steps);
    assertThat(binding.refusal(trial("*.steps", 24))).isEmpty();
    for (double wrong : new double[] {25, 0, 2.5, -3}) {
      assertThat(binding.refusal(trial("*.steps", wrong)).orElseThrow())
          .contains("code.steps cannot be " + wrong, "from 1 to 24 steps");
    }
  }

  /** What is kept longer makes another memory, and comes back from a file; the rest stays. */
  @Test
  void keptStepsAreOfTheNetwork() {
    Network longer = KeptSteps.keeping(NETWORK, Map.of("late", 7, "nobody", 9));
    assertThat(KeptSteps.of(longer)).isEqualTo(Map.of("late", 7));
    assertThat(longer.memories().get("late.history").shape()).isEqualTo(Shape.of(7, 2));
    Network read = NetworkCodec.fromBytes(NetworkCodec.toBytes(longer));
    assertThat(KeptSteps.of(read)).isEqualTo(Map.of("late", 7));
    assertThat(NetworkDigest.of(read)).isEqualTo(NetworkDigest.of(longer));
    assertThat(NetworkDigest.of(longer).structure())
        .isNotEqualTo(NetworkDigest.of(NETWORK).structure());
    assertThat(KeptSteps.keeping(NETWORK, Map.of("late", 2))).isSameAs(NETWORK);
    assertThat(KeptSteps.of(NETWORK)).isEqualTo(Map.of("late", 3));
    assertThatThrownBy(() -> new DelayOperation(Tensor.of(Shape.SCALAR, new int[] {3}), 2))
        .hasMessageContainingAll("longest delay, 3", "found 2");
  }
}
