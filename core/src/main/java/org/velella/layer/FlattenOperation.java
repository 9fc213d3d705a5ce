package org.velella.layer;

import org.velella.module.Operation;
import org.velella.tensor.Shape;

/**
 * Joins feature axes {@code startDim} to {@code endDim} (inclusive, negative from the end), counted
 * without time and batch.
 */
public record FlattenOperation(int startDim, int endDim) implements Operation {
  @Override
  public String kind() {
    return "Flatten";
  }

  @Override
  public Shape outputShape(Shape input) {
    int rank = input.rank();
    int start = startDim < 0 ? startDim + rank : startDim;
    int end = endDim < 0 ? endDim + rank : endDim;
    if (start < 0 || end >= rank || start > end) {
      throw new IllegalArgumentException(
          "Flatten of axes %d to %d cannot take input of shape %s"
              .formatted(startDim, endDim, input));
    }
    int[] dims = new int[rank - (end - start)];
    int joined = 1;
    for (int axis = 0, to = 0; axis < rank; axis++) {
      if (axis < start || axis > end) {
        dims[to++] = input.dim(axis);
      } else {
        joined = Math.multiplyExact(joined, input.dim(axis));
        if (axis == end) {
          dims[to++] = joined;
        }
      }
    }
    return Shape.of(dims);
  }
}
