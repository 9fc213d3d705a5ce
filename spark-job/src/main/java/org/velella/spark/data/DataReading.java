package org.velella.spark.data;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
import org.velella.tensor.Shape;

/**
 * How the files of a data set are read, the same in every task.
 *
 * @param events whether the files hold events; else values
 * @param binning null if they hold values
 * @param shape the axes of events, after the polarities were put together; null for values
 * @param axes of a sample's values, of {@code npz} those of a step; null for events
 * @param first the name of the file that these axes are from
 */
record DataReading(
    DataFormat format,
    boolean events,
    Binning binning,
    EventShape shape,
    List<Integer> axes,
    String first)
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

  /**
   * A file's samples.
   *
   * @throws DatasetException if its values have other axes than the first file's
   */
  SampleReader open(SourceFile source, HadoopFile file, Configuration conf) throws IOException {
    HadoopFile labels = source.labels().isEmpty() ? null : new HadoopFile(source.labels(), conf);
    SampleReader reader = reader(source, file, labels);
    if (!events) {
      requireAxes(file.name(), shape(reader));
    }
    return reader;
  }

  /** The samples of a part. */
  SampleReader.Samples read(DataPart part, HadoopFile file, Configuration conf) throws IOException {
    if (format == DataFormat.CSV) {
      return new CsvSamples(file, binning, shape)
          .from(part.offset(), part.line())
          .read(0, part.count());
    }
    SampleReader reader = open(part.file(), file, conf);
    boolean known = part.segments() != null;
    return (known ? ((EventSamples) reader).with(part.segments()) : reader)
        .read(part.first(), part.count());
  }

  private SampleReader reader(SourceFile source, HadoopFile file, HadoopFile labels)
      throws IOException {
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
    return new EventSamples(recorded, binning, shape, segments(source, labels));
  }

  /** The samples of a recording. */
  static List<Segment> segments(SourceFile source, HadoopFile labels) throws IOException {
    return labels == null ? List.of(Segment.whole(source.label())) : GestureLabels.read(labels);
  }

  /** The axes of a file's samples; of {@code npz} with the steps first. */
  static Shape shape(SampleReader reader) throws IOException {
    if (reader instanceof ImageSample image) {
      return image.shape();
    }
    return reader instanceof IdxSamples images ? images.shape() : ((ArraySamples) reader).shape();
  }

  /** The axes that all files have in common: frames may be more or less. */
  static List<Integer> commonAxes(DataFormat format, Shape shape) {
    List<Integer> axes = new ArrayList<>();
    for (int axis = format == DataFormat.NPZ ? 1 : 0; axis < shape.rank(); axis++) {
      axes.add(shape.dim(axis));
    }
    return axes;
  }

  private void requireAxes(String file, Shape shape) {
    List<Integer> found = commonAxes(format, shape);
    if (!found.equals(axes)) {
      String what = format == DataFormat.NPZ ? "frame" : "sample";
      throw DatasetException.of(
          file,
          "a %s has the shape %s, in %s it is %s; all of a data set have one shape"
              .formatted(what, found, first, axes));
    }
  }
}
