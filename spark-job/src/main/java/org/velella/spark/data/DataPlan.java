package org.velella.spark.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.velella.dataset.ArraySamples;
import org.velella.dataset.CsvSamples;
import org.velella.dataset.DataFile;
import org.velella.dataset.EventFile;
import org.velella.dataset.EventShape;
import org.velella.dataset.IdxSamples;
import org.velella.dataset.ImageSample;
import org.velella.dataset.NpzEventFile;
import org.velella.dataset.ShdSamples;
import org.velella.spark.job.UsageException;
import org.velella.tensor.Shape;

/** How a data set is read and cut into parts; made on the driver, without reading it all. */
final class DataPlan {
  /**
   * About as much of a file as one task reads, where files can be cut and small ones put together.
   */
  static final long PART_BYTES = 32L << 20;

  private DataPlan() {}

  /** How all files are read, and the axes of one sample or of one of its steps. */
  record Layout(DataReading reading, List<Integer> axes) {}

  /**
   * Looks at the first file.
   *
   * @throws UsageException if options are missing or of no use
   */
  static Layout layout(DataRequest request, SourceFiles sources, Configuration conf)
      throws IOException {
    DataFormat format = sources.format();
    try (HadoopFile first = new HadoopFile(sources.files().get(0).uri(), conf)) {
      Optional<EventShape> shape = eventShape(request, format, first);
      if (shape.isEmpty()) {
        refuseOptionsOfEvents(request, format);
        return values(format, valueShape(format, first), first.name());
      }
      if (request.binning() == null) {
        throw new UsageException(
            "%s holds events; say how they become steps: --frames T, --frame-duration SECONDS or --dt SECONDS"
                .formatted(first.name()));
      }
      EventShape whole = request.size() == null ? shape.get() : request.size();
      EventShape merged =
          request.polarity() == DataRequest.Polarity.MERGED ? whole.merged() : whole;
      DataReading reading =
          new DataReading(format, true, request.binning(), merged, null, first.name());
      return new Layout(reading, merged.axes());
    }
  }

  /** The addresses that events of a format have; empty if it holds values. */
  private static Optional<EventShape> eventShape(
      DataRequest request, DataFormat format, DataFile first) throws IOException {
    Optional<EventShape> shape =
        switch (format) {
          case IMAGES, IDX, NPY -> Optional.empty();
          case HDF5 -> {
            EventShape size = sized(request, EventShape.neurons(ShdSamples.COCHLEA), first);
            requireRow(size, first, "lists of units");
            yield Optional.of(size);
          }
          case CSV -> {
            boolean isCamera = CsvSamples.isCamera(first);
            EventShape size = sized(request, null, first);
            if (!isCamera) {
              requireRow(size, first, "the column neuron");
            }
            yield Optional.of(size);
          }
          case NPZ ->
              NpzEventFile.isOne(first)
                  ? Optional.of(sized(request, null, first))
                  : Optional.empty();
          case AEDAT, NMNIST -> {
            EventFile file = DataReading.eventFile(format, first);
            yield Optional.of(sized(request, file.shape().orElse(null), first));
          }
        };
    return shape;
  }

  private static void requireRow(EventShape size, DataFile file, String what) {
    if (!size.isRow()) {
      throw new UsageException("%s has %s; give --size NEURONS".formatted(file.name(), what));
    }
  }

  /** What the user says, or else the file, which may say nothing. */
  private static EventShape sized(DataRequest request, EventShape ofFile, DataFile first) {
    EventShape shape = request.size() == null ? ofFile : request.size();
    if (shape == null) {
      throw new UsageException(
          "%s does not say how large the sensor is; give --size WIDTHxHEIGHT, or --size NEURONS"
              .formatted(first.name()));
    }
    return shape;
  }

  private static void refuseOptionsOfEvents(DataRequest request, DataFormat format) {
    if (request.binning() != null
        || request.size() != null
        || request.polarity() == DataRequest.Polarity.MERGED) {
      throw new UsageException(
          "--frames, --frame-duration, --dt, --size and --merge-polarities are for events; %s holds values"
              .formatted(format));
    }
  }

  private static Shape valueShape(DataFormat format, HadoopFile first) throws IOException {
    return switch (format) {
      case IMAGES -> new ImageSample(first, 0).shape();
      case IDX -> new IdxSamples(first).shape();
      case NPY -> ArraySamples.npy(first).shape();
      default -> ArraySamples.npz(first, 0).shape();
    };
  }

  private static Layout values(DataFormat format, Shape shape, String first) {
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      axes.add(shape.dim(axis));
    }
    List<Integer> common = DataReading.commonAxes(format, shape);
    return new Layout(new DataReading(format, false, null, null, common, first), axes);
  }

  /**
   * HDF5 that lies elsewhere would be copied for each part as a whole, and of a compressed file
   * each part would decompress all that comes before it.
   */
  private static boolean isCut(DataFormat format, SourceFile file) {
    boolean isCopied = format == DataFormat.HDF5 && !file.uri().startsWith("file:");
    boolean isGzip = file.uri().toLowerCase(Locale.ROOT).endsWith(".gz");
    return format.isSplittable() && !isCopied && !isGzip;
  }

  /**
   * Cuts files into parts and numbers their samples.
   *
   * @param counts samples of each file
   */
  static List<DataPart> parts(DataFormat format, List<SourceFile> files, long[] counts) {
    List<DataPart> parts = new ArrayList<>();
    long id = 0;
    for (int f = 0; f < counts.length; f++) {
      SourceFile file = files.get(f);
      long pieces = isCut(format, file) ? 1 + file.length() / PART_BYTES : 1;
      long each = Math.max(1, (counts[f] + pieces - 1) / pieces);
      for (long first = 0; first < counts[f]; first += each) {
        long count = Math.min(each, counts[f] - first);
        parts.add(new DataPart(file, first, count, id + first));
      }
      id += counts[f];
    }
    return parts;
  }
}
