package org.velella.backend.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.velella.backend.vector.Lanes.COUNT;
import static org.velella.backend.vector.Lanes.FLOATS;

import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.neuron.ResetKind;

/**
 * Neurons whose steps are written by hand, with their parameters as literals: what generated code
 * is measured against. They give what {@link #operation()} gives, bit for bit, while no potential
 * is NaN. Needs the Vector API.
 */
public enum WrittenNeurons {
  IF(NeuronModels.integrateAndFire(ResetKind.HARD), Map.of(), 0) {
    @Override
    void step(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      integrateAndFire(x, row, v, s, from, end);
    }

    @Override
    void blended(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      BlendedNeurons.integrateAndFire(x, row, v, s, from, end);
    }
  },
  LIF(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of(), 0) {
    @Override
    void step(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      leaky(x, row, v, s, from, end);
    }

    @Override
    void blended(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      BlendedNeurons.leaky(x, row, v, s, from, end);
    }
  },
  QIF(NeuronModels.qif(ResetKind.HARD), Map.of(), -0.1f) {
    @Override
    void step(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      quadratic(x, row, v, s, from, end);
    }

    @Override
    void blended(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      BlendedNeurons.quadratic(x, row, v, s, from, end);
    }
  },
  EIF(NeuronModels.eif(ResetKind.HARD), Map.of(), -0.1f) {
    @Override
    void step(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      exponential(x, row, v, s, from, end);
    }

    @Override
    void blended(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      BlendedNeurons.exponential(x, row, v, s, from, end);
    }
  },
  IZHIKEVICH(
      NeuronModels.izhikevich(ResetKind.HARD), Map.of("a", 0.1f, "b", 0.2f, "tau_w", 8f), 0) {
    @Override
    void step(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      izhikevich(x, row, v, w, s, from, end);
    }

    @Override
    void blended(float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
      BlendedNeurons.izhikevich(x, row, v, w, s, from, end);
    }
  };

  /** Neurons that take all steps before the next do, so that their potentials stay in L2. */
  private static final int BLOCK = 1 << 15;

  /** As integers: a float32 with a whole number k below 2^22 in its lowest bits. */
  private static final float WHOLE = 0x1.8p23f;

  private static final int WHOLE_BITS = 0x4B400000;
  private static final int BIAS = 127;
  private static final int EXPONENT_SHIFT = 23;

  private final NeuronModel model;
  private final Map<String, Float> parameters;
  private final float start;

  WrittenNeurons(NeuronModel model, Map<String, Float> parameters, float start) {
    this.model = model;
    this.parameters = parameters;
    this.start = start;
  }

  /** The equations and parameters of these neurons. */
  public NeuronOperation operation() {
    Map<String, ParameterValue> values = new java.util.HashMap<>();
    parameters.forEach((name, value) -> values.put(name, ParameterValue.of(value)));
    return new NeuronOperation(model, values);
  }

  /** Where potentials begin; adaptations begin at 0. */
  public float start() {
    return start;
  }

  /**
   * Advances neurons.
   *
   * @param x inputs {@code [steps, neurons]}, a multiple of the vector length
   * @param v potentials {@code [neurons]}
   * @param w adaptations {@code [neurons]} of neurons that have them
   * @param s takes the spikes, {@code [steps, neurons]}
   */
  public void run(int steps, float[] x, float[] v, float[] w, float[] s) {
    int neurons = v.length;
    for (int from = 0; from < neurons; from += BLOCK) {
      int end = Math.min(neurons, from + BLOCK);
      for (int t = 0; t < steps; t++) {
        step(x, t * neurons, v, w, s, from, end);
      }
    }
  }

  /** Does the same with masks. */
  public void runBlended(int steps, float[] x, float[] v, float[] w, float[] s) {
    int neurons = v.length;
    for (int from = 0; from < neurons; from += BLOCK) {
      int end = Math.min(neurons, from + BLOCK);
      for (int t = 0; t < steps; t++) {
        blended(x, t * neurons, v, w, s, from, end);
      }
    }
  }

  /** One step of the neurons from {@code from} to {@code end}, whose rows begin at {@code row}. */
  abstract void step(float[] x, int row, float[] v, float[] w, float[] s, int from, int end);

  /** The same with masks. */
  abstract void blended(float[] x, int row, float[] v, float[] w, float[] s, int from, int end);

  /** {@code h = v + x}. */
  private static void integrateAndFire(
      float[] x, int row, float[] v, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    IntVector one = threshold.reinterpretAsInts();
    for (int i = from; i < end; i += COUNT) {
      FloatVector h =
          FloatVector.fromArray(FLOATS, v, i).add(FloatVector.fromArray(FLOATS, x, row + i));
      IntVector below = h.sub(threshold).reinterpretAsInts().lanewise(ASHR, 31);
      below.not().and(one).reinterpretAsFloats().intoArray(s, row + i);
      h.reinterpretAsInts().and(below).reinterpretAsFloats().intoArray(v, i);
    }
  }

