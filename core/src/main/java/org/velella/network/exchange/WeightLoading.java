package org.velella.network.exchange;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.velella.network.Network;
import org.velella.network.NetworkStructure;
import org.velella.network.TensorPlace;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Puts the weights of a state dict into a network's structure. Every tensor of the one must be one
 * of the other, under the name that PyTorch gives it and with the same shape.
 */
public final class WeightLoading {
  private static final int MOST_LISTED = 20;

  /** No tensor that a structure needs can begin with this. */
  private static final String NO_PREFIX = "\0";

  private final TracedLayers layers;
  private NetworkStructure structure;
  private final Map<String, TensorPlace> places = new LinkedHashMap<>();
  private String prefix = "";
  private final List<String> ignored = new ArrayList<>();

  private WeightLoading(NetworkStructure structure, TracedLayers layers) {
    this.structure = structure;
    this.layers = layers;
  }

  /**
   * A network with its weights.
   *
   * @param network what can be simulated
   * @param notes what was converted or left out
   */
  public record Loaded(Network network, List<String> notes) {
    public Loaded {
      notes = List.copyOf(notes);
    }
  }

  /** Loading into a structure. */
  public static WeightLoading into(NetworkStructure structure) {
    return new WeightLoading(structure, null);
  }

  /** Loading into layers as a recipe has seen them called; the state dict tells their sizes. */
  public static WeightLoading into(TracedLayers layers) {
    return new WeightLoading(null, layers);
  }

  /** Takes this beginning off every name in the state dict; one that lacks it is a surplus. */
  public WeightLoading withoutPrefix(String text) {
    prefix = text;
    return this;
  }

  /** Leaves out what has such a name, where {@code *} stands for any text. */
  public WeightLoading ignore(String pattern) {
    ignored.add(pattern);
    return this;
  }

  /**
   * The network with the tensors of a state dict.
   *
   * @throws StateDictException if a tensor is missing, has no use, has another shape, or holds what
   *     cannot be a weight; the message names all such tensors
   * @throws org.velella.network.NetworkException if the network cannot be
   */
  public Loaded load(StateDict state) {
    List<String> notes = new ArrayList<>();
    requireUse(state);
    Set<String> useless = Set.of();
    if (layers != null) {
      TracedLayers.Translated translated = layers.structure(state, prefix);
      structure = translated.structure();
      useless = translated.ignored();
      notes.addAll(translated.notes());
    }
    structure.tensors().forEach(place -> places.put(StateNames.of(place), place));
    Map<String, String> sources = sources(state, useless, notes);
    requireFit(state, sources);
    Map<String, String> names = new HashMap<>();
    sources.forEach((name, source) -> names.put(source, name));
    Map<String, Conversion> byName = new HashMap<>();
    // Each is converted before the next one is read, so that little more than the network is held.
    state.read(
        Set.copyOf(sources.values()),
        (source, tensor) -> {
          String name = names.get(source);
          TensorPlace place = places.get(name);
          String stored = state.entries().get(source).stored();
          byName.put(
              name, Conversion.of(name, stored, tensor.reshape(place.shape()), place.dtype()));
        });
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<Conversion> conversions = new ArrayList<>();
    places.forEach(
        (name, place) -> {
          tensors.put(place.key(), byName.get(name).tensor());
          conversions.add(byName.get(name));
        });
    notes.addAll(summary(conversions));
    return new Loaded(structure.build(tensors), notes);
  }

  private void requireUse(StateDict state) {
    Set<String> names = state.entries().keySet();
    for (String pattern : ignored) {
      if (names.stream().noneMatch(name -> matches(pattern, name))) {
        throw new StateDictException(
            "The pattern '%s' is the name of no tensor in %s; it has %s"
                .formatted(pattern, state.file(), listed(names)));
      }
    }
  }

