package org.velella.network.nir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.velella.network.FirstStep;

/**
 * How the differential equations of a NIR file become time steps. NIR fixes no integrator, input
 * scaling, reset or comparison, and simulators differ in all of them, so an import names its choice
 * on every axis. A preset makes the choices of one simulator; {@link #with} changes single ones.
 */
public final class NirConvention {
  /** What remains of a potential or current after one step without input. */
  public enum Decay {
    /** 1 - dt/tau: forward Euler. */
    EULER,
    /** e^(-dt/tau); an input pulse still adds dt/tau. */
    EXPONENTIAL,
    /**
     * e^(-dt/tau), and input that is held for the step adds 1 - e^(-dt/tau): the exact solution.
     */
    ZERO_ORDER_HOLD
  }

  /** How a decay step is written; the forms agree in exact arithmetic and differ in rounding. */
  public enum Form {
    /** v + gain * ((v_leak - v) + r * x). */
    DIFFERENCE,
    /** v + ((v_leak - v) + r * x) / (tau / dt); for {@link Decay#EULER} only. */
    QUOTIENT,
    /** keep * v + drive * x. */
    DECAY
  }

  /** What input x adds to a leaky neuron or synapse in one step. */
  public enum Input {
    /** A current that flows during the step: dt/tau * r * x. */
    CURRENT,
    /** A charge that arrives as a whole: r * x. */
    CHARGE
  }

  /** What input x adds to a neuron without leak (IF, I) in one step. */
  public enum Integrator {
    /** r * x, without dt. */
    CHARGE,
    /** dt * r * x. */
    CURRENT
  }

  /** The unit in which spiking neurons keep their potentials. */
  public enum ThresholdScaling {
    /** That of the file. */
    NONE,
    /**
     * What one unit of input adds: input enters as it is, threshold, reset and leak are divided.
     */
    PER_INPUT
  }

  /** What a spike does to the potential. */
  public enum Reset {
    /** Sets it to v_reset. */
    VALUE,
    /** Subtracts the threshold, for each spike. */
    SUBTRACT
  }

  /** When the reset happens. */
  public enum ResetTiming {
    /** In the step in which the threshold was crossed. */
    SAME_STEP,
    /** In the step after it. */
    NEXT_STEP
  }

  /** Where in its step a reset of the step after takes place. */
  public enum ResetOrder {
    /** First; what it leaves decays and takes input. */
    BEFORE_DECAY,
    /** Last, on the decayed potential with its input. */
    AFTER_DECAY
  }

  /** When a spike is sent. */
  public enum SpikeTiming {
    /** In the step in which the threshold was crossed. */
    SAME_STEP,
    /** In the step after it. */
    NEXT_STEP
  }

  /** Which potentials fire. */
  public enum Compare {
    /** Above the threshold. */
    GREATER,
    /** At the threshold or above. */
    GREATER_EQUAL
  }

  /** How many spikes a neuron may send in one step. */
  public enum Spikes {
    /** One. */
    ONE,
    /** As often as the threshold fits into the potential: trunc(v / v_threshold). */
    COUNT
  }

  /** Which neurons cannot fall below minus their threshold. */
  public enum Clamp {
    /** None. */
    NONE,
    /** IF neurons. */
    INTEGRATORS,
    /** All spiking neurons. */
    ALL
  }

  /** Which synaptic current a CubaLI or CubaLIF membrane sees. */
  public enum Synapse {
    /** The one after this step's input. */
    UPDATED,
    /** The one before it. */
    PREVIOUS
  }

  /** In which arithmetic constants such as dt/tau are derived before the run. */
  public enum Precision {
    /** Every operation is rounded to float32. */
    FLOAT32,
    /** In float64, rounded to float32 once. */
    FLOAT64
  }

  /** Norse's, and what NIR's equations say in forward Euler; the default. */
  public static final NirConvention NORSE =
      new NirConvention(
          Decay.EULER,
          Form.DIFFERENCE,
          Input.CURRENT,
          Integrator.CHARGE,
          ThresholdScaling.NONE,
          Reset.VALUE,
          ResetTiming.SAME_STEP,
          ResetOrder.AFTER_DECAY,
          SpikeTiming.SAME_STEP,
          Compare.GREATER,
          Spikes.ONE,
          Clamp.NONE,
          Synapse.UPDATED,
          FirstStep.ZERO,
          Precision.FLOAT32);

  private static final Map<String, NirConvention> PRESETS = presets();

  private final Map<NirAxis, Enum<?>> choices = new EnumMap<>(NirAxis.class);

  private NirConvention(Enum<?>... choices) {
    for (Enum<?> choice : choices) {
      this.choices.put(NirAxis.of(choice), choice);
    }
    check();
  }

  private static Map<String, NirConvention> presets() {
    Map<String, NirConvention> presets = new LinkedHashMap<>();
    presets.put("norse", NORSE);
    presets.put(
        "snntorch", NORSE.with(Form.DECAY, ThresholdScaling.PER_INPUT, FirstStep.ZERO_INPUT));
    NirConvention counting =
        NORSE.with(
            Decay.EXPONENTIAL,
            Form.DECAY,
            Reset.SUBTRACT,
            Compare.GREATER_EQUAL,
            Spikes.COUNT,
            Precision.FLOAT64);
    presets.put("sinabs", counting.with(Clamp.INTEGRATORS));
    presets.put("rockpool", counting);
    presets.put(
        "spyx",
        NORSE.with(Form.DECAY, Reset.SUBTRACT, ResetTiming.NEXT_STEP, SpikeTiming.NEXT_STEP));
    presets.put(
        "spikingjelly",
        NORSE.with(Form.QUOTIENT, Integrator.CURRENT, Compare.GREATER_EQUAL, Precision.FLOAT64));
    return Collections.unmodifiableMap(presets);
  }