  /** {@code h = v + (x - v) / 2}. */
  private static void leaky(float[] x, int row, float[] v, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    IntVector one = threshold.reinterpretAsInts();
    for (int i = from; i < end; i += COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector h = before.add(FloatVector.fromArray(FLOATS, x, row + i).sub(before).mul(0.5f));
      IntVector below = h.sub(threshold).reinterpretAsInts().lanewise(ASHR, 31);
      below.not().and(one).reinterpretAsFloats().intoArray(s, row + i);
      h.reinterpretAsInts().and(below).reinterpretAsFloats().intoArray(v, i);
    }
  }

  /** {@code h = v + (x + v (v - 0.8)) / 2}, reset to -0.1. */
  private static void quadratic(float[] x, int row, float[] v, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    IntVector one = threshold.reinterpretAsInts();
    IntVector reset = FloatVector.broadcast(FLOATS, -0.1f).reinterpretAsInts();
    for (int i = from; i < end; i += COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector slope = before.mul(before.sub(0.8f));
      FloatVector h = before.add(FloatVector.fromArray(FLOATS, x, row + i).add(slope).mul(0.5f));
      IntVector below = h.sub(threshold).reinterpretAsInts().lanewise(ASHR, 31);
      IntVector above = below.not();
      above.and(one).reinterpretAsFloats().intoArray(s, row + i);
      h.reinterpretAsInts().and(below).or(reset.and(above)).reinterpretAsFloats().intoArray(v, i);
    }
  }

  /**
   * {@code h = v + (x - v + exp(v - 0.8)) / 2}, reset to -0.1. The exponential is that of the
   * equations; its argument is at most 0.2.
   */
  private static void exponential(float[] x, int row, float[] v, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    IntVector one = threshold.reinterpretAsInts();
    IntVector reset = FloatVector.broadcast(FLOATS, -0.1f).reinterpretAsInts();
    FloatVector c0 = FloatVector.broadcast(FLOATS, 0x1.6a4b98p-10f);
    FloatVector c1 = FloatVector.broadcast(FLOATS, 0x1.123e5cp-7f);
    FloatVector c2 = FloatVector.broadcast(FLOATS, 0x1.5558bap-5f);
    FloatVector c3 = FloatVector.broadcast(FLOATS, 0x1.55548cp-3f);
    FloatVector c4 = FloatVector.broadcast(FLOATS, 0x1.fffffcp-2f);
    FloatVector high = FloatVector.broadcast(FLOATS, -0x1.63p-1f);
    FloatVector low = FloatVector.broadcast(FLOATS, 0x1.bd0106p-13f);
    for (int i = from; i < end; i += COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector z = before.sub(0.8f).max(-104f);
      FloatVector shifted = z.mul(0x1.715476p0f).add(WHOLE);
      FloatVector k = shifted.sub(WHOLE);
      FloatVector r = k.fma(low, k.fma(high, z));
      FloatVector q = c0.fma(r, c1).fma(r, c2).fma(r, c3).fma(r, c4);
      FloatVector sum = threshold.add(r);
      FloatVector lost = threshold.sub(sum).add(r);
      FloatVector significand = sum.add(r.mul(r).fma(q, lost));
      IntVector whole = shifted.reinterpretAsInts().sub(WHOLE_BITS);
      IntVector half = whole.lanewise(ASHR, 1);
      FloatVector first = half.add(BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
      FloatVector second =
          whole.sub(half).add(BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
      FloatVector power = significand.mul(first).mul(second);
      FloatVector change = FloatVector.fromArray(FLOATS, x, row + i).sub(before).add(power);
      FloatVector h = before.add(change.mul(0.5f));
      IntVector below = h.sub(threshold).reinterpretAsInts().lanewise(ASHR, 31);
      IntVector above = below.not();
      above.and(one).reinterpretAsFloats().intoArray(s, row + i);
      h.reinterpretAsInts().and(below).or(reset.and(above)).reinterpretAsFloats().intoArray(v, i);
    }
  }

  /**
   * {@code h = v + (x + (v + 0.1) (v - 0.8) - w) / 2} and {@code w = w + (0.1 (h + 0.1) - w) / 8 +
   * 0.2 s}.
   */
  private static void izhikevich(
      float[] x, int row, float[] v, float[] w, float[] s, int from, int end) {
    FloatVector threshold = FloatVector.broadcast(FLOATS, 1f);
    IntVector one = threshold.reinterpretAsInts();
    for (int i = from; i < end; i += COUNT) {
      FloatVector before = FloatVector.fromArray(FLOATS, v, i);
      FloatVector adaptation = FloatVector.fromArray(FLOATS, w, i);
      FloatVector slope = before.sub(-0.1f).mul(before.sub(0.8f));
      FloatVector change = FloatVector.fromArray(FLOATS, x, row + i).add(slope).sub(adaptation);
      FloatVector h = before.add(change.mul(0.5f));
      FloatVector adapted = adaptation.add(h.sub(-0.1f).mul(0.1f).sub(adaptation).mul(0.125f));
      IntVector below = h.sub(threshold).reinterpretAsInts().lanewise(ASHR, 31);
      FloatVector fired = below.not().and(one).reinterpretAsFloats();
      fired.intoArray(s, row + i);
      h.reinterpretAsInts().and(below).reinterpretAsFloats().intoArray(v, i);
      adapted.add(fired.mul(0.2f)).intoArray(w, i);
    }
  }
}
