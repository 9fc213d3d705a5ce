package org.velella.network.nir;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.velella.network.NodePath;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * One node as the file has it: its type and datasets. The look-ups check what they hand out and
 * name node and dataset where it does not serve.
 *
 * @param label the node's path and type for messages
 * @param type such as {@code LIF}
 * @param numbers numeric datasets, as FLOAT32, FLOAT64 or INT64
 * @param texts datasets that hold one string
 * @param hints what the datasets leave out, for a node to be written
 * @param exact the datasets of numbers whose shape is to be taken as it is
 */
record NirNode(
    String label,
    String type,
    Map<String, Tensor> numbers,
    Map<String, String> texts,
    NirHints hints,
    Set<String> exact) {
  /** A node at a path. */
  static NirNode of(
      List<String> segments,
      String type,
      Map<String, Tensor> numbers,
      Map<String, String> texts,
      NirHints hints) {
    return new NirNode(
        "node " + NodePath.join(segments) + " (" + type + ")",
        type,
        numbers,
        texts,
        hints,
        Set.of());
  }

  /** This node as it is meant: with its hints taken into its datasets. */
  NirNode meant() {
    Map<String, Tensor> own = new TreeMap<>(numbers);
    Set<String> shaped = hints.apply(own);
    return new NirNode(label, type, own, texts, hints, shaped);
  }

  /**
   * A tensor without the axes of length 1 in front, which change nothing in broadcasting and which
   * some exporters add; where the shape is exact, the tensor itself.
   */
  Tensor withoutLeadingOnes(String name, Tensor tensor) {
    int ones = 0;
    while (ones < tensor.shape().rank() && tensor.shape().dim(ones) == 1) {
      ones++;
    }
    return ones == 0 || exact.contains(name)
        ? tensor
        : tensor.reshape(tensor.shape().dropFirst(ones));
  }

  boolean has(String name) {
    return numbers.containsKey(name) || texts.containsKey(name);
  }

  /** The names of all datasets, in a set of the caller's own. */
  Set<String> datasets() {
    Set<String> names = new TreeSet<>(numbers.keySet());
    names.addAll(texts.keySet());
    return names;
  }

  NirException refusal(String problem) {
    return new NirException(label + ": " + problem);
  }

  /** A dataset of numbers. */
  Tensor number(String name) {
    Tensor tensor = numbers.get(name);
    if (tensor == null) {
      if (texts.containsKey(name)) {
        throw refusal("dataset '%s' is the text '%s'".formatted(name, texts.get(name)));
      }
      throw refusal("dataset '%s' is missing; found %s".formatted(name, datasets()));
    }
    return tensor;
  }

  /** A dataset of weights: float32 of one rank, every element finite. */
  Tensor weight(String name, int rank, NirNotes notes) {
    Tensor tensor = number(name);
    if (tensor.shape().rank() != rank) {
      throw refusal(
          "dataset '%s' has shape %s, its rank must be %d".formatted(name, tensor.shape(), rank));
    }
    return float32(name, tensor, notes);
  }

  /** The elements rounded once to float32, every one finite; if they are such, the same array. */
  Tensor float32(String name, Tensor tensor, NirNotes notes) {
    float[] values = tensor.dtype() == DType.FLOAT32 ? tensor.floats() : tensor.toFloats();
    int rounded = 0;
    for (int i = 0; i < values.length; i++) {
      double exact = tensor.doubleAt(i);
      requireFinite(name, tensor.shape(), i, exact);
      if (Float.isInfinite(values[i])) {
        throw refusal(
            "dataset '%s' holds %s at %s, which float32 cannot hold"
                .formatted(name, exact, index(tensor.shape(), i)));
      }
      rounded += values[i] == exact ? 0 : 1;
    }
    if (tensor.dtype() != DType.FLOAT32) {
      notes.add(
          "%s: dataset '%s' is %s; %d of %d values were rounded to float32"
              .formatted(label, name, tensor.dtype(), rounded, values.length));
    }
    return Tensor.of(tensor.shape(), values);
  }

  /** A dataset of neuron parameters in float64, every element finite. */
  Tensor parameter(String name) {
    Tensor tensor = number(name);
    double[] values = tensor.toDoubles();
    for (int i = 0; i < values.length; i++) {
      requireFinite(name, tensor.shape(), i, values[i]);
    }
    return Tensor.of(tensor.shape(), values);
  }

  private void requireFinite(String name, Shape shape, int i, double value) {
    if (!Double.isFinite(value)) {
      throw refusal(
          "dataset '%s' must be finite, found %s at %s".formatted(name, value, index(shape, i)));
    }
  }

  private static String index(Shape shape, int flat) {
    return java.util.Arrays.toString(shape.index(flat));
  }

  /** A dataset that holds one whole number. */
  int integer(String name) {
    int[] values = integers(name);
    if (values.length != 1) {
      throw refusal("dataset '%s' must be one number, found %d".formatted(name, values.length));
    }
    return values[0];
  }

  /** A dataset of whole numbers, one per spatial axis; a single one serves all. */
  Shape axes(String name, int axes, int least) {
    int[] values = integers(name);
    if (values.length != 1 && values.length != axes) {
      throw refusal(
          "dataset '%s' must be 1 or %d numbers, found %d".formatted(name, axes, values.length));
    }
    int[] spread = new int[axes];
    for (int i = 0; i < axes; i++) {
      spread[i] = values[values.length == 1 ? 0 : i];
      if (spread[i] < least) {
        throw refusal(
            "dataset '%s' must be at least %d, found %d".formatted(name, least, spread[i]));
      }
    }
    return Shape.of(spread);
  }

  /** A dataset that holds a shape. */
  Shape shape(String name) {
    int[] dims = integers(name);
    long size = 1;
    for (int dim : dims) {
      size = dim < 1 ? -1 : size * dim;
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw refusal(
            "dataset '%s' is no shape that can be simulated: %s"
                .formatted(name, java.util.Arrays.toString(dims)));
      }
    }
    return Shape.of(dims);
  }

  private int[] integers(String name) {
    Tensor tensor = number(name);
    if (tensor.shape().rank() > 1 || tensor.size() > 64) {
      throw refusal(
          "dataset '%s' must be a list of numbers, its shape is %s"
              .formatted(name, tensor.shape()));
    }
    int[] values = new int[tensor.size()];
    for (int i = 0; i < values.length; i++) {
      double value = tensor.doubleAt(i);
      values[i] = (int) value;
      if (values[i] != value) {
        throw refusal(
            "dataset '%s' must hold whole numbers below 2^31, found %s".formatted(name, value));
      }
    }
    return values;
  }
}
