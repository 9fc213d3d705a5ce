package org.velella.spark.data;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.velella.dataset.Aedat3File;
import org.velella.dataset.Aedat4File;
import org.velella.dataset.ArraySamples;
import org.velella.dataset.AtisFile;
import org.velella.dataset.Binning;
import org.velella.dataset.CsvSamples;
import org.velella.dataset.DataFile;
import org.velella.dataset.DatasetException;
import org.velella.dataset.EventFile;
import org.velella.dataset.EventSamples;
import org.velella.dataset.EventShape;
import org.velella.dataset.GestureLabels;
import org.velella.dataset.IdxSamples;
import org.velella.dataset.ImageSample;
import org.velella.dataset.NpzEventFile;
import org.velella.dataset.SampleReader;
import org.velella.dataset.Segment;
import org.velella.dataset.ShdSamples;

/**
 * How the files of a data set are read, the same in every task.
 *
 * @param events whether the files hold events; else values
 * @param binning null if they hold values
 * @param shape the axes of events, after the polarities were put together; null for values
 * @param values of one sample, if it is known beforehand; 0 if not
 */
record DataReading(DataFormat format, boolean events, Binning binning, EventShape shape, int values)
    implements Serializable {
  private static final String AEDAT4 = "#!AER-DAT4";

  /** An event file of a format that has one recording in a file. */
  static EventFile eventFile(DataFormat format, DataFile file) throws IOException {
    return switch (format) {
      case NMNIST -> new AtisFile(file);
      case NPZ -> new NpzEventFile(file);
      default ->
          begins(file, AEDAT4) ? new Aedat4File(file, ZstdInputStream::new) : new Aedat3File(file);
    };
  }

  private static boolean begins(DataFile file, String with) throws IOException {
    try (InputStream in = file.open(0)) {
      return new String(in.readNBytes(with.length()), StandardCharsets.ISO_8859_1).equals(with);
    }
  }

  /** A file's samples. */
  SampleReader open(SourceFile source, HadoopFile file, Configuration conf) throws IOException {
    HadoopFile labels = source.labels().isEmpty() ? null : new HadoopFile(source.labels(), conf);
    return switch (format) {
      case CSV -> new CsvSamples(file, binning, shape);
      case HDF5 -> new ShdSamples(file, binning, shape);
      case IMAGES -> new ImageSample(file, source.label());
      case IDX -> labels == null ? new IdxSamples(file) : new IdxSamples(file, labels);
      case NPY -> labels == null ? ArraySamples.npy(file) : ArraySamples.npy(file, labels);
      case NPZ, NMNIST, AEDAT ->
          events ? recording(source, file, labels) : ArraySamples.npz(file, source.label());
    };
  }

  private SampleReader recording(SourceFile source, HadoopFile file, HadoopFile labels)
      throws IOException {
    EventFile recorded = eventFile(format, file);
    List<Segment> segments =
        labels == null ? List.of(Segment.whole(source.label())) : GestureLabels.read(labels);
    return new EventSamples(recorded, binning, shape, segments);
  }

  /** Refuses samples of another size than the first one's. */
  void requireSize(String file, int found) {
    if (values != 0 && values != found) {
      throw DatasetException.of(
          file,
          "a sample of %d values, the first file's has %d; all samples of a data set have one size"
              .formatted(found, values));
    }
  }
}
