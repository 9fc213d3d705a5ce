package org.velella.network.nir;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.velella.tensor.Broadcast;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * What the datasets of a written node leave out, since other readers want every parameter in the
 * shape of the neurons and every convolution with a bias: the shapes that values had before they
 * were spread, and what was not there. Kept as text in the graph's metadata, which readers skip:
 * {@code bias=none tau=[] v_leak=[3,1]}.
 */
record NirHints(Map<String, Shape> shapes, Set<String> absent) {
  /** The group in a graph's metadata that has a text for each node. */
  static final String NAME = "velella";

  private static final Pattern HINT =
      Pattern.compile("([a-z_]{1,32})=(none|\\[(?:\\d{1,9}(?:,\\d{1,9}){0,7})?])");

  /** None so far. */
  static NirHints none() {
    return new NirHints(new TreeMap<>(), new TreeSet<>());
  }

  /** The hints of a text, or null if it is none. */
  static NirHints parse(String text) {
    NirHints hints = none();
    for (String word : text.split(" ", -1)) {
      Matcher matcher = HINT.matcher(word);
      if (!matcher.matches()) {
        return null;
      }
      String value = matcher.group(2);
      if (value.equals("none")) {
        hints.absent.add(matcher.group(1));
      } else {
        String dims = value.substring(1, value.length() - 1);
        int[] axes =
            dims.isEmpty()
                ? new int[0]
                : Arrays.stream(dims.split(",")).mapToInt(Integer::parseInt).toArray();
        hints.shapes.put(matcher.group(1), Shape.of(axes));
      }
    }
    return hints;
  }

  boolean isEmpty() {
    return shapes.isEmpty() && absent.isEmpty();
  }

  /** As {@link #parse} reads it. */
  String text() {
    Map<String, String> all = new TreeMap<>();
    absent.forEach(name -> all.put(name, "none"));
    shapes.forEach((name, shape) -> all.put(name, shape.toString().replace(" ", "")));
    return all.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  /**
   * Takes back what was added to datasets; a hint that does not fit its dataset is left alone.
   *
   * @param numbers the datasets, changed
   * @return the names whose shape is now the very one that was written
   */
  Set<String> apply(Map<String, Tensor> numbers) {
    Set<String> done = new TreeSet<>();
    for (String name : absent) {
      Tensor tensor = numbers.get(name);
      if (tensor != null && isZero(tensor)) {
        numbers.remove(name);
      }
    }
    int largest = numbers.values().stream().mapToInt(Tensor::size).max().orElse(0);
    shapes.forEach(
        (name, shape) -> {
          Tensor spread = numbers.get(name);
          Tensor narrow = spread == null ? zeros(shape, largest) : narrow(spread, shape);
          if (narrow != null) {
            numbers.put(name, narrow);
            done.add(name);
          }
        });
    return done;
  }

  /** What was left out since it is 0; null if it would be larger than all that is there. */
  private static Tensor zeros(Shape shape, int largest) {
    long size = 1;
    for (int dim : shape.toArray()) {
      size *= dim;
      if (size > largest) {
        return null;
      }
    }
    return Tensor.zeros(DType.FLOAT32, shape);
  }

  private static boolean isZero(Tensor tensor) {
    for (int i = 0; i < tensor.size(); i++) {
      if (tensor.doubleAt(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The tensor of a shape that spreads to another, or null if there is none. */
  private static Tensor narrow(Tensor spread, Shape shape) {
    if (spread.dtype() != DType.FLOAT32 && spread.dtype() != DType.FLOAT64) {
      return null;
    }
    int[] indices;
    try {
      indices = Broadcast.indices(shape, spread.shape());
    } catch (IllegalArgumentException e) {
      return null;
    }
    double[] values = new double[shape.size()];
    boolean[] set = new boolean[values.length];
    for (int i = 0; i < indices.length; i++) {
      double value = spread.doubleAt(i);
      int at = indices[i];
      if (set[at] && Double.doubleToLongBits(values[at]) != Double.doubleToLongBits(value)) {
        return null;
      }
      values[at] = value;
      set[at] = true;
    }
    Tensor exact = Tensor.of(shape, values);
    return spread.dtype() == DType.FLOAT64 ? exact : Tensor.of(shape, exact.toFloats());
  }
}
