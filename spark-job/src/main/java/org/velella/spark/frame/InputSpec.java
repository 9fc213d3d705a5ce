package org.velella.spark.frame;

import java.util.Map;
import java.util.TreeMap;
import org.velella.tensor.Shape;

/**
 * What a user said about the input, and what the network takes. Lives on the driver only.
 *
 * @param uri a {@code .npy} file, or what a Spark data source loads
 * @param format {@code auto}, {@code npy}, or a Spark data source
 * @param options of the Spark data source
 * @param samples how many samples there are said to be; 0: as many as found
 * @param shape of one sample's input at one step
 * @param steps steps to simulate
 */
public record InputSpec(
    String uri,
    String format,
    Layout layout,
    Map<String, String> options,
    long samples,
    Shape shape,
    long steps) {
  /** How an array's axes are to be read, where its shape could mean two things. */
  public enum Layout {
    AUTO,
    DENSE,
    EVENTS
  }

  public InputSpec {
    options = new TreeMap<>(options);
  }

  /** Input elements of one sample at one step. */
  public int width() {
    return shape.size();
  }
}
