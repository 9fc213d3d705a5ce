package org.velella.simulate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.velella.equation.EquationException;
import org.velella.equation.Formula;
import org.velella.module.Samples;
import org.velella.sweep.Trial;

/**
 * Input that is computed instead of read: one of {@link Kind} with values of its parameters, which
 * trials may set as {@code input.NAME}. Every input element of a sample gets the same value, but
 * for noise and spikes, which are drawn for each. A pure function of (parameters, seed, sample,
 * step, element), computed in float64 and rounded once.
 *
 * <p>As text: {@code sine:amplitude=0.5,frequency=10}.
 */
public final class Stimulus {
  /** What a process that goes on takes beside its numbers. */
  private static final long KEPT_BYTES = 160;

  /** What the paths of its parameters begin with. */
  public static final String PREFIX = "input.";

  /** The shapes of inputs; t is {@code step * dt} in seconds. */
  public enum Kind {
    /** {@code current}. */
    CONSTANT(Map.of("current", 1.0)),
    /** {@code baseline} before {@code start} seconds and from {@code end} on, else current. */
    STEP(Map.of("current", 1.0, "baseline", 0.0, "start", 0.0, "end", Double.MAX_VALUE)),
    /** {@code baseline + slope * t}, slope per second. */
    RAMP(Map.of("slope", 1.0, "baseline", 0.0)),
    /** {@code baseline + amplitude * sin(2 pi frequency t + phase)}; hertz and radians. */
    SINE(Map.of("amplitude", 1.0, "frequency", 10.0, "phase", 0.0, "baseline", 0.0)),
    /** Normal numbers of {@code mean} and {@code sigma}, independent in every step. */
    WHITE(Map.of("mean", 0.0, "sigma", 1.0)),
    /**
     * The Ornstein-Uhlenbeck process with stationary {@code mean} and {@code sigma} and correlation
     * time {@code tau} seconds, from its mean on, by its exact transition (Gillespie 1996).
     */
    OU(Map.of("mean", 0.0, "sigma", 1.0, "tau", 0.01)),
    /** A spike of 1 with probability {@code rate * dt} in every step; hertz. */
    POISSON(Map.of("rate", 10.0)),
    /**
     * A formula in the language of neuron equations, of {@code t}, {@code step}, the number {@code
     * i} of the input element, and parameters of its own: {@code equation:a*exp(-t/tau);a=2,tau=1}.
     */
    EQUATION(Map.of());

    private final Map<String, Double> defaults;

    Kind(Map<String, Double> defaults) {
      this.defaults = defaults;
    }

    /** Whether each input element draws numbers of its own. */
    boolean draws() {
      return switch (this) {
        case WHITE, OU, POISSON -> true;
        case CONSTANT, STEP, RAMP, SINE, EQUATION -> false;
      };
    }

    /** As users write it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final List<String> NAMES = List.of("t", "step", "i");

  private final Kind kind;
  private final SortedMap<String, Double> values;

  /** Of the names above and then those of the values; null if the kind is no equation. */
  private final Formula formula;

  private Stimulus(Kind kind, SortedMap<String, Double> values, Formula formula) {
    this.kind = kind;
    this.values = values;
    this.formula = formula;
    values.forEach(this::require);
  }

  /**
   * The stimulus of a text.
   *
   * @throws IllegalArgumentException if there is no such kind or parameter, or a value is none; the
   *     message says which there are
   */
  public static Stimulus parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    Kind kind =
        Arrays.stream(Kind.values())
            .filter(each -> each.text().equals(name.strip()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "There is no stimulus '%s'; there are %s"
                            .formatted(
                                name,
                                Arrays.stream(Kind.values())
                                    .map(Kind::text)
                                    .collect(Collectors.joining(", ")))));
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    if (kind == Kind.EQUATION) {
      return equation(rest);
    }
    SortedMap<String, Double> values = new TreeMap<>(kind.defaults);
    for (String setting : colon < 0 ? new String[0] : rest.split(",", -1)) {
      int equals = setting.indexOf('=');
      String parameter = equals < 0 ? setting : setting.substring(0, equals).strip();
      if (equals < 0 || !values.containsKey(parameter)) {
        throw new IllegalArgumentException(
            "Stimulus '%s' has no setting '%s'; it has %s"
                .formatted(kind.text(), setting, values.keySet()));
      }
      values.put(parameter, number(setting, setting.substring(equals + 1)));
    }
    return new Stimulus(kind, values, null);
  }

