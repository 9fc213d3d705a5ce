package org.velella.spark.frame;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.store.InputFile;
import org.velella.tensor.Npy;
import org.velella.tensor.NpyException;

/** Opens a {@code .npy} input as what its shape says it is. */
final class NpyFile {
  private NpyFile() {}

  /** A header and what its axes mean. */
  record Opened(Npy.Header header, NpyLayout layout) {}

  static InputSource open(JavaSparkContext spark, Configuration conf, InputSpec spec)
      throws IOException {
    try (InputFile file = InputFile.open(spec.uri(), conf)) {
      Npy.Header header = Npy.header(file.fromStart(), spec.uri());
      long found = file.length() - header.dataOffset();
      if (found != header.dataBytes()) {
        throw new InputException(
            "%s is damaged: its shape %s takes %d bytes, the file has %d after its header"
                .formatted(spec.uri(), header.shape(), header.dataBytes(), found));
      }
      Opened opened = new Opened(header, NpyLayout.of(header, spec));
      HadoopConf hadoop = new HadoopConf(conf);
      return opened.layout() == NpyLayout.EVENTS
          ? NpyEventSource.open(spark, hadoop, spec, file, header)
          : NpyDenseSource.open(spark, hadoop, spec, file, opened);
    } catch (NpyException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  /** What to tell the user where float32 does not hold every value of the file's type. */
  static List<String> roundingMessage(String uri, Npy.Header header) {
    return switch (header.type()) {
      case FLOAT64, INT32, INT64, UINT32 ->
          List.of(
              "%s holds %s; values are rounded to float32"
                  .formatted(uri, header.type().toString().toLowerCase(java.util.Locale.ROOT)));
      default -> List.of();
    };
  }
}
