package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.velella.network.NetworkRun;

/**
 * One neuron under every choice of every axis. Each expected value is the step written out in Java
 * with the roundings that the choice asks for; dt is 1/8 s.
 */
class NirEquationsTest {
  private static final double DT = 0.125;

  /** Potentials after each step, and the steps of all spikes. */
  private record Trace(float[] v, List<Integer> spikes) {}

  private static Trace run(String convention, String type, Object[] parameters, float... input) {
    float[][] steps = new float[input.length][];
    for (int t = 0; t < steps.length; t++) {
      steps[t] = new float[] {input[t]};
    }
    NirBuilder file = NirBuilder.around(type, new long[] {1}, parameters);
    NetworkRun run = NetworkRun.of(file.read(convention, DT).network(), steps, "node", "v");
    return new Trace(run.firstNeuron(), run.spikeSteps());
  }

  private static Object[] li(double tau, double r, double leak) {
    return new Object[] {"tau", tau, "r", r, "v_leak", leak};
  }

  private static Object[] lif(double tau, double r, double leak, double threshold, double reset) {
    return new Object[] {
      "tau", tau, "r", r, "v_leak", leak, "v_threshold", threshold, "v_reset", reset
    };
  }

  private static Object[] integrator(double r, double threshold, double reset) {
    return new Object[] {"r", r, "v_threshold", threshold, "v_reset", reset};
  }

  private static Object[] cuba(double tauSyn, double tauMem, double r, double leak, double wIn) {
    return new Object[] {"tau_syn", tauSyn, "tau_mem", tauMem, "r", r, "v_leak", leak, "w_in", wIn};
  }

  /** tau 1/2: a step keeps 3/4, and one unit of input at r = 2 adds 1/2. */
  private static final Object[] LEAKY = lif(0.5, 2, 0, 100, 0);

  @Test
  void decayKeepsWhatItsNameSaysAndOnlyAHeldInputDecaysItself() {
    float keep = (float) Math.exp(-0.25);
    assertThat(run("norse,decay=euler", "LIF", LEAKY, 1, 0).v()).containsExactly(0.5f, 0.375f);
    assertThat(run("rockpool", "LIF", LEAKY, 1, 0).v()).containsExactly(0.5f, keep * 0.5f);
    float held = (float) ((1 - Math.exp(-0.25)) * 2);
    assertThat(run("rockpool,decay=zero-order-hold", "LIF", LEAKY, 1, 0).v())
        .containsExactly(held, keep * held);
  }

  @Test
  void formsDifferOnlyInRounding() {
    double tau = 0.3;
    Object[] parameters = li(tau, 0.7, 0.1);
    String euler = "norse,precision=float64,form=";
    float start = 0.1f;
    float force = (0.1f - start) + 0.7f * 0.9f;

    float gain = (float) (DT * (1 / tau));
    float first = start + gain * force;
    float second = first + gain * ((0.1f - first) + 0.7f * 0.3f);
    assertThat(run(euler + "difference", "LI", parameters, 0.9f, 0.3f).v())
        .containsExactly(first, second);

    float steps = (float) (tau / DT);
    float quotient = start + force / steps;
    assertThat(run(euler + "quotient", "LI", parameters, 0.9f).v()).containsExactly(quotient);

    float keep = (float) (1 - DT / tau);
    float drive = (float) (0.7 * DT / tau);
    // Every derive line is rounded once before the next one uses it or the step does.
    float pull = run(euler + "decay", "LI", parameters, 0).v()[0] - keep * start;
    assertThat(pull).isCloseTo((float) (DT / tau * 0.1), within());
    float decay = run(euler + "decay", "LI", parameters, 0.9f).v()[0];
    assertThat(decay).isCloseTo(keep * start + drive * 0.9f + (float) (DT / tau * 0.1), within());
    assertThat(List.of(first, quotient, decay))
        .allSatisfy(v -> assertThat(v).isCloseTo(0.3625f, within()));
  }

  private static org.assertj.core.data.Offset<Float> within() {
    return org.assertj.core.data.Offset.offset(1e-7f);
  }

  @Test
  void exponentialDecayInDifferenceFormAddsLeakAndPulseApart() {
    float leak = (float) (1 - Math.exp(-0.25));
    float first = 0.5f + leak * (0.5f - 0.5f) + 0.5f * 1;
    assertThat(run("norse,precision=float64,decay=exponential", "LI", li(0.5, 2, 0.5), 1, 0).v())
        .containsExactly(first, first + leak * (0.5f - first) + 0.5f * 0);
  }

  @Test
  void inputIsACurrentOrACharge() {
    assertThat(run("norse,input=current", "LIF", LEAKY, 1, 0).v()).containsExactly(0.5f, 0.375f);
    assertThat(run("norse,input=charge", "LIF", LEAKY, 1, 0).v()).containsExactly(2f, 1.5f);
  }