  private static Stimulus equation(String text) {
    int end = text.indexOf(';');
    SortedMap<String, Double> values = new TreeMap<>();
    for (String setting : end < 0 ? new String[0] : text.substring(end + 1).split(",", -1)) {
      int equals = setting.indexOf('=');
      String name = equals < 0 ? "" : setting.substring(0, equals).strip();
      if (!name.matches("[A-Za-z_][A-Za-z0-9_]*") || NAMES.contains(name)) {
        throw new IllegalArgumentException(
            "'%s' is no parameter of a stimulus; write equation:FORMULA;name=value,name=value, with names other than %s"
                .formatted(setting, NAMES));
      }
      if (values.put(name, number(setting, setting.substring(equals + 1))) != null) {
        throw new IllegalArgumentException(
            "Stimulus 'equation:%s' sets %s twice".formatted(text, name));
      }
    }
    List<String> names = new ArrayList<>(NAMES);
    names.addAll(values.keySet());
    try {
      Formula formula = Formula.parse((end < 0 ? text : text.substring(0, end)).strip(), names);
      return new Stimulus(Kind.EQUATION, values, formula);
    } catch (EquationException e) {
      throw new IllegalArgumentException(
          "Stimulus 'equation:%s': %s".formatted(text, e.getMessage()), e);
    }
  }

  private static double number(String setting, String value) {
    try {
      return Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' is no number".formatted(setting), e);
    }
  }

  private void require(String name, double value) {
    if (kind == Kind.EQUATION && Double.isFinite(value)) {
      return;
    }
    boolean negative = value < 0 && (name.equals("sigma") || name.equals("rate"));
    if (!Double.isFinite(value) || negative || value <= 0 && name.equals("tau")) {
      throw new IllegalArgumentException(
          "Stimulus '%s' cannot have %s = %s".formatted(kind.text(), name, value));
    }
  }

  /** Its parameters as trials name them. */
  public List<String> paths() {
    return values.keySet().stream().map(name -> PREFIX + name).toList();
  }

  /** Why a trial cannot have its values; empty if it can. */
  Optional<String> refusal(Trial trial) {
    try {
      // Its own values have been looked at.
      trial
          .numbers()
          .forEach(
              (path, value) -> {
                String name = path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : "";
                if (values.containsKey(name)) {
                  require(name, value);
                }
              });
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  private SortedMap<String, Double> point(Trial trial) {
    SortedMap<String, Double> point = new TreeMap<>(values);
    trial
        .numbers()
        .forEach(
            (path, value) -> {
              if (path.startsWith(PREFIX)) {
                point.replace(path.substring(PREFIX.length()), value);
              }
            });
    return point;
  }

  /**
   * The input of samples, each of which is asked for when a tile takes it.
   *
   * @param count how many
   * @param trials for each sample, the trial that it is of, whose seed is that of its random
   *     numbers
   * @param ids of the samples
   * @param width input elements of the network
   * @param dt seconds per step
   */
  public ComputedInput input(
      int count, IntFunction<Trial> trials, IntToLongFunction ids, int width, double dt) {
    return new ComputedInput(
        kind,
        count,
        n -> {
          Trial trial = trials.apply(n);
          return stimulus(trial, trial.seed(), ids.applyAsLong(n), width, dt);
        });
  }

  /**
   * The input of samples that are one tile.
   *
   * @param trials for each sample, the trial that it is of
   * @param samples who they are, and the seeds of their random numbers
   * @param width input elements of the network
   * @param dt seconds per step
   * @throws org.velella.module.UnfitInputException as {@link ComputedInput#tile} says
   */
  public TileInput tile(List<Trial> trials, Samples samples, int width, double dt) {
    return new ComputedInput(
            kind,
            trials.size(),
            n -> stimulus(trials.get(n), samples.seed(n), samples.id(n), width, dt))
        .tile(IntStream.range(0, trials.size()).toArray());
  }

  private SampleStimulus stimulus(Trial trial, long seed, long sample, int width, double dt) {
    return kind == Kind.EQUATION
        ? SampleStimulus.of(formula, point(trial).values(), width, dt)
        : SampleStimulus.of(kind, point(trial), seed, sample, width, dt);
  }

  /**
   * The bytes that the input of a sample keeps from step to step.
   *
   * @param width input elements of the network
   */
  public long keptBytes(int width) {
    return kind == Kind.OU ? KEPT_BYTES + 2L * width * Double.BYTES : 0;
  }

  /** Equal for stimuli that give the same numbers: the text, and which normal numbers it is of. */
  public String fingerprint() {
    return kind == Kind.WHITE || kind == Kind.OU
        ? this + " (normal numbers, version 2)"
        : toString();
  }

  @Override
  public String toString() {
    String settings =
        values.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(","));
    return kind == Kind.EQUATION
        ? kind.text() + ":" + formula + (settings.isEmpty() ? "" : ";" + settings)
        : kind.text() + ":" + settings;
  }
}
