package org.velella.spark.data;

import java.util.List;
import org.velella.dataset.Binning;
import org.velella.dataset.EventShape;

/**
 * What a user wants converted. Lives on the driver only.
 *
 * @param sources files, folders or patterns
 * @param output the folder to be made, whose name ends with {@code .parquet}
 * @param format null: as the files' endings say
 * @param labels files of labels; empty: those that lie beside the data, if there are any
 * @param classes the file that says which label a folder has; null: the folders' numbers, or their
 *     places in the alphabet
 * @param binning how events become steps; null: not said, which events cannot do without
 * @param size of the sensor; null: as the files or their format say
 * @param polarity what becomes of the polarities
 */
public record DataRequest(
    List<String> sources,
    String output,
    DataFormat format,
    List<String> labels,
    String classes,
    Binning binning,
    EventShape size,
    Polarity polarity) {
  /** What becomes of the two polarities of events. */
  public enum Polarity {
    /** Each has a channel of its own. */
    SEPARATE,
    /** They are put together in one. */
    MERGED
  }

  public DataRequest {
    sources = List.copyOf(sources);
    labels = List.copyOf(labels);
  }

  /** A request whose folders say themselves which labels they have. */
  public DataRequest(
      List<String> sources,
      String output,
      DataFormat format,
      List<String> labels,
      Binning binning,
      EventShape size,
      Polarity polarity) {
    this(sources, output, format, labels, null, binning, size, polarity);
  }
}
