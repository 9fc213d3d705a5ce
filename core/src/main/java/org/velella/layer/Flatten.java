package org.velella.layer;

/**
 * Joins axes {@code startDim} to {@code endDim} of one step {@code [N, *]}; time is never counted.
 *
 * @see FlattenOperation
 * @seed activation_based.layer.Flatten
 */
public final class Flatten extends LayerModule {
  /** Joins all axes behind the batch. */
  public Flatten() {
    this(1, -1);
  }

  /**
   * Joins some axes.
   *
   * @param startDim first axis, where 0 is the batch, or negative from the end
   * @param endDim last axis, counted likewise
   * @throws IllegalArgumentException if that includes the batch axis, since samples stay apart
   */
  public Flatten(int startDim, int endDim) {
    super(new FlattenOperation(withoutBatch(startDim), withoutBatch(endDim)));
  }

  private static int withoutBatch(int axis) {
    if (axis == 0) {
      throw new IllegalArgumentException(
          "Flatten cannot join axis 0, the batch, since samples stay apart; begin at axis 1");
    }
    return axis > 0 ? axis - 1 : axis;
  }
}
