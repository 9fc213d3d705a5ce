package org.velella.synapse;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Plasticity of triplets of spikes: Pfister and Gerstner, <em>Triplets of spikes in a model of
 * spike timing-dependent plasticity</em>, J. Neurosci. 26 (2006), equations 3 and 4. A post spike
 * adds {@code r1 * (a2Plus + a3Plus * o2)}, a pre spike takes away {@code o1 * (a2Minus + a3Minus *
 * r2)}: r1 and o1 are {@code trace_pre} and {@code trace_post} with the spikes of this step, r2 and
 * o2 are {@code trace_pre_slow} and {@code trace_post_slow} just before them. All decay by {@code
 * e^(-1 / tau)} in a step.
 *
 * @param tauPlus time constant of r1 in steps, above 0
 * @param tauX of r2
 * @param tauMinus of o1
 * @param tauY of o2
 * @param a2Plus what a pair of a pre and then a post spike adds
 * @param a3Plus what a post spike before them adds to that
 * @param a2Minus what a pair of a post and then a pre spike takes away
 * @param a3Minus what a pre spike before them adds to that
 * @param interactions which spikes count
 * @param bounds of the weights
 */
public record TripletStdpRule(
    float tauPlus,
    float tauX,
    float tauMinus,
    float tauY,
    float a2Plus,
    float a3Plus,
    float a2Minus,
    float a3Minus,
    Interactions interactions,
    WeightBounds bounds)
    implements LearningRule {
  static final String KIND = "triplet_stdp";
  static final String NEAREST_KIND = "nearest_triplet_stdp";

  /**
   * The minimal model for visual cortex, all spikes counting: table 4 of the paper, for steps of 1
   * ms.
   */
  public static final TripletStdpRule VISUAL_CORTEX =
      new TripletStdpRule(
          16.8f,
          101,
          33.7f,
          114,
          0,
          6.5e-3f,
          7.1e-3f,
          0,
          Interactions.ALL_TO_ALL,
          WeightBounds.NONE);

  /**
   * The same model where the nearest spikes count, which has amplitudes and a {@code tau_y} of its
   * own.
   */
  public static final TripletStdpRule NEAREST_VISUAL_CORTEX =
      new TripletStdpRule(
          16.8f, 101, 33.7f, 40, 0, 5e-2f, 8e-3f, 0, Interactions.NEAREST, WeightBounds.NONE);

  /** Which earlier spikes a spike meets. */
  public enum Interactions {
    /** All of them: a spike adds to its traces. */
    ALL_TO_ALL,
    /** The last one: a spike sets its traces. */
    NEAREST
  }

  public TripletStdpRule {
    Rules.time("tau_plus", tauPlus, 0);
    Rules.time("tau_x", tauX, 0);
    Rules.time("tau_minus", tauMinus, 0);
    Rules.time("tau_y", tauY, 0);
    Rules.finite("a2_plus", a2Plus);
    Rules.finite("a3_plus", a3Plus);
    Rules.finite("a2_minus", a2Minus);
    Rules.finite("a3_minus", a3Minus);
  }

  static TripletStdpRule of(String kind, Map<String, Float> numbers) {
    return new TripletStdpRule(
        numbers.get("tau_plus"),
        numbers.get("tau_x"),
        numbers.get("tau_minus"),
        numbers.get("tau_y"),
        numbers.get("a2_plus"),
        numbers.get("a3_plus"),
        numbers.get("a2_minus"),
        numbers.get("a3_minus"),
        kind.equals(KIND) ? Interactions.ALL_TO_ALL : Interactions.NEAREST,
        Rules.bounds(numbers));
  }

  /** With other interactions. */
  public TripletStdpRule interactions(Interactions which) {
    return new TripletStdpRule(
        tauPlus, tauX, tauMinus, tauY, a2Plus, a3Plus, a2Minus, a3Minus, which, bounds);
  }

  /** With bounds of the weights. */
  public TripletStdpRule bounds(float low, float high) {
    return new TripletStdpRule(
        tauPlus,
        tauX,
        tauMinus,
        tauY,
        a2Plus,
        a3Plus,
        a2Minus,
        a3Minus,
        interactions,
        new WeightBounds(low, high));
  }

  /** What r1, r2, o1 and o2 are multiplied by in a step. */
  public float[] decays() {
    return new float[] {
      Rules.decay(tauPlus), Rules.decay(tauX), Rules.decay(tauMinus), Rules.decay(tauY)
    };
  }

  @Override
  public String kind() {
    return interactions == Interactions.ALL_TO_ALL ? KIND : NEAREST_KIND;
  }

  @Override
  public Map<String, Float> numbers() {
    Map<String, Float> numbers = new LinkedHashMap<>();
    numbers.put("tau_plus", tauPlus);
    numbers.put("tau_x", tauX);
    numbers.put("tau_minus", tauMinus);
    numbers.put("tau_y", tauY);
    numbers.put("a2_plus", a2Plus);
    numbers.put("a3_plus", a3Plus);
    numbers.put("a2_minus", a2Minus);
    numbers.put("a3_minus", a3Minus);
    Rules.add(numbers, bounds);
    return numbers;
  }

  @Override
  public List<String> sourceMemories() {
    return List.of("trace_pre_slow");
  }

  @Override
  public List<String> targetMemories() {
    return List.of("trace_post_slow");
  }
}