  /**
   * The shortest text that {@link #named} reads as this: the name of the preset that is nearest,
   * the first of several, and the choices that differ from it.
   */
  public String text() {
    return PRESETS.entrySet().stream()
        .map(preset -> preset.getKey() + changesTo(preset.getValue()))
        .min(Comparator.comparingLong(text -> text.chars().filter(c -> c == ',').count()))
        .orElseThrow();
  }

  private String changesTo(NirConvention preset) {
    return choices.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(preset.choices.get(entry.getKey())))
        .map(entry -> "," + NirAxis.text(entry.getKey()) + "=" + NirAxis.text(entry.getValue()))
        .collect(Collectors.joining());
  }

  /** The names of all presets. */
  public static List<String> presetNames() {
    return List.copyOf(PRESETS.keySet());
  }

  /**
   * The convention that a text names: a preset, and changes to it separated by commas, such as
   * {@code sinabs} or {@code norse,reset=subtract,decay=exponential}. Without a preset the changes
   * are to {@code norse}.
   *
   * @throws NirException if a name, key or value is unknown, or choices exclude each other; the
   *     message lists what there is
   */
  public static NirConvention named(String text) {
    NirConvention start = NORSE;
    List<Enum<?>> changes = new ArrayList<>();
    String[] parts = text.split(",", -1);
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i].strip().toLowerCase(Locale.ROOT);
      int equals = part.indexOf('=');
      if (equals >= 0) {
        changes.add(
            NirAxis.choice(part.substring(0, equals).strip(), part.substring(equals + 1).strip()));
      } else if (i == 0 && PRESETS.containsKey(part)) {
        start = PRESETS.get(part);
      } else {
        throw new NirException(
            "Unknown convention '%s' in '%s'; presets are %s, and changes follow them as in %s"
                .formatted(
                    part, text, String.join(", ", PRESETS.keySet()), "'norse,reset=subtract'"));
      }
    }
    return start.with(changes.toArray(Enum<?>[]::new));
  }

  /**
   * This convention with other choices: any of {@link Decay}, {@link Form}, {@link Input}, {@link
   * Integrator}, {@link ThresholdScaling}, {@link Reset}, {@link ResetTiming}, {@link ResetOrder},
   * {@link SpikeTiming}, {@link Compare}, {@link Spikes}, {@link Clamp}, {@link Synapse}, {@link
   * FirstStep}, {@link Precision}.
   *
   * @throws NirException if the choices exclude each other
   */
  public NirConvention with(Enum<?>... changes) {
    Map<NirAxis, Enum<?>> all = new EnumMap<>(choices);
    for (Enum<?> change : changes) {
      all.put(NirAxis.of(change), change);
    }
    return new NirConvention(all.values().toArray(Enum<?>[]::new));
  }

  private void check() {
    if (resetOrder() == ResetOrder.BEFORE_DECAY && resetTiming() == ResetTiming.SAME_STEP) {
      throw excluded(
          "reset-order=before-decay needs reset-timing=next-step: a reset in the same step follows"
              + " the decay");
    }
    if (spikes() == Spikes.COUNT && compare() == Compare.GREATER) {
      throw excluded(
          "spikes=count needs compare=greater-equal: a potential equal to the threshold holds it"
              + " once");
    }
    if (form() == Form.QUOTIENT && decay() != Decay.EULER) {
      throw excluded("form=quotient needs decay=euler");
    }
  }

  private static NirException excluded(String why) {
    return new NirException("Choices of a convention exclude each other: " + why);
  }

  public Decay decay() {
    return get(Decay.class);
  }

  public Form form() {
    return get(Form.class);
  }

  public Input input() {
    return get(Input.class);
  }

  public Integrator integrator() {
    return get(Integrator.class);
  }

  public ThresholdScaling thresholdScaling() {
    return get(ThresholdScaling.class);
  }

  public Reset reset() {
    return get(Reset.class);
  }

  public ResetTiming resetTiming() {
    return get(ResetTiming.class);
  }

  public ResetOrder resetOrder() {
    return get(ResetOrder.class);
  }

  public SpikeTiming spikeTiming() {
    return get(SpikeTiming.class);
  }

  public Compare compare() {
    return get(Compare.class);
  }

  public Spikes spikes() {
    return get(Spikes.class);
  }

  public Clamp clamp() {
    return get(Clamp.class);
  }

  public Synapse synapse() {
    return get(Synapse.class);
  }

  /** What recurrent edges deliver at the first step. */
  public FirstStep firstStep() {
    return get(FirstStep.class);
  }

  public Precision precision() {
    return get(Precision.class);
  }

  private <E extends Enum<E>> E get(Class<E> type) {
    return type.cast(choices.get(NirAxis.of(type)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NirConvention that && choices.equals(that.choices);
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** Every axis with its choice; {@link #named} reads it back. */
  @Override
  public String toString() {
    return choices.entrySet().stream()
        .map(entry -> NirAxis.text(entry.getKey()) + "=" + NirAxis.text(entry.getValue()))
        .collect(Collectors.joining(","));
  }
}
