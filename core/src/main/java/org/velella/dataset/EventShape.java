package org.velella.dataset;

import java.io.Serializable;
import java.util.List;

/**
 * The addresses that events can have, {@code [C, H, W]}: one channel, or two for the polarities.
 *
 * @param channels 1 (polarities are put together) or 2 (0: off, 1: on)
 */
public record EventShape(int channels, int height, int width) implements Serializable {
  public EventShape {
    if (channels < 1 || channels > 2 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Events cannot have the shape [%d, %d, %d]".formatted(channels, height, width));
    }
    if ((long) channels * height * width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "The shape [%d, %d, %d] has more than 2^31 - 1 addresses"
              .formatted(channels, height, width));
    }
  }

  /** A camera's two polarities. */
  public static EventShape camera(int height, int width) {
    return new EventShape(2, height, width);
  }

  /** Neurons in a row. */
  public static EventShape neurons(int count) {
    return new EventShape(1, 1, count);
  }

  /** The same with the polarities put together. */
  public EventShape merged() {
    return new EventShape(1, height, width);
  }

  /** How many addresses there are. */
  public int size() {
    return channels * height * width;
  }

  /** The axes of one step's input. */
  public List<Integer> axes() {
    return isRow() ? List.of(width) : List.of(channels, height, width);
  }

  /** Whether these are neurons that have a number and no place in rows and columns. */
  public boolean isRow() {
    return channels == 1 && height == 1;
  }

  /**
   * The address of an event.
   *
   * @throws DatasetException if the event lies outside
   */
  int index(String file, int x, int y, int polarity) {
    if (!contains(x, y, polarity)) {
      throw DatasetException.of(file, outside(x, y, polarity));
    }
    int channel = channels == 1 ? 0 : polarity;
    return (channel * height + y) * width + x;
  }

  /** Whether an event can have this place. */
  boolean contains(int x, int y, int polarity) {
    return x >= 0 && y >= 0 && x < width && y < height && polarity >= 0 && polarity <= 1;
  }

  /** What is wrong with an event that cannot have its place. */
  String outside(int x, int y, int polarity) {
    return "an event at x = %d, y = %d, polarity %d lies outside %d x %d (width x height); give the sensor's size, or check the file"
        .formatted(x, y, polarity, width, height);
  }
}
