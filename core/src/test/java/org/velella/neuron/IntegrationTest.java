package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.equation.EquationException;
import org.velella.testkit.NeuronRun;
import org.velella.testkit.Seeded;

/** Differential equations against closed forms, and against models whose steps are written out. */
class IntegrationTest {
  private static final float[] NOTHING = {0};

  private static NeuronModel model(String method, String... lines) {
    return NeuronModel.parse(
        "model m\n  parameter dt = 0.1, a = 1, tau = 5\n  method %s\n  %s\n"
            .formatted(method, String.join("\n  ", lines)));
  }

  /** The first memory after a time without input. */
  private static double after(NeuronModel model, Map<String, Double> parameters, double time) {
    NeuronRun run = NeuronRun.of(model, parameters, 1);
    int steps = (int) Math.round(time / parameters.get("dt"));
    for (int t = 0; t < steps; t++) {
      run.step(NOTHING);
    }
    return run.memories().get(model.memories().get(0))[0];
  }

  /** Logistic growth, whose solution is 1 / (1 + 9 e^-t) from 0.1 on. */
  @ParameterizedTest
  @CsvSource({"euler, 0.1, 1", "midpoint, 0.25, 2", "rk4, 1, 4", "exponential_euler, 0.1, 1"})
  void errorFallsWithThePowerOfTheStepThatTheMethodHas(String method, double dt, int order) {
    // For exponential_euler, two variables of which each is linear in itself.
    boolean pair = method.startsWith("exponential");
    NeuronModel model =
        pair
            ? model(
                method, "memory v = 0.1, w = 0.9", "dv/dt = v * w, dw/dt = -v * w", "output y = v")
            : model(method, "memory v = 0.1", "dv/dt = v * (1 - v)", "output y = v");
    double wanted = 1 / (1 + 9 * Math.exp(-4));
    List<Double> errors = new ArrayList<>();
    for (double step : new double[] {dt, dt / 2}) {
      errors.add(Math.abs(after(model, Map.of("dt", step), 4) - wanted));
    }
    assertThat(errors.get(1)).isBetween(3e-7, 5e-2);
    double found = Math.log(errors.get(0) / errors.get(1)) / Math.log(2);
    assertThat(found).as("order, of errors %s", errors).isCloseTo(order, within(0.35));
  }

  @ParameterizedTest
  @ValueSource(strings = {"euler", "midpoint", "rk4", "exponential_euler"})
  void substepsAreStepsOfTheirOwn(String method) {
    String[] lines = {"memory v = 0.1", "dv/dt = a * (1 - v) / tau", "output y = v"};
    NeuronRun coarse = NeuronRun.of(model(method + " substeps 4", lines), Map.of("dt", 2.0), 1);
    NeuronRun fine = NeuronRun.of(model(method, lines), Map.of("dt", 0.5), 1);
    for (int t = 0; t < 20; t++) {
      coarse.step(NOTHING);
      for (int n = 0; n < 4; n++) {
        fine.step(NOTHING);
      }
      assertThat(coarse.memories().get("v")).isEqualTo(fine.memories().get("v"));
    }
  }

  @Seeded
  void stepsHaveTheBitsOfThoseWrittenOut(SplittableRandom random) {
    String head = "model m\n parameter dt = 0.1, tau = 5\n memory v = 0.3, w = 0\n";
    String equations = " dv/dt = (x - v * v - w) / tau\n dw/dt = v - w\n output y = v";
    String slopes =
        " charge kv = (x - v * v - w) / tau\n charge kw = v - w\n charge v = v + dt * kv\n"
            + " charge w = w + dt * kw\n output y = v";
    String middle =
        " derive half = dt / 2\n charge kv = (x - v * v - w) / tau\n charge kw = v - w\n"
            + " charge mv = v + half * kv\n charge mw = w + half * kw\n"
            + " charge lv = (x - mv * mv - mw) / tau\n charge lw = mv - mw\n"
            + " charge v = v + dt * lv\n charge w = w + dt * lw\n output y = v";
    for (String[] pair : new String[][] {{"euler", slopes}, {"midpoint", middle}}) {
      NeuronModel integrated = NeuronModel.parse(head + " method " + pair[0] + "\n" + equations);
      NeuronRun found = NeuronRun.of(integrated, Map.of(), 1);
      NeuronRun wanted = NeuronRun.of(NeuronModel.parse(head + pair[1]), Map.of(), 1);
      for (int t = 0; t < 200; t++) {
        float[] x = {(float) random.nextDouble() * 3};
        assertThat(found.step(x)).isEqualTo(wanted.step(x));
      }
      assertThat(found.memories().get("w")).isEqualTo(wanted.memories().get("w"));
    }
  }