  @Test
  void neuronWithoutLeakTakesAChargeOrACurrent() {
    Object[] parameters = integrator(2, 100, 0);
    assertThat(run("norse", "IF", parameters, 1, 3).v()).containsExactly(2, 8);
    assertThat(run("norse,integrator=current", "IF", parameters, 1, 3).v())
        .containsExactly(0.25f, 1);
    assertThat(run("norse", "I", new Object[] {"r", 2f}, 1, 3).v()).containsExactly(2, 8);
    assertThat(run("norse,integrator=current", "I", new Object[] {"r", 2f}, 1, 3).v())
        .containsExactly(0.25f, 1);
  }

  @Test
  void thresholdScalingCountsThePotentialInInputs() {
    // One input adds 1/2, so that the threshold is 2 inputs, the rest 1/2 and the reset -1/2 of
    // one.
    Object[] parameters = lif(0.5, 2, 0.25, 1, -0.25);
    Trace scaled = run("norse,threshold-scaling=per-input", "LIF", parameters, 1, 1, 0, 0);
    Trace plain = run("norse", "LIF", parameters, 1, 1, 0, 0);

    assertThat(plain.v()).containsExactly(0.75f, -0.25f, -0.125f, -0.03125f);
    assertThat(scaled.v()).containsExactly(1.5f, -0.5f, -0.25f, -0.0625f);
    assertThat(plain.spikes()).containsExactly(1);
    assertThat(scaled.spikes()).containsExactly(1);
  }

  @Test
  void resetGoesToAValueOrTakesTheThresholdAway() {
    Object[] parameters = integrator(1, 1, -0.5);
    assertThat(run("norse,reset=value", "IF", parameters, 2, 0).v()).containsExactly(-0.5f, -0.5f);
    // Without a reset value the neuron starts at 0.
    assertThat(run("norse,reset=subtract", "IF", parameters, 2.25f, 0).v())
        .containsExactly(1.25f, 0.25f);
  }

  @Test
  void resetInTheNextStepComesBeforeOrAfterTheDecay() {
    Object[] parameters = lif(0.5, 4, 0, 1, 0.5);
    String late = "norse,reset-timing=next-step,";
    // t0: h = 2 fires. t1 before: 0.5 decays to 0.375; after: 0.5 whatever was there.
    Trace before = run(late + "reset-order=before-decay", "LIF", parameters, 2, 0, 0);
    Trace after = run(late + "reset-order=after-decay", "LIF", parameters, 2, 0, 0);

    assertThat(before.v()).containsExactly(2, 0.375f, 0.28125f);
    assertThat(after.v()).containsExactly(2, 0.5f, 0.375f);
    assertThat(before.spikes()).containsExactly(0);
    assertThat(after.spikes()).containsExactly(0);
  }

  @Test
  void subtractionInTheNextStepComesBeforeOrAfterTheDecay() {
    Object[] parameters = lif(0.5, 4, 0, 1, 0);
    String late = "norse,reset=subtract,reset-timing=next-step,";
    assertThat(run(late + "reset-order=before-decay", "LIF", parameters, 2, 0).v())
        .containsExactly(2, 0.75f);
    assertThat(run(late + "reset-order=after-decay", "LIF", parameters, 2, 0).v())
        .containsExactly(2, 0.5f);
  }

  @Test
  void spikesAreSentInTheSameStepOrTheNext() {
    Object[] parameters = integrator(1, 1, 0);
    for (String timing : List.of("same-step", "next-step")) {
      String reset = "norse,reset-timing=" + timing;
      assertThat(run(reset, "IF", parameters, 2, 0, 0, 2, 0).spikes()).containsExactly(0, 3);
      assertThat(run(reset + ",spike-timing=next-step", "IF", parameters, 2, 0, 0, 2, 0).spikes())
          .containsExactly(1, 4);
    }
  }

  @Test
  void thresholdItselfFiresWithGreaterEqualAlone() {
    Object[] parameters = integrator(1, 1, 0);
    assertThat(run("norse,compare=greater", "IF", parameters, 1).spikes()).isEmpty();
    assertThat(run("norse,compare=greater-equal", "IF", parameters, 1).spikes()).containsExactly(0);
  }

  @Test
  void countIsHowOftenTheThresholdFits() {
    Object[] parameters = integrator(1, 0.5, 0);
    String count = "norse,compare=greater-equal,spikes=count,reset=";
    Trace subtract = run(count + "subtract", "IF", parameters, 1.75f, -3, 0);
    assertThat(subtract.spikes()).containsExactly(0, 0, 0);
    assertThat(subtract.v()).containsExactly(0.25f, -2.75f, -2.75f);
    Trace value = run(count + "value", "IF", parameters, 1.75f, 0.5f);
    assertThat(value.spikes()).containsExactly(0, 0, 0, 1);
    assertThat(value.v()).containsExactly(0, 0);
    Trace one = run("norse,reset=subtract", "IF", parameters, 1.75f, 0);
    assertThat(one.spikes()).containsExactly(0, 1);
    assertThat(one.v()).containsExactly(1.25f, 0.75f);
  }

