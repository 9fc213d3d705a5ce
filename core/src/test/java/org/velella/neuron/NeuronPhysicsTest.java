package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.NeuronRun;

/**
 * Single neurons against what their differential equations say: closed forms, or a Runge-Kutta
 * integration of order 4 in float64 with steps so short that its own error does not count.
 */
class NeuronPhysicsTest {
  private static final float[] NOTHING = {0};

  /** A right-hand side: the derivatives of y. */
  private interface Equation {
    double[] derivative(double[] y);
  }

  private static double[] plus(double[] y, double factor, double[] k) {
    double[] sum = y.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * k[i];
    }
    return sum;
  }

  /** y after some time, in steps of a thousandth of a millisecond. */
  private static double[] integrate(Equation f, double[] start, double time) {
    int steps = (int) Math.round(time * 1000);
    double h = time / steps;
    double[] y = start.clone();
    for (int t = 0; t < steps; t++) {
      double[] k1 = f.derivative(y);
      double[] k2 = f.derivative(plus(y, h / 2, k1));
      double[] k3 = f.derivative(plus(y, h / 2, k2));
      double[] k4 = f.derivative(plus(y, h, k3));
      for (int i = 0; i < y.length; i++) {
        y[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
      }
    }
    return y;
  }

  /** The potential some time after an input of one step; both inputs at once. */
  private static double potential(
      NeuronModel model, Map<String, Double> parameters, double time, float exc, float inh) {
    NeuronRun run = NeuronRun.of(model, parameters, 1);
    int steps = (int) Math.round(time / parameters.get("dt"));
    for (int t = 0; t < steps; t++) {
      float[][] inputs = t == 0 ? new float[][] {{exc}, {inh}} : new float[][] {NOTHING, NOTHING};
      assertThat(run.step(inputs)[0]).as("no spike in step %d", t).isZero();
    }
    return run.memories().get("v")[0];
  }

  /** Fires at once whenever it may: v jumps above the threshold in one step. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 20})
  void refractoryNeuronsRestForThatManySteps(int refractory) {
    NeuronModel model = NeuroscienceModels.refractoryLif();
    NeuronRun run = NeuronRun.of(model, Map.of("refractory", (double) refractory), 1);
    for (int t = 0; t < 100; t++) {
      float spike = run.step(new float[] {50})[0];
      assertThat(spike).as("step %d", t).isEqualTo(t % (refractory + 1) == 0 ? 1 : 0);
      assertThat(run.memories().get("v")[0]).isEqualTo(10);
    }
  }

  @Test
  void numbersOfRefractoryStepsMustBeWhole() {
    NeuronModel model = NeuroscienceModels.conductanceLif();
    double[] parameters = model.defaults();
    parameters[model.parameters().indexOf("refractory")] = 2.5;
    assertThat(model.violated(parameters)).isPresent();
  }

  /**
   * With x = I (1 - e^(-dt/tau)) in every step, v is I (1 - e^(-n dt/tau)) after n of them: the
   * first n for which that is at least the threshold is when it fires.
   */
  @ParameterizedTest
  @CsvSource({"20.5, 0.1", "25, 0.1", "40, 0.5", "100, 1"})
  void leakyNeuronFiresWhenTheFormulaSays(double current, double dt) {
    NeuronModel model = NeuroscienceModels.refractoryLif();
    NeuronRun run = NeuronRun.of(model, Map.of("dt", dt), 1);
    float[] x = {(float) (current * -Math.expm1(-dt / 20))};
    int first = 1;
    while (run.step(x)[0] == 0) {
      first++;
    }
    assertThat(first).isEqualTo((int) Math.ceil(-20 * Math.log(1 - 20 / current) / dt));
  }

  /** v = w tau_e / (tau_e - tau_m) (e^(-t/tau_e) - e^(-t/tau_m)), at any step. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 2})
  void exponentialCurrentsGiveTheClosedForm(double dt) {
    for (double time : new double[] {2, 10, 40}) {
      double exc = 3 * 5 / (5.0 - 20) * (Math.exp(-time / 5) - Math.exp(-time / 20));
      double inh = -2 * 10 / (10.0 - 20) * (Math.exp(-time / 10) - Math.exp(-time / 20));
      Map<String, Double> parameters = Map.of("dt", dt, "v_rest", -60.0);
      double v = potential(NeuroscienceModels.exponentialLif(), parameters, time, 3, -2);
      assertThat(v).isCloseTo(-60 + exc + inh, within(1e-4));
    }
  }

  /** i = w t/tau e^(1 - t/tau): dv/dt = -v/tau_m + i/c_m. */
  @ParameterizedTest
  @ValueSource(doubles = {0.125, 0.5, 1})
  void alphaCurrentsPeakAtTheirWeightAndGiveTheIntegratedPotential(double dt) {
    NeuronModel model = NeuroscienceModels.alphaLif();
    Map<String, Double> parameters = Map.of("dt", dt, "tau_e", 2.0, "tau_i", 3.0);
    Equation f =
        y -> new double[] {-y[0] / 20 + (alpha(y[1], 400, 2) + alpha(y[1], -700, 3)) / 250, 1};
    for (double time : new double[] {1, 4, 30}) {
      double v = potential(model, parameters, time, 400, -700);
      assertThat(v).isCloseTo(integrate(f, new double[2], time)[0], within(3e-5));
    }
    NeuronRun run = NeuronRun.of(model, parameters, 1);
    for (double time = dt; time <= 6; time += dt) {
      run.step(time == dt ? new float[] {400} : NOTHING, NOTHING);
      assertThat(run.memories().get("e")[0]).isCloseTo((float) alpha(time, 400, 2), within(1e-3f));
    }
  }

  private static double alpha(double t, double weight, double tau) {
    return weight * t / tau * Math.exp(1 - t / tau);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.125, 0.5, 1})
  void doubleExponentialCurrentsGiveTheIntegratedPotential(double dt) {
    NeuronModel model = NeuroscienceModels.doubleExponentialLif();
    double peak = 0;
    for (double t = 0; t < 5; t += 1e-4) {
      peak = Math.max(peak, Math.exp(-t / 2) - Math.exp(-t / 0.5));
    }
    double scale = 500 / peak;
    Equation f =
        y ->
            new double[] {
              -y[0] / 20 + scale * (Math.exp(-y[1] / 2) - Math.exp(-y[1] / 0.5)) / 250, 1
            };
    for (double time : new double[] {1, 4, 30}) {
      double v = potential(model, Map.of("dt", dt), time, 500, 0);
      assertThat(v).isCloseTo(integrate(f, new double[2], time)[0], within(3e-5));
    }
  }

  /** Errors of an exponential Euler step are of order 1: half the step, half the error. */
  @Test
  void conductancesConvergeToTheIntegratedPotential() {
    Equation f =
        y ->
            new double[] {
              (10 * (-60 - y[0]) + y[1] * -y[0] + y[2] * (-80 - y[0])) / 200, -y[1] / 5, -y[2] / 10
            };
    double wanted = integrate(f, new double[] {-60, 12, 67}, 8)[0];
    List<Double> errors = new ArrayList<>();
    for (double dt : new double[] {0.4, 0.2, 0.1, 0.05}) {
      Map<String, Double> parameters = Map.of("dt", dt);
      errors.add(potential(NeuroscienceModels.conductanceLif(), parameters, 8, 12, 67) - wanted);
    }
    assertOrderOne(errors, 0.05);
  }

  /** What a conductance is some time after an input, in terms of its weight. */
  private interface Course {
    double at(double time, double weight);
  }

  /** Potential and time, with the leak of NEST's iaf_cond_alpha. */
  private static Equation conducting(Course exc, Course inh) {
    return y -> {
      double e = exc.at(y[1], 20);
      double i = inh.at(y[1], 30);
      return new double[] {(16.6667 * (-70 - y[0]) - e * y[0] + i * (-85 - y[0])) / 250, 1};
    };
  }

  private static void requireOrderTwo(
      NeuronModel model, Map<String, Double> parameters, Equation f) {
    double wanted = integrate(f, new double[] {-70, 0}, 8)[0];
    List<Double> errors = new ArrayList<>();
    for (double dt : new double[] {1, 0.5, 0.25}) {
      Map<String, Double> all = new TreeMap<>(parameters);
      all.put("dt", dt);
      errors.add(potential(model, all, 8, 20, 30) - wanted);
    }
    assertOrder(2, errors, 0.01);
  }

  /** Half the step, a quarter of the error. */
  @Test
  void alphaConductancesConvergeToTheIntegratedPotential() {
    requireOrderTwo(
        NeuroscienceModels.alphaConductanceLif(),
        Map.of("tau_e", 2.0, "tau_i", 3.0),
        conducting((t, w) -> alpha(t, w, 2), (t, w) -> alpha(t, w, 3)));
  }

  @Test
  void doubleExponentialConductancesConvergeToTheIntegratedPotential() {
    Course exc = doubleExponential(1, 2);
    Course inh = doubleExponential(1.5, 5);
    requireOrderTwo(
        NeuroscienceModels.doubleExponentialConductanceLif(),
        Map.of("rise_time_e", 1.0, "rise_time_i", 1.5),
        conducting(exc, inh));
  }

  /** Of the shape e^(-t/decay) - e^(-t/rise), with its highest value found by trying all times. */
  private static Course doubleExponential(double rise, double decay) {
    double peak = 0;
    for (double t = 0; t < 5 * decay; t += 1e-4) {
      peak = Math.max(peak, Math.exp(-t / decay) - Math.exp(-t / rise));
    }
    double scale = 1 / peak;
    return (t, w) -> scale * w * (Math.exp(-t / decay) - Math.exp(-t / rise));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.125, 0.5, 1})
  void conductancesOfTwoTimesHaveTheClosedFormAtAnyStep(double dt) {
    NeuronRun alpha =
        NeuronRun.of(
            NeuroscienceModels.alphaConductanceLif(),
            Map.of("dt", dt, "tau_e", 2.0, "tau_i", 3.0),
            1);
    NeuronRun both =
        NeuronRun.of(NeuroscienceModels.doubleExponentialConductanceLif(), Map.of("dt", dt), 1);
    Course exc = doubleExponential(0.5, 2);
    Course inh = doubleExponential(0.5, 5);
    for (double time = dt; time <= 6; time += dt) {
      float[][] inputs = time == dt ? new float[][] {{4}, {7}} : new float[][] {NOTHING, NOTHING};
      alpha.step(inputs);
      both.step(inputs);
      Map<String, float[]> found = alpha.memories();
      assertThat(found.get("e")[0]).isCloseTo((float) alpha(time, 4, 2), within(1e-5f));
      assertThat(found.get("i")[0]).isCloseTo((float) alpha(time, 7, 3), within(1e-5f));
      found = both.memories();
      assertThat(found.get("e")[0] - found.get("rise_e")[0])
          .isCloseTo((float) exc.at(time, 4), within(1e-5f));
      assertThat(found.get("i")[0] - found.get("rise_i")[0])
          .isCloseTo((float) inh.at(time, 7), within(1e-5f));
    }
  }

  /** With conductances that do not change, a step of any length is exact. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 1, 4})
  void constantCurrentGivesTheClosedForm(double dt) {
    Map<String, Double> parameters = Map.of("dt", dt, "current", 80.0);
    double v = potential(NeuroscienceModels.conductanceLif(), parameters, 12, 0, 0);
    assertThat(v).isCloseTo(-60 + 8 * -Math.expm1(-12.0 / 20), within(1e-4));
  }

  private static void assertOrderOne(List<Double> errors, double last) {
    assertOrder(1, errors, last);
  }

  /** Each error, of half the step, is that before by two to the power of the order. */
  private static void assertOrder(int order, List<Double> errors, double last) {
    assertThat(Math.abs(errors.get(errors.size() - 1))).isLessThan(last);
    for (int i = 1; i < errors.size(); i++) {
      assertThat(errors.get(i - 1) / errors.get(i))
          .as("errors %s", errors)
          .isBetween(0.85 * (1 << order), 1.15 * (1 << order));
    }
  }

  private static double rate(double z) {
    return z == 0 ? 1 : z / Math.expm1(z);
  }

  private static double[] gates(double v, double m, double h, double n) {
    double u = v + 63;
    double am = 0.32 * 4 * rate((13 - u) / 4);
    double bm = 0.28 * 5 * rate((u - 40) / 5);
    double ah = 0.128 * Math.exp((17 - u) / 18);
    double bh = 4 / (1 + Math.exp((40 - u) / 5));
    double an = 0.032 * 5 * rate((15 - u) / 5);
    double bn = 0.5 * Math.exp((10 - u) / 40);
    return new double[] {am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n};
  }

  /** v, m, h, n under a current in pA. */
  private static Equation hodgkinHuxley(double current) {
    return y -> {
      double[] gates = gates(y[0], y[1], y[2], y[3]);
      double sodium = 20000 * Math.pow(y[1], 3) * y[2] * (50 - y[0]);
      double potassium = 6000 * Math.pow(y[3], 4) * (-90 - y[0]);
      double v = (10 * (-60 - y[0]) + sodium + potassium + current) / 200;
      return new double[] {v, gates[0], gates[1], gates[2]};
    };
  }

  private static Map<String, Double> rested(double[] y, double dt, double current) {
    return Map.of(
        "dt",
        dt,
        "current",
        current,
        "refractory",
        Math.rint(3 / dt),
        "v_start",
        y[0],
        "m_start",
        y[1],
        "h_start",
        y[2],
        "n_start",
        y[3]);
  }

  @Test
  void hodgkinHuxleyConvergesToTheIntegratedPotential() {
    double[] rest = integrate(hodgkinHuxley(0), new double[] {-65, 0, 1, 0}, 100);
    double wanted = integrate(hodgkinHuxley(80), rest, 4)[0];
    List<Double> errors = new ArrayList<>();
    for (double dt : new double[] {0.1, 0.05, 0.025}) {
      NeuronModel model = NeuroscienceModels.hodgkinHuxley();
      errors.add(potential(model, rested(rest, dt, 80), 4, 0, 0) - wanted);
    }
    assertOrderOne(errors, 0.05);
  }

  /** Rising through -20 mV is a spike, once for each action potential. */
  @Test
  void hodgkinHuxleyFiresAsOftenAsTheIntegratedPotentialRises() {
    double[] rest = integrate(hodgkinHuxley(0), new double[] {-65, 0, 1, 0}, 100);
    List<Double> wanted = new ArrayList<>();
    double[] y = rest;
    for (int t = 1; t <= 2000; t++) {
      double before = y[0];
      y = integrate(hodgkinHuxley(500), y, 0.05);
      if (before <= -20 && y[0] > -20) {
        wanted.add(t * 0.05);
      }
    }
    NeuronModel model = NeuroscienceModels.hodgkinHuxley();
    NeuronRun run = NeuronRun.of(model, rested(rest, 0.005, 500), 1);
    List<Double> found = new ArrayList<>();
    float highest = -100;
    for (int t = 1; t <= 20000; t++) {
      if (run.step(NOTHING)[0] == 1) {
        found.add(t * 0.005);
      }
      highest = Math.max(highest, run.memories().get("v")[0]);
    }
    assertThat(wanted).hasSizeGreaterThan(4);
    assertThat(found).hasSameSizeAs(wanted);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).as("spike %d", i).isCloseTo(wanted.get(i), withinPercentage(1));
    }
    assertThat(highest).isBetween(20f, 50f);
  }

  /** The lines of net.m for one neuron, in float32, where bursts would soon differ otherwise. */
  @Test
  void izhikevichFiresInTheStepsOfTheProgramThatHePublished() {
    float[][] cells = {{0.02f, 0.2f, -65, 8}, {0.1f, 0.2f, -65, 2}, {0.02f, 0.2f, -50, 2}};
    for (float[] cell : cells) {
      float v = -65;
      float u = cell[1] * v;
      List<Integer> wanted = new ArrayList<>();
      for (int t = 0; t < 1000; t++) {
        if (v >= 30) {
          wanted.add(t);
          v = cell[2];
          u = u + cell[3];
        }
        v = v + 0.5f * (0.04f * (v * v) + 5 * v + 140 - u + 10);
        v = v + 0.5f * (0.04f * (v * v) + 5 * v + 140 - u + 10);
        u = u + cell[0] * (cell[1] * v - u);
      }
      Map<String, Double> parameters =
          Map.of(
              "a",
              (double) cell[0],
              "b",
              (double) cell[1],
              "c",
              (double) cell[2],
              "d",
              (double) cell[3]);
      NeuronRun run = NeuronRun.of(NeuroscienceModels.izhikevich2003(), parameters, 1);
      List<Integer> found = new ArrayList<>();
      for (int t = 0; t < 999; t++) {
        if (run.step(new float[] {10})[0] == 1) {
          // The program looks for spikes at the beginning of the next step.
          found.add(t + 1);
        }
      }
      assertThat(found).hasSizeGreaterThan(10).isEqualTo(wanted);
    }
  }

  /** From -65 mV to rest, at -70: forward Euler, of order 1. */
  @Test
  void izhikevichConvergesToTheIntegratedPotential() {
    Equation f =
        y -> new double[] {0.04 * y[0] * y[0] + 5 * y[0] + 140 - y[1], 0.02 * (0.2 * y[0] - y[1])};
    double wanted = integrate(f, new double[] {-65, -13}, 8)[0];
    List<Double> errors = new ArrayList<>();
    for (double dt : new double[] {0.5, 0.25, 0.125}) {
      NeuronRun run = NeuronRun.of(NeuroscienceModels.izhikevich2003(), Map.of("dt", dt), 1);
      for (int t = 0; t < 8 / dt; t++) {
        run.step(NOTHING);
      }
      errors.add(run.memories().get("v")[0] - wanted);
    }
    assertOrderOne(errors, 0.1);
  }
}
