package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.velella.tensor.Shape;

/** What the seed's constructors refuse, by an assertion or an error, the builders refuse, too. */
class NodeErrorsTest {
  private static Arguments refused(String name, Supplier<NeuronNode> node, String... parts) {
    return Arguments.of(name, node, parts);
  }

  static Stream<Arguments> timeConstants() {
    return Stream.of(
        refused("lif", () -> LifNode.builder().tau(1).build(), "'tau'", "tau > 1", "1.0"),
        refused("plif", () -> ParametricLifNode.builder().initTau(1).build(), "init_tau", "1.0"),
        refused("qif", () -> QifNode.builder().tau(0.5).build(), "'tau'", "tau > 1", "0.5"),
        refused("eif", () -> EifNode.builder().tau(1).build(), "'tau'", "tau > 1"),
        refused("izhikevich", () -> IzhikevichNode.builder().tau(1).build(), "'tau'", "tau > 1"),
        refused("tau_w", () -> IzhikevichNode.builder().tauW(0).build(), "'tau_w'", "tau_w != 0"),
        refused("klif", () -> KlifNode.builder().tau(1).build(), "'tau'", "tau > 1"),
        refused("ilif", () -> IlifNode.builder().tau(1).build(), "'tau'", "tau > 1"),
        refused(
            "liaf",
            () -> LiafNode.builder(Activation.RELU, ThresholdRelated.ON).tau(1).build(),
            "'tau'",
            "tau > 1"));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        refused("a0", () -> QifNode.builder().a0(0).build(), "'a0'", "a0 > 0", "0.0"),
        refused("a0", () -> IzhikevichNode.builder().a0(-1).build(), "'a0'", "a0 > 0", "-1.0"),
        refused(
            "threshold at reset",
            () -> QifNode.builder().vReset(1).vRest(1).build(),
            "'v_threshold', 'v_reset'",
            "v_threshold > v_reset",
            "v_threshold = 1.0, v_reset = 1.0"),
        refused(
            "rest below reset",
            () -> EifNode.builder().vRest(-0.5).build(),
            "'v_rest', 'v_reset'",
            "v_rest >= v_reset",
            "v_rest = -0.5, v_reset = -0.1"),
        refused("delta_T", () -> EifNode.builder().deltaT(0).build(), "'delta_T'", "delta_T > 0"),
        refused(
            "half",
            () -> HalfThresholdIfNode.builder().vThreshold(0).build(),
            "'v_threshold'",
            "v_threshold > 0"),
        refused(
            "not a number",
            () -> HalfThresholdIfNode.builder().vThreshold(Double.NaN).build(),
            "'v_threshold'",
            "must be finite",
            "NaN"),
        refused(
            "infinite",
            () -> CubaLifNode.builder().vThreshold(Double.POSITIVE_INFINITY).build(),
            "'v_threshold'",
            "must be finite",
            "Infinity"),
        refused("no level", () -> IlifNode.builder().maxSpikes(0).build(), "'max_spikes'", ">= 1"),
        refused(
            "scaled by zero",
            () -> KlifNode.builder().scaleReset(ScaleReset.ON).k(0).build(),
            "'k'",
            "k != 0"),
        refused(
            "unknown",
            () -> IfNode.builder().parameter("tau", ParameterValue.of(2)).build(),
            "'if' has no parameter 'tau'",
            "[v_threshold, v_reset]"),
        refused(
            "one neuron of three",
            () ->
                LifNode.builder()
                    .parameter("tau", ParameterValue.of(Shape.of(3), new double[] {2, 1, 4}))
                    .build(),
            "tau > 1",
            "index 1"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"timeConstants", "others"})
  void parameterThatTheSeedRefusesIsRefusedByName(
      String name, Supplier<NeuronNode> node, String[] parts) {
    assertThatThrownBy(node::get)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void softResetHasNoResetPotentialToCompareWith() {
    // The seed compares v_threshold and v_rest with v_reset only where there is one.
    QifNode.builder().softReset().vRest(-5).build();
    EifNode.builder().vReset(-0.1).softReset().vRest(-5).build();
  }
}