  /** Turns by an angle of dt in each step, however long it is. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 1, 3})
  void exactSystemsTurnAsTheClosedFormDoes(double dt) {
    NeuronModel model =
        model("exact", "memory p = 1, q = 0", "dp/dt = a * q, dq/dt = -p * a", "output y = p");
    for (double time : new double[] {3, 30, 300}) {
      double found = after(model, Map.of("dt", dt, "a", 0.7), time);
      // Each step rounds once or twice.
      double rounding = 2e-6 + time / dt * 0x1p-24;
      assertThat(found).isCloseTo(Math.cos(0.7 * time), within(rounding));
    }
  }

  /** v = t / tau e^(-t / tau) where both times are equal, which written-out propagators refuse. */
  @Test
  void exactTakesEqualTimeConstants() {
    NeuronModel model =
        model(
            "exact",
            "memory v = -60, i = 1",
            "dv/dt = (-60 - v + i) / tau",
            "di/dt = -i / tau",
            "output y = v");
    for (double time : new double[] {1, 5, 20}) {
      double found = after(model, Map.of("dt", 0.5), time);
      assertThat(found).isCloseTo(-60 + time / 5 * Math.exp(-time / 5), within(5e-5));
    }
  }

  private static final String CURRENTS =
      """
      model m
        input exc, inh
        parameter dt = 0.1, tau_m = 20, tau_e = 5, tau_i = 10
        parameter v_rest = -49, v_threshold = -50, v_reset = -60, refractory = 50, v_start = -60
        method exact
        memory v = v_start, e = 0, i = 0, left = 0
        charge e = e + exc, i = i + inh
        charge held = v
        dv/dt = (v_rest - v + e + i) / tau_m
        de/dt = -e / tau_e
        di/dt = -i / tau_i
        charge free = left == 0
        charge h = where(free, v, held)
        fire s = free and h >= v_threshold
        reset v = where(s, v_reset, h)
        reset left = where(s, refractory, max(left - 1, 0))
      """;

  @Seeded
  void exactReproducesTheWrittenOutPropagators(SplittableRandom random) {
    Map<String, Double> silent = Map.of("v_threshold", 1000.0);
    NeuronRun found = NeuronRun.of(NeuronModel.parse(CURRENTS), silent, 1);
    NeuronRun wanted = NeuronRun.of(NeuroscienceModels.exponentialLif(), silent, 1);
    for (int t = 0; t < 3000; t++) {
      float[] exc = {random.nextInt(20) == 0 ? 1.62f : 0};
      float[] inh = {random.nextInt(90) == 0 ? -9 : 0};
      found.step(exc, inh);
      wanted.step(exc, inh);
      assertThat(found.memories().get("v")[0])
          .as("step %d", t)
          .isCloseTo(wanted.memories().get("v")[0], within(1e-3f));
    }
  }

  @Test
  void exactFiresInTheStepsOfTheWrittenOutPropagators() {
    NeuronRun found = NeuronRun.of(NeuronModel.parse(CURRENTS), Map.of(), 1);
    NeuronRun wanted = NeuronRun.of(NeuroscienceModels.exponentialLif(), Map.of(), 1);
    int spikes = 0;
    for (int t = 0; t < 3000; t++) {
      float[] exc = {t % 7 == 0 ? 1.62f : 0};
      float sent = found.step(exc, NOTHING)[0];
      assertThat(sent).as("step %d", t).isEqualTo(wanted.step(exc, NOTHING)[0]);
      spikes += (int) sent;
    }
    assertThat(spikes).isGreaterThan(10);
  }

