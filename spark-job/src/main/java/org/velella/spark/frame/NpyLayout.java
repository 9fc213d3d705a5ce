package org.velella.spark.frame;

import java.util.Arrays;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;

/** What the axes of a {@code .npy} input mean for a network. */
enum NpyLayout {
  /** {@code [N, *]}: one step's values for each sample, held over all steps. */
  HELD("npy held"),
  /** {@code [T, N, *]}: every step's values. */
  SERIES("npy series"),
  /** {@code [E, 3]}: sample, step, index. */
  EVENTS("npy events");

  private final String text;

  NpyLayout(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  /**
   * The layout of an array.
   *
   * @throws InputException if its shape does not fit the network, or fits in two ways
   */
  static NpyLayout of(Npy.Header header, InputSpec spec) {
    NpyLayout dense = dense(header.shape(), spec.shape());
    boolean table = header.shape().rank() == 2 && header.shape().dim(1) == 3;
    return switch (spec.layout()) {
      case DENSE -> dense == null ? fail(header, spec) : dense;
      case EVENTS -> table ? EVENTS : fail(header, spec);
      case AUTO -> {
        if (table && dense != null) {
          throw new InputException(
              ("%s has shape %s, which is an event table (sample, step, index) or the values of %d"
                      + " samples; say --input-layout events or --input-layout dense")
                  .formatted(spec.uri(), header.shape(), header.shape().dim(0)));
        }
        yield dense != null ? dense : table ? EVENTS : fail(header, spec);
      }
    };
  }

  /** An exact match of the network's input shape goes before a flat one. */
  private static NpyLayout dense(Shape shape, Shape sample) {
    for (Shape wanted : new Shape[] {sample, Shape.of(sample.size())}) {
      for (int lead = 1; lead <= 2; lead++) {
        if (shape.rank() == lead + wanted.rank() && shape.dropFirst(lead).equals(wanted)) {
          return lead == 1 ? HELD : SERIES;
        }
      }
    }
    return null;
  }

  private static NpyLayout fail(Npy.Header header, InputSpec spec) {
    String flat = String.valueOf(spec.shape().size());
    String dims = Arrays.toString(spec.shape().toArray()).replaceAll("[\\[\\]]", "");
    throw new InputException(
        ("%s has shape %s, which does not fit the network's input of shape %s; give [N, %s] (held"
                + " over all steps), [T, N, %s]%s, or an event table [E, 3] of sample, step, index")
            .formatted(
                spec.uri(),
                header.shape(),
                spec.shape(),
                dims,
                dims,
                spec.shape().rank() == 1 ? "" : " (or " + flat + " for the last axes)"));
  }
}
