package org.velella.simulate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.velella.equation.Unit;
import org.velella.module.Samples;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.ParameterPaths;
import org.velella.network.ParameterPaths.Target;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.plan.DelayOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.TileParameters;
import org.velella.sweep.Parameter;
import org.velella.sweep.Trial;
import org.velella.sweep.Trials;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * What the parameters of a sweep mean in a network: which neurons' parameters, learning rules,
 * delays and memories they set, so that the samples of a tile may be of different trials.
 * Immutable.
 */
public final class ParameterBinding {
  /** As tables have them; NaN stands for none. */
  private static final Pattern NUMBER =
      Pattern.compile("\\s*([+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|NaN|)\\s*");

  private static final int MOST_SHOWN = 5;

  private final Network network;

  /** Null if the input is read. */
  private final Stimulus stimulus;

  /** For each parameter of the sweep, what it sets. */
  private final Map<String, List<Target>> targets = new LinkedHashMap<>();

  /** The parameters that scale weights. */
  private final SortedSet<String> scales = new TreeSet<>();

  private final List<String> memories;

  /** Of every node that has parameters which trials set. */
  private final List<NeuronPoint> points;

  /** Delays and cycles that trials set. */
  private final StepsPoint steps;

  /** Of every node whose rule trials change. */
  private final List<RulePoint> rules;

  /**
   * The parameters of a sweep whose input is read.
   *
   * @param parameters of the sweep; their paths may be patterns such as {@code *.tau}
   * @throws IllegalArgumentException if the network has no such parameter, two parameters set the
   *     same, or one is a text
   */
  public ParameterBinding(Network network, List<Parameter> parameters) {
    this(network, parameters, null);
  }

  /**
   * The parameters of a sweep whose input is computed; {@code input.NAME} are the stimulus's.
   *
   * @param parameters as of the other
   * @throws IllegalArgumentException as the other
   */
  public ParameterBinding(Network network, List<Parameter> parameters, Stimulus stimulus) {
    this.network = network;
    this.stimulus = stimulus;
    memories = List.copyOf(network.memories().keySet());
    ParameterPaths paths = new ParameterPaths(network);
    Map<String, String> setBy = new HashMap<>();
    for (Parameter parameter : parameters) {
      if (isOfTheRun(parameter)) {
        continue;
      }
      boolean ofInput = stimulus != null && stimulus.paths().contains(parameter.path());
      List<Target> found = ofInput ? List.of() : paths.find(parameter.path());
      if (!parameter.isNumber()) {
        boolean withUnits = parameter.labels().stream().anyMatch(Unit::isQuantity);
        throw new IllegalArgumentException(
            "%s needs numbers, found %s%s"
                .formatted(
                    parameter.path(),
                    wrong(parameter.labels()),
                    withUnits
                        ? "; values of tables are written without a unit, in that of the parameter"
                        : ""));
      }
      for (Target target : found) {
        String other = setBy.put(target.path(), parameter.path());
        if (other != null) {
          throw new IllegalArgumentException(
              "%s is set by both %s and %s".formatted(target.path(), other, parameter.path()));
        }
      }
      targets.put(parameter.path(), found);
      if (found.stream().anyMatch(Target.Scale.class::isInstance)) {
        scales.add(parameter.path());
      }
    }
    points = NeuronPoint.of(targets);
    rules = RulePoint.of(targets);
    steps = new StepsPoint(targets);
  }

  /** Of a column that is text because of some values, these; or all, if each may be a number. */
  private static List<String> wrong(List<String> labels) {
    List<String> wrong = labels.stream().filter(label -> !NUMBER.matcher(label).matches()).toList();
    List<String> found = wrong.isEmpty() ? labels : wrong;
    return found.size() > MOST_SHOWN
        ? Stream.concat(found.stream().limit(MOST_SHOWN), Stream.of("…")).toList()
        : found;
  }

  /** Whether a parameter says which network is run, or how long, and sets nothing in it. */
  private static boolean isOfTheRun(Parameter parameter) {
    String path = parameter.path();
    if (path.equals(Trials.STEPS) && !parameter.isNumber()) {
      throw new IllegalArgumentException(
          "%s needs numbers, found %s".formatted(path, wrong(parameter.labels())));
    }
    if (path.equals(Trials.WEIGHTS) && parameter.isNumber()) {
      throw new IllegalArgumentException(path + " needs names of network files, found numbers");
    }
    return path.equals(Trials.STEPS) || path.equals(Trials.WEIGHTS);
  }

  /** Why the network cannot run with a trial's values; empty if it can. */
  public Optional<String> refusal(Trial trial) {
    Optional<String> input = stimulus == null ? Optional.empty() : stimulus.refusal(trial);
    return input
        .or(() -> scaleRefusal(trial))
        .or(() -> neuronRefusal(trial))
        .or(() -> ruleRefusal(trial))
        .or(() -> steps.refusal(trial));
  }

  private Optional<String> scaleRefusal(Trial trial) {
    for (String path : scales) {
      Double scale = trial.numbers().get(path);
      if (scale != null && !Float.isFinite(scale.floatValue())) {
        return Optional.of("%s must be finite as a float32, found %s".formatted(path, scale));
      }
    }
    return Optional.empty();
  }