  @Seeded
  void exponentialEulerReproducesTheConductanceModel(SplittableRandom random) {
    NeuronModel model =
        NeuronModel.parse(
            """
            model m
              input exc, inh
              parameter dt = 0.1, c_m = 200, g_leak = 10, v_rest = -60, tau_e = 5, tau_i = 10
              method exponential_euler
              memory v = v_rest, e = 0, i = 0
              charge e = e + exc, i = i + inh
              let synaptic = e * (0 - v) + i * (-80 - v)
              dv/dt = (g_leak * (v_rest - v) + synaptic) / c_m
              de/dt = -e / tau_e, di/dt = -i / tau_i
              fire s = v > 1000
            """);
    NeuronRun found = NeuronRun.of(model, Map.of(), 1);
    Map<String, Double> silent = Map.of("v_threshold", 1000.0);
    NeuronRun wanted = NeuronRun.of(NeuroscienceModels.conductanceLif(), silent, 1);
    for (int t = 0; t < 2000; t++) {
      float[] exc = {random.nextInt(20) == 0 ? 6 : 0};
      float[] inh = {random.nextInt(50) == 0 ? 67 : 0};
      found.step(exc, inh);
      wanted.step(exc, inh);
      assertThat(found.memories().get("v")[0])
          .as("step %d", t)
          .isCloseTo(wanted.memories().get("v")[0], within(1e-3f));
    }
  }

  /** A constant pull leads to the same rest, however much is left after a step. */
  @ParameterizedTest
  @CsvSource({"0.7, 1e9", "0.7, 1e17", "3, 1e13", "0.01, 1e10", "3, 1", "0.2, 1"})
  void exactRestsWhereItIsPulled(double slow, double fast) {
    NeuronModel model =
        NeuronModel.parse(
            """
            model pulled
              parameter dt = 1, slow = 1, fast = 1
              method exact
              memory w = 0, v = 0
              dw/dt = slow * (3 - w), dv/dt = fast * (w - v)
              output y = w
            """);
    NeuronRun run = NeuronRun.of(model, Map.of("slow", slow, "fast", fast), 1);
    for (int t = 0; t < 3000; t++) {
      run.step(NOTHING);
    }
    // A rounding of each step, over what a step takes away.
    double rounding = 3 * 1.2e-7 / -Math.expm1(-slow);
    assertThat((double) run.memories().get("w")[0]).isCloseTo(3, within(rounding));
    assertThat((double) run.memories().get("v")[0]).isCloseTo(3, within(2 * rounding));
  }