  /** Tensors that are to be used, by name without prefix, and what they are called in the file. */
  private Map<String, String> sources(StateDict state, Set<String> useless, List<String> notes) {
    Set<String> counters = new LinkedHashSet<>();
    for (TensorPlace place : places.values()) {
      if (place.op().equals("batch_norm")) {
        counters.add(StateNames.module(place) + StateNames.BATCHES);
      }
    }
    Map<String, String> sources = new LinkedHashMap<>();
    List<String> left = new ArrayList<>();
    for (String name : state.entries().keySet()) {
      String inner = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
      if (ignored.stream().anyMatch(pattern -> matches(pattern, name))
          || counters.contains(inner)
          || useless.contains(name)) {
        left.add(name);
      } else {
        sources.put(name.startsWith(prefix) ? inner : NO_PREFIX + name, name);
      }
    }
    if (!left.isEmpty()) {
      notes.add("left out of the state dict: " + listed(left));
    }
    return sources;
  }

  private static boolean matches(String pattern, String name) {
    String regex =
        Arrays.stream(pattern.split("\\*", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.DOTALL).matcher(name).matches();
  }

  private void requireFit(StateDict state, Map<String, String> sources) {
    Set<String> missing = new TreeSet<>(places.keySet());
    missing.removeAll(sources.keySet());
    Set<String> surplus = new TreeSet<>();
    Set<String> unprefixed = new TreeSet<>();
    List<String> misshapen = new ArrayList<>();
    sources.forEach(
        (name, source) -> {
          TensorPlace place = places.get(name);
          if (name.startsWith(NO_PREFIX)) {
            unprefixed.add(source);
          } else if (place == null) {
            surplus.add(source);
          } else if (!fits(place, state.entries().get(source).shape())) {
            misshapen.add(
                "%s is %s and must be %s"
                    .formatted(name, state.entries().get(source).shape(), place.shape()));
          }
        });
    if (missing.isEmpty() && surplus.isEmpty() && unprefixed.isEmpty() && misshapen.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder(state.file() + " does not fit the structure");
    part(text, "missing", missing);
    part(text, "without a use", surplus);
    part(
        text,
        "%d of %d names do not begin with the prefix '%s'"
            .formatted(unprefixed.size(), sources.size(), prefix),
        unprefixed);
    part(text, "of another shape", misshapen);
    throw new StateDictException(text + hint(missing, surplus));
  }

  /** One number for all neurons may stand under any shape. */
  private static boolean fits(TensorPlace place, Shape found) {
    boolean one = place.op().equals("neuron") && place.shape().size() == 1;
    return place.shape().equals(found) || one && sizeIsOne(found);
  }

  private static boolean sizeIsOne(Shape shape) {
    return Arrays.stream(shape.toArray()).allMatch(length -> length == 1);
  }

  private static void part(StringBuilder text, String what, Collection<String> names) {
    if (!names.isEmpty()) {
      text.append("; ").append(what).append(": ").append(listed(names));
    }
  }

  private static String listed(Collection<String> names) {
    String text = names.stream().limit(MOST_LISTED).collect(Collectors.joining(", "));
    int more = names.size() - MOST_LISTED;
    return more > 0 ? text + " and " + more + " more" : text;
  }

  /** A wrapper in Python, such as DataParallel, puts its name before all others. */
  private static String hint(Set<String> missing, Set<String> surplus) {
    if (missing.isEmpty()) {
      return "";
    }
    String first = missing.iterator().next();
    for (String name : surplus) {
      if (name.endsWith("." + first)) {
        String start = name.substring(0, name.length() - first.length());
        if (missing.stream().allMatch(each -> surplus.contains(start + each))) {
          return ". The missing names are there with '%s' before them: take off the prefix '%s'"
              .formatted(start, start);
        }
      }
    }
    return "";
  }

  /** Each tensor that was rounded, and how many were widened. */
  private static List<String> summary(List<Conversion> conversions) {
    List<String> lines = new ArrayList<>();
    Map<String, Integer> exact = new LinkedHashMap<>();
    for (Conversion conversion : conversions) {
      if (conversion.isOther() && conversion.changed() == 0) {
        String types = conversion.stored() + " to " + conversion.tensor().dtype().code();
        exact.merge(types, 1, Integer::sum);
      } else if (conversion.isOther()) {
        lines.add(conversion.text());
      }
    }
    exact.forEach((types, count) -> lines.add("%d tensors %s, exact".formatted(count, types)));
    return lines;
  }
}
