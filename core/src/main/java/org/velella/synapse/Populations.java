package org.velella.synapse;

import org.velella.tensor.Shape;

/** Checks of the two populations that a projection connects. */
final class Populations {
  private Populations() {}

  static void require(String kind, Shape source, Shape target, Connectivity connectivity) {
    if (source.size() != connectivity.sources() || target.size() != connectivity.targets()) {
      throw new IllegalArgumentException(
          "%s from shape %s to shape %s needs as many sources and targets, found %s"
              .formatted(kind, source, target, connectivity));
    }
  }

  static Shape outputShape(String kind, Shape source, Shape target, Shape input) {
    if (!input.equals(source)) {
      throw new IllegalArgumentException(
          "%s from a population of shape %s cannot take input of shape %s"
              .formatted(kind, source, input));
    }
    return target;
  }
}
