package org.velella.network.exchange;

import java.util.Arrays;
import java.util.Locale;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * One tensor brought into the type that a network computes with.
 *
 * @param name in the state dict
 * @param stored its type in the file
 * @param tensor with the values, each rounded once
 * @param changed how many values are not exactly what the file has
 * @param largest the largest change, relative to the value in the file
 */
record Conversion(String name, String stored, Tensor tensor, int changed, double largest) {
  /**
   * A tensor in another type.
   *
   * @throws StateDictException if a value is not finite there, or not a whole number where one is
   *     needed; the message has the tensor's name and the value's index
   */
  static Conversion of(String name, String stored, Tensor from, DType to) {
    requireFinite(name, from);
    if (from.dtype() == to) {
      return new Conversion(name, stored, from, 0, 0);
    }
    Tensor tensor = Tensor.zeros(to, from.shape());
    int changed = 0;
    double largest = 0;
    for (int i = 0; i < from.size(); i++) {
      double value = from.doubleAt(i);
      double rounded = put(name, tensor, i, value);
      boolean lost =
          rounded != value || from.dtype() == DType.INT64 && (long) rounded != from.longs()[i];
      if (lost) {
        changed++;
        largest = Math.max(largest, Math.abs((rounded - value) / value));
      }
    }
    return new Conversion(name, stored, tensor, changed, largest);
  }

  private static double put(String name, Tensor to, int index, double value) {
    switch (to.dtype()) {
      case FLOAT32 -> {
        to.floats()[index] = (float) value;
        if (Float.isInfinite(to.floats()[index])) {
          throw refusal(name, to.shape(), index, value, "is beyond float32");
        }
        return to.floats()[index];
      }
      case FLOAT64 -> {
        to.doubles()[index] = value;
        return value;
      }
      case INT32 -> {
        if ((int) value != value) {
          throw refusal(name, to.shape(), index, value, "must be a whole number below 2^31");
        }
        to.ints()[index] = (int) value;
        return value;
      }
      default -> throw new IllegalStateException("No network has tensors of " + to.dtype());
    }
  }

  private static void requireFinite(String name, Tensor tensor) {
    if (tensor.dtype() != DType.FLOAT32 && tensor.dtype() != DType.FLOAT64) {
      return;
    }
    for (int i = 0; i < tensor.size(); i++) {
      if (!Double.isFinite(tensor.doubleAt(i))) {
        throw refusal(name, tensor.shape(), i, tensor.doubleAt(i), "must be finite");
      }
    }
  }

  private static StateDictException refusal(
      String name, Shape shape, int index, double value, String why) {
    return new StateDictException(
        "Tensor '%s': the value %s at index %s %s"
            .formatted(name, value, Arrays.toString(shape.index(index)), why));
  }

  /** Whether the file's type is not the one that the network has. */
  boolean isOther() {
    return !stored.equals(tensor.dtype().code());
  }

  /** What became of it, for people. */
  String text() {
    String types = "%s: %s to %s".formatted(name, stored, tensor.dtype().code());
    return changed == 0
        ? types + ", exact"
        : String.format(
            Locale.ROOT,
            "%s, %d of %d values rounded, by at most %.2g of a value",
            types,
            changed,
            tensor.size(),
            largest);
  }
}