  /** Of what is nearly over in a step what is left has all its digits. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 0.6, 0.7, 0.8, 3, 21, 24, 28, 33, 45, 80})
  void exactDecaysAreExactHoweverFast(double rate) {
    NeuronModel model =
        NeuronModel.parse(
            """
            model decay
              parameter dt = 1, rate = 1
              method exact
              memory w = 0, v = 1
              dw/dt = v - rate * w * 1.25, dv/dt = -rate * v
              output y = w
            """);
    NeuronRun run = NeuronRun.of(model, Map.of("rate", rate), 1);
    run.step(NOTHING);
    double left = Math.exp(-rate);
    assertThat((double) run.memories().get("v")[0]).isCloseTo(left, within(1.2e-7 * left));
    double passed = -left * Math.expm1(-0.25 * rate) / (0.25 * rate);
    assertThat((double) run.memories().get("w")[0]).isCloseTo(passed, within(1.2e-7 * passed));
  }

  /** Beside something that is over in a millionth of a step what is slow goes on. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 1e-9, 1e-12, 1e-15, 1e-18})
  void exactKeepsWhatIsSlowBesideWhatIsFast(double fast) {
    NeuronModel model =
        NeuronModel.parse(
            """
            model stiff
              parameter dt = 0.1, fast = 1, slow = 20
              method exact
              memory w = 1, v = 1
              dw/dt = -w / slow, dv/dt = -v / fast + w / slow
              output y = w
            """);
    Map<String, Double> parameters = Map.of("dt", 0.1, "fast", fast);
    // In 100 steps, each of which rounds to float32.
    assertThat(after(model, parameters, 10)).isCloseTo(Math.exp(-0.5), within(3e-6));
    NeuronRun run = NeuronRun.of(model, parameters, 1);
    run.step(NOTHING);
    // What is fast follows what is slow: v = w fast / slow.
    double follows = Math.exp(-0.005) * fast / 20;
    assertThat((double) run.memories().get("v")[0]).isCloseTo(follows, within(1e-5 * follows));
    // Also where not much is left of what is slow after a step.
    for (double slow : new double[] {0.3, 0.1 / 0.7, 0.1, 0.07, 0.02, 0.01}) {
      NeuronRun brief = NeuronRun.of(model, Map.of("dt", 0.1, "fast", fast, "slow", slow), 1);
      brief.step(NOTHING);
      double left = Math.exp(-0.1 / slow);
      assertThat((double) brief.memories().get("w")[0]).isCloseTo(left, within(2e-7 * left));
    }
  }

  /** What a step holds still is held still: v is a (1 - e^(-dt / tau)) after one, exactly. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 0.01, 0.4, 1, 7, 500})
  void exponentialEulerIsExactForOneLinearEquation(double dt) {
    for (String factor : new String[] {"tau", "(tau + 0 * left)"}) {
      NeuronModel model =
          model(
              "exponential_euler",
              "memory v = 0, left = 0",
              "dv/dt = (a - v) / " + factor,
              "output y = v");
      double wanted = -Math.expm1(-dt / 5);
      assertThat(after(model, Map.of("dt", dt), dt) / wanted).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void textKeepsEquationsAndAnotherMethodIsAnotherModel() {
    NeuronModel rk4 =
        model("rk4 substeps 2", "memory v = 0", "let u = a - v", "dv/dt = u / tau", "output y = v");
    assertThat(rk4.text())
        .contains("  method rk4 substeps 2\n  let u = a - v\n  dv/dt = u / tau\n");
    assertThat(NeuronModel.parse(rk4.text())).isEqualTo(rk4);
    NeuronModel exact = rk4.integratedBy("exact");
    assertThat(exact).isNotEqualTo(rk4);
    assertThat(exact.integratedBy("rk4 substeps 2")).isEqualTo(rk4);
    assertThat(rk4.program().variables().keySet()).containsExactlyInAnyOrder("x", "v", "y");
  }

  @Test
  void namesOfTheTextStayThoseOfTheText() {
    NeuronModel model =
        model(
            "rk4",
            "memory v = 1",
            "charge v_slope = 3, v_stage = 4",
            "dv/dt = v_slope - v_stage",
            "output y = v + v_stage");
    assertThat(NeuronRun.of(model, Map.of(), 1).step(NOTHING)).containsExactly(4.9f);
  }

  private static void refused(String message, String method, String... lines) {
    assertThatThrownBy(() -> model(method, lines))
        .isInstanceOf(EquationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatAMethodCannotIntegrateIsRefusedByName() {
    String start = "memory v = 0, w = 0";
    String end = "output y = v";
    refused("dv/dt to be linear in the variables", "exact", start, "dv/dt = v * v", end);
    refused("and 'exp' here is not", "exact", start, "let z = exp(v)", "dv/dt = z", end);
    refused("and '*' here is not", "exact", start, "dv/dt = v * w, dw/dt = 1", end);
    refused("'x' in dv/dt does", "exact", start, "dv/dt = x * v", end);
    refused("linear in v, and '^' here", "exponential_euler", start, "dv/dt = 1 - v^2", end);
    refused("needs no substeps", "exact substeps 2", start, "dv/dt = -v", end);
    refused("methods are euler, exponential_euler, exact", "heun", start, "dv/dt = -v", end);
    refused("'dq/dt' needs a memory 'q'; memories are [v, w]", "rk4", start, "dq/dt = 1", end);
    refused("a second equation of 'v'", "rk4", start, "dv/dt = 1, dv/dt = 2", end);
    refused("stand together", "rk4", start, "dv/dt = 1", "charge q = v", "dw/dt = 1", end);
    refused("no equation", "rk4", start, end);
    refused("none dv/dt", "rk4", start, "let z = v", end);
    refused(
        "found 'z', a name for equations",
        "rk4",
        start,
        "let z = 1",
        "dv/dt = z",
        "fire s = z > 0");
    assertThatThrownBy(() -> NeuronModel.parse("model m\n memory v = 0\n dv/dt = 1\n output y = v"))
        .hasMessageContaining("line 3, column 2")
        .hasMessageContaining("need a line 'method NAME' above");
    assertThatThrownBy(
            () ->
                NeuronModel.parse("model m\n method rk4\n memory v = 0\n dv/dt = 1\n output y = v"))
        .hasMessageContaining("'parameter dt = 0.1'");
    assertThatThrownBy(() -> NeuronModels.relu().integratedBy("rk4"))
        .hasMessageContaining("has no equations dv/dt");
  }
}