  private Optional<String> ruleRefusal(Trial trial) {
    return rules.stream().map(rule -> rule.refusal(trial)).flatMap(Optional::stream).findFirst();
  }

  private Optional<String> neuronRefusal(Trial trial) {
    if (points.stream().allMatch(point -> point.allows(trial))) {
      return Optional.empty();
    }
    Map<Node, Map<String, ParameterValue>> changed = new LinkedHashMap<>();
    trial
        .numbers()
        .forEach(
            (path, value) -> {
              for (Target target : targets.getOrDefault(path, List.of())) {
                if (target instanceof Target.Parameter parameter) {
                  changed
                      .computeIfAbsent(parameter.node(), node -> new TreeMap<>())
                      .put(parameter.name(), ParameterValue.of(value));
                }
              }
            });
    for (Map.Entry<Node, Map<String, ParameterValue>> node : changed.entrySet()) {
      NeuronOperation neurons = (NeuronOperation) node.getKey().operation();
      Map<String, ParameterValue> all = new TreeMap<>(neurons.parameters());
      all.putAll(node.getValue());
      try {
        new NeuronOperation(neurons.model(), all)
            .outputShape(network.inputShape(node.getKey().name()));
      } catch (IllegalArgumentException e) {
        return Optional.of("%s: %s".formatted(node.getKey().path(), e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /**
   * The parameters of a tile.
   *
   * @param trials for each sample of the tile, the trial that it is of
   * @param samples who they are
   */
  public TileParameters parameters(List<Trial> trials, Samples samples) {
    Map<String, double[]> values = new TreeMap<>();
    targets.forEach(
        (path, found) -> {
          if (trials.stream().anyMatch(trial -> trial.numbers().containsKey(path))) {
            found.forEach(target -> put(values, target, trials, path));
          }
        });
    return TileParameters.of(values).with(samples);
  }

  private void put(Map<String, double[]> values, Target target, List<Trial> trials, String path) {
    if (target instanceof Target.Parameter parameter) {
      values.put(target.path(), values(trials, path, parameter));
    } else if (target instanceof Target.Scale) {
      values.put(target.path(), values(trials, path, 1));
    } else if (target instanceof Target.Rule rule) {
      values.put(target.path(), values(trials, path, RulePoint.own(rule)));
    } else if (target instanceof Target.Delay) {
      values.put(target.path(), values(trials, path, DelayOp.OWN));
    } else if (target instanceof Target.Cycle) {
      values.put(target.path(), values(trials, path, EncoderOp.OWN));
    }
  }

  /** One value per sample. */
  private static double[] values(List<Trial> trials, String path, double own) {
    return trials.stream().mapToDouble(trial -> trial.numbers().getOrDefault(path, own)).toArray();
  }

  /** One value per sample, or per sample and neuron where a trial leaves the network's own. */
  private double[] values(List<Trial> trials, String path, Target.Parameter parameter) {
    NeuronOperation neurons = (NeuronOperation) parameter.node().operation();
    Shape shape = network.inputShape(parameter.node().name());
    double[] own = neurons.parameter(parameter.name()).expand(shape);
    boolean allSet = trials.stream().allMatch(trial -> trial.numbers().containsKey(path));
    int width = allSet ? 1 : own.length;
    double[] values = new double[trials.size() * width];
    for (int n = 0; n < trials.size(); n++) {
      Double value = trials.get(n).numbers().get(path);
      if (value != null) {
        Arrays.fill(values, n * width, (n + 1) * width, value);
      } else {
        System.arraycopy(own, 0, values, n * width, width);
      }
    }
    return values;
  }

  /**
   * A fresh state with the memories that the trials set.
   *
   * @param fresh as {@link Simulator#initial} gives it for the tile's parameters
   * @throws IllegalArgumentException if a memory is shared by all samples
   */
  public TileState initial(TileState fresh, List<Trial> trials) {
    List<Tensor> tensors = new ArrayList<>(fresh.memories());
    targets.forEach(
        (path, found) -> {
          for (Target target : found) {
            if (target instanceof Target.Memory memory) {
              int at = memories.indexOf(memory.path());
              if (fresh.shared().get(at)) {
                throw new IllegalArgumentException(
                    "%s is shared by all samples, so trials cannot set it".formatted(path));
              }
              tensors.set(at, filled(tensors.get(at), trials, path));
            }
          }
        });
    return fresh.with(tensors);
  }

  private static Tensor filled(Tensor memory, List<Trial> trials, String path) {
    Tensor copy = memory.copy();
    int width = memory.size() / Math.max(1, trials.size());
    for (int n = 0; n < trials.size(); n++) {
      Double value = trials.get(n).numbers().get(path);
      if (value != null) {
        fill(copy, n * width, (n + 1) * width, value, path);
      }
    }
    return copy;
  }

  private static void fill(Tensor tensor, int from, int to, double value, String path) {
    if (tensor.dtype() == DType.FLOAT32) {
      Arrays.fill(tensor.floats(), from, to, (float) value);
    } else if (tensor.dtype() == DType.FLOAT64) {
      Arrays.fill(tensor.doubles(), from, to, value);
    } else {
      throw new IllegalArgumentException(
          "%s is of type %s, which trials cannot set".formatted(path, tensor.dtype()));
    }
  }
}
