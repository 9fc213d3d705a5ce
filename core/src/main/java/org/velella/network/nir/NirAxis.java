package org.velella.network.nir;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.velella.network.FirstStep;

/** The axes of a {@link NirConvention}, in the order in which they are written. */
enum NirAxis {
  DECAY(NirConvention.Decay.class),
  FORM(NirConvention.Form.class),
  INPUT(NirConvention.Input.class),
  INTEGRATOR(NirConvention.Integrator.class),
  THRESHOLD_SCALING(NirConvention.ThresholdScaling.class),
  RESET(NirConvention.Reset.class),
  RESET_TIMING(NirConvention.ResetTiming.class),
  RESET_ORDER(NirConvention.ResetOrder.class),
  SPIKE_TIMING(NirConvention.SpikeTiming.class),
  COMPARE(NirConvention.Compare.class),
  SPIKES(NirConvention.Spikes.class),
  CLAMP(NirConvention.Clamp.class),
  SYNAPSE(NirConvention.Synapse.class),
  FIRST_STEP(FirstStep.class),
  PRECISION(NirConvention.Precision.class);

  private final Class<? extends Enum<?>> type;

  NirAxis(Class<? extends Enum<?>> type) {
    this.type = type;
  }

  /** The axis that takes a choice. */
  static NirAxis of(Enum<?> choice) {
    return of(choice.getDeclaringClass());
  }

  /** The axis whose choices are the constants of a type. */
  static NirAxis of(Class<?> type) {
    for (NirAxis axis : values()) {
      if (axis.type == type) {
        return axis;
      }
    }
    throw new NirException(type.getSimpleName() + " is no axis of a convention");
  }

  /** The choice that {@code key=value} names. */
  static Enum<?> choice(String key, String value) {
    for (NirAxis axis : values()) {
      if (text(axis).equals(key)) {
        for (Enum<?> choice : axis.type.getEnumConstants()) {
          if (text(choice).equals(value)) {
            return choice;
          }
        }
        throw new NirException(
            "Unknown value '%s' of convention key '%s'; it takes %s"
                .formatted(value, key, String.join(", ", axis.choices())));
      }
    }
    throw new NirException(
        "Unknown convention key '%s'; keys are %s"
            .formatted(
                key,
                Arrays.stream(values())
                    .map(axis -> text(axis) + "=" + String.join("|", axis.choices()))
                    .collect(Collectors.joining(", "))));
  }

  /** The texts of all choices. */
  List<String> choices() {
    return Arrays.stream(type.getEnumConstants()).map(NirAxis::text).toList();
  }

  /** A constant as texts write it: {@code SAME_STEP} is {@code same-step}. */
  static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
