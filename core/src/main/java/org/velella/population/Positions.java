package org.velella.population;

import java.util.Arrays;

/**
 * Where the neurons of a population are. Immutable.
 *
 * <p>Distances are Euclidean; on a torus the shorter way round counts on every axis.
 */
public final class Positions {
  private final int dimensions;
  private final double[] coordinates;
  private final double[] extents;

  private Positions(int dimensions, double[] coordinates, double[] extents) {
    this.dimensions = dimensions;
    this.coordinates = coordinates;
    this.extents = extents;
  }

  /**
   * Given positions.
   *
   * @param coordinates one neuron's after the other's; copied
   */
  public static Positions of(int dimensions, double... coordinates) {
    Checks.require(
        dimensions >= 1 && coordinates.length > 0 && coordinates.length % dimensions == 0,
        "Positions in %s dimensions cannot be made of %s coordinates",
        dimensions,
        coordinates.length);
    for (double each : coordinates) {
      Checks.finite("A coordinate", each);
    }
    return new Positions(dimensions, coordinates.clone(), null);
  }

  /**
   * The middles of the cells of a rectangle from the origin, row after row; x first.
   *
   * @param width of the whole rectangle
   * @param height of the whole rectangle
   */
  public static Positions grid(int rows, int columns, double width, double height) {
    Checks.size("The rows of a grid", rows);
    Checks.size("The columns of a grid", columns);
    Checks.require(
        width > 0 && height > 0 && Double.isFinite(width) && Double.isFinite(height),
        "A grid needs a width and a height above 0, found %s and %s",
        width,
        height);
    double[] coordinates = new double[Math.multiplyExact(2, Math.multiplyExact(rows, columns))];
    for (int i = 0; i < rows * columns; i++) {
      coordinates[2 * i] = (i % columns + 0.5) * width / columns;
      coordinates[2 * i + 1] = (i / columns + 0.5) * height / rows;
    }
    return new Positions(2, coordinates, null);
  }

  /**
   * These, on a torus.
   *
   * @param lengths how long each axis is until it comes back to its beginning
   */
  public Positions onTorus(double... lengths) {
    Checks.require(
        lengths.length == dimensions && Arrays.stream(lengths).allMatch(each -> each > 0),
        "A torus of %s dimensions needs as many lengths above 0, found %s",
        dimensions,
        Arrays.toString(lengths));
    return new Positions(dimensions, coordinates, lengths.clone());
  }

  /** How many neurons have one. */
  public int count() {
    return coordinates.length / dimensions;
  }

  boolean sameSpace(Positions other) {
    return dimensions == other.dimensions && Arrays.equals(extents, other.extents);
  }

  /** The squared distance of a neuron to one of another population in the same space. */
  double squaredDistance(int from, Positions other, int to) {
    double sum = 0;
    for (int axis = 0; axis < dimensions; axis++) {
      double apart =
          Math.abs(
              coordinates[from * dimensions + axis] - other.coordinates[to * dimensions + axis]);
      if (extents != null) {
        apart %= extents[axis];
        apart = Math.min(apart, extents[axis] - apart);
      }
      sum += apart * apart;
    }
    return sum;
  }
}