  @Test
  void countsAreSentOneStepLateToo() {
    String late = "norse,compare=greater-equal,spikes=count,reset=subtract,spike-timing=next-step";
    for (String timing : List.of("same-step", "next-step")) {
      Trace trace = run(late + ",reset-timing=" + timing, "IF", integrator(1, 0.5, 0), 1.75f, 0, 0);
      assertThat(trace.spikes()).as(timing).containsExactly(1, 1, 1);
    }
  }

  @Test
  void clampHoldsNeuronsAtMinusTheirThreshold() {
    Object[] leaky = lif(0.5, 4, 0, 1, 0);
    Object[] plain = integrator(1, 1, 0);
    assertThat(run("norse,clamp=none", "IF", plain, -3).v()).containsExactly(-3);
    assertThat(run("norse,clamp=integrators", "IF", plain, -3).v()).containsExactly(-1);
    assertThat(run("norse,clamp=integrators", "LIF", leaky, -3).v()).containsExactly(-3);
    assertThat(run("norse,clamp=all", "LIF", leaky, -3).v()).containsExactly(-1);
    assertThat(run("norse,clamp=all", "IF", plain, -0.5f).v()).containsExactly(-0.5f);
  }

  @Test
  void membraneSeesTheSynapseBeforeOrAfterItsUpdate() {
    Object[] parameters = cuba(0.5, 0.25, 8, 0, 4);
    // i: 1, 0.75; v keeps 1/2 and takes 1/2 * 8 i.
    assertThat(run("norse,synapse=updated", "CubaLI", parameters, 1, 0).v()).containsExactly(4, 5);
    assertThat(run("norse,synapse=previous", "CubaLI", parameters, 1, 0).v()).containsExactly(0, 4);
  }

  @Test
  void currentBasedNeuronFiresAndKeepsItsCurrent() {
    List<Object> parameters = new ArrayList<>(List.of(cuba(0.5, 0.25, 8, 0, 4)));
    parameters.addAll(List.of("v_threshold", 4.5, "v_reset", 1.0));
    // v = 4; 2 + 4 * 0.75 = 5 fires; 0.5 + 4 * 0.5625 = 2.75
    Trace trace = run("norse", "CubaLIF", parameters.toArray(), 1, 0, 0);
    assertThat(trace.v()).containsExactly(4, 1, 2.75f);
    assertThat(trace.spikes()).containsExactly(1);
    // One input adds 1 to i and 4 to v, so that v is in quarters and i in units of inputs.
    Trace scaled =
        run("norse,threshold-scaling=per-input", "CubaLIF", parameters.toArray(), 1, 0, 0);
    assertThat(scaled.v()).containsExactly(1, 0.25f, 0.6875f);
    assertThat(scaled.spikes()).containsExactly(1);
  }

  @Test
  void precisionIsThatOfTheDerivedConstants() {
    double tau = 0.3;
    float tau32 = (float) tau;
    float one = run("snntorch,precision=float32", "LI", li(tau, 1, 0), 1).v()[0];
    assertThat(one).isEqualTo(1f * (float) DT / tau32);
    float keep32 = 1 - (float) DT / tau32;
    float keep64 = (float) (1 - DT / tau);
    assertThat(keep32).isNotEqualTo(keep64);
    Object[] parameters = lif(tau, 1, 0, 100, 0);
    String scaled = "snntorch,precision=";
    assertThat(run(scaled + "float32", "LIF", parameters, 1, 0).v()).containsExactly(1, keep32);
    assertThat(run(scaled + "float64", "LIF", parameters, 1, 0).v()).containsExactly(1, keep64);
  }

  @Test
  void spikingjellyPresetTakesBackWhatSpikingjellyExports() {
    // Its exporter writes tau * dt, r = 1 (decay_input) and, for IF, r = 1 / dt.
    Object[] exported = lif(2 * DT, 1, 0, 1, 0);
    float v = 0;
    float[] input = {0.9f, 1.3f, 0.7f, 1.9f};
    float[] expected = new float[input.length];
    List<Integer> spikes = new ArrayList<>();
    for (int t = 0; t < input.length; t++) {
      float h = v + (input[t] - (v - 0f)) / 2f;
      if (h >= 1) {
        spikes.add(t);
      }
      v = h >= 1 ? 0 : h;
      expected[t] = v;
    }
    Trace trace = run("spikingjelly", "LIF", exported, input);
    assertThat(trace.v()).containsExactly(expected);
    assertThat(trace.spikes()).isEqualTo(spikes).hasSize(1);
    assertThat(run("spikingjelly", "IF", integrator(1 / DT, 1, 0), 0.5f, 0.5f).spikes())
        .containsExactly(1);
  }
}
