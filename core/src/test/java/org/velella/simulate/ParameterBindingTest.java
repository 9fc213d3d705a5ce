package org.velella.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backends;
import org.velella.module.Samples;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.plan.TileParameters;
import org.velella.sweep.Parameter;
import org.velella.sweep.Spaces;
import org.velella.sweep.Trial;
import org.velella.sweep.Trials;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;

class ParameterBindingTest {
  private static final int STEPS = 25;
  private static final double[] OWN_TAUS = {2, 3, 4, 5};

  private static final NeuronModel LIF =
      NeuronModel.parse(
          """
          model lif
            parameter tau = 2.0, v_threshold = 1.0
            require tau > 0
            memory v = 0
            charge h = v + (x - v) / tau
            fire s = h >= v_threshold
            reset v = where(s, 0, h)
          """);

  private static Network network(ParameterValue tauOfA, ParameterValue tauOfB) {
    return Network.builder()
        .node("input", new InputOperation(Shape.of(4)))
        .node("a", new NeuronOperation(LIF, Map.of("tau", tauOfA)))
        .node("b", new NeuronOperation(LIF, Map.of("tau", tauOfB)))
        .node("output", new OutputOperation())
        .edge("input", "a")
        .edge("a", "b")
        .edge("b", "output")
        .build();
  }

  private static final Network NETWORK =
      network(ParameterValue.of(Shape.of(4), OWN_TAUS), ParameterValue.of(2));

  private static Trials trials(String space) throws Exception {
    return new Trials(Spaces.parse(new ObjectMapper().readTree(space.replace('\'', '"'))), 1);
  }

  private static Simulator simulator(Network network) {
    return new Simulator(
        network, Backends.load().select("scalar").backend(), Probes.NONE, SimulatorOptions.DEFAULT);
  }

  /** Some trials set tau, some leave it, some set how memories begin: each as if it ran alone. */
  @Seeded
  void trialsInOneTileGiveTheBitsOfSeparateRuns(SplittableRandom random) throws Exception {
    Trials trials =
        trials(
            "{'union': [{'grid': ['a.tau=1.5,7', 'b.v=0,0.75']}, 'b.v=0.25', {'zip': ['a.v=-1', 'b.tau=3']}]}");
    List<Trial> all = new ArrayList<>();
    for (int i = 0; i < trials.count(); i++) {
      all.add(trials.trial(i));
    }
    int samples = all.size();
    List<Parameter> parameters =
        List.of("a.tau", "b.v", "a.v", "b.tau").stream().map(Parameter::number).toList();
    ParameterBinding binding = new ParameterBinding(NETWORK, parameters);
    float[] input = TestNetworks.input(random, STEPS, samples, 4);
    TileParameters own = binding.parameters(all, Samples.numbered());
    try (Simulator batch = simulator(NETWORK)) {
      TileState start = binding.initial(batch.initial(samples, own), all);
      TileInput tile = TestNetworks.slice(input, samples, 4, 0, samples);
      TileState together = batch.run(start, tile, STEPS, own, RecordSink.NONE);
      for (int n = 0; n < samples; n++) {
        TileState alone = alone(all.get(n), TestNetworks.slice(input, samples, 4, n, n + 1));
        for (int m = 0; m < 2; m++) {
          assertThat(together.memories().get(m).rows(n, n + 1).bitEquals(alone.memories().get(m)))
              .as("memory %d of trial %s", m, all.get(n))
              .isTrue();
        }
        assertThat(together.spikeCounts().rows(n, n + 1).bitEquals(alone.spikeCounts())).isTrue();
      }
    }
  }

  private static TileState alone(Trial trial, TileInput input) {
    Double a = trial.numbers().get("a.tau");
    Double b = trial.numbers().get("b.tau");
    Network network =
        network(
            a == null ? ParameterValue.of(Shape.of(4), OWN_TAUS) : ParameterValue.of(a),
            ParameterValue.of(b == null ? 2 : b));
    try (Simulator single = simulator(network)) {
      TileState fresh = single.initial(1, TileParameters.NONE);
      List<Tensor> memories = new ArrayList<>();
      int m = 0;
      for (String path : network.memories().keySet()) {
        Tensor memory = fresh.memories().get(m++).copy();
        Double value = trial.numbers().get(path);
        if (value != null) {
          java.util.Arrays.fill(memory.floats(), value.floatValue());
        }
        memories.add(memory);
      }
      TileState start = fresh.with(memories);
      return single.run(start, input, STEPS, TileParameters.NONE, RecordSink.NONE);
    }
  }

  @Test
  void aPatternSetsAllThatItMeans() throws Exception {
    ParameterBinding binding = new ParameterBinding(NETWORK, List.of(Parameter.number("*.tau")));
    List<Trial> two = List.of(trials("'*.tau=3,5'").trial(0), trials("'*.tau=3,5'").trial(1));
    assertThat(binding.parameters(two, Samples.numbered()).paths())
        .containsExactly("a.tau", "b.tau");
  }

  @Test
  void whatANetworkCannotTakeIsNamed() throws Exception {
    assertThatThrownBy(() -> new ParameterBinding(NETWORK, List.of(Parameter.number("a.taw"))))
        .hasMessageContaining("a.taw")
        .hasMessageContaining("nearest are a.tau");
    assertThatThrownBy(
            () ->
                new ParameterBinding(
                    NETWORK, List.of(Parameter.number("*.tau"), Parameter.number("b.tau"))))
        .hasMessageContaining("b.tau is set by both *.tau and b.tau");
    assertThatThrownBy(
            () -> new ParameterBinding(NETWORK, List.of(new Parameter("a.tau", List.of("x")))))
        .hasMessageContaining("needs numbers");
    List<String> labels = List.of("0.3", "NaN", "inf", "-1e-3", " .5", "1.", "", "fast");
    assertThatThrownBy(() -> new ParameterBinding(NETWORK, List.of(new Parameter("a.tau", labels))))
        .hasMessage("a.tau needs numbers, found [inf, fast]");
    List<String> many = IntStream.range(0, 1000).mapToObj(i -> "x" + i).toList();
    assertThatThrownBy(() -> new ParameterBinding(NETWORK, List.of(new Parameter("a.tau", many))))
        .hasMessage("a.tau needs numbers, found [x0, x1, x2, x3, x4, …]");
    ParameterBinding binding = new ParameterBinding(NETWORK, List.of(Parameter.number("a.tau")));
    assertThat(binding.refusal(trials("'a.tau=3'").trial(0))).isEmpty();
    assertThat(binding.refusal(trials("'a.tau=-3'").trial(0)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("a: ").contains("tau"));
  }

  @Test
  void aStimulusHasParametersOfItsOwn() throws Exception {
    Stimulus stimulus = Stimulus.parse("constant");
    ParameterBinding binding =
        new ParameterBinding(NETWORK, List.of(Parameter.number("input.current")), stimulus);
    assertThat(binding.refusal(trials("'input.current=3'").trial(0))).isEmpty();
    assertThatThrownBy(
            () -> new ParameterBinding(NETWORK, List.of(Parameter.number("input.rate")), stimulus))
        .hasMessageContaining("input.rate");
  }
}
