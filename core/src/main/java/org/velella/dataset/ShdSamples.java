package org.velella.dataset;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Optional;
import org.velella.hdf5.Hdf5Arrays;
import org.velella.hdf5.Hdf5Exception;
import org.velella.hdf5.Hdf5Guard;

/**
 * The HDF5 files of SHD and SSC: {@code /spikes/times} (seconds) and {@code /spikes/units}
 * (neurons), one list for each sample, and {@code /labels}. Read sample by sample.
 */
public final class ShdSamples implements SampleReader {
  /** How many inputs the cochlea of SHD and SSC has. */
  public static final int COCHLEA = 700;

  private static final String TIMES = "/spikes/times";
  private static final String UNITS = "/spikes/units";
  private static final String LABELS = "/labels";

  private final DataFile file;
  private final EventBinner binner;

  /**
   * The samples of a file.
   *
   * @param shape the addresses that its events may have
   */
  public ShdSamples(DataFile file, Binning binning, EventShape shape) {
    this.file = file;
    this.binner = new EventBinner(binning, shape, EventFile.NANOSECONDS);
  }

  @Override
  public long samples() throws IOException {
    try (Opened opened = new Opened()) {
      return opened.samples;
    }
  }

  @Override
  public Samples read(long first, long count) throws IOException {
    Opened opened = new Opened();
    return new Samples() {
      private long done;

      @Override
      public Optional<Sample> next() throws IOException {
        return done == count ? Optional.empty() : Optional.of(opened.sample(first + done++));
      }

      @Override
      public void close() {
        opened.close();
      }
    };
  }

  /** The file while it is read. */
  private final class Opened implements AutoCloseable {
    private final HdfFile hdf;
    private final Hdf5Arrays arrays = new Hdf5Arrays(file.length());
    private final Dataset times;
    private final Dataset units;

    /** Null if there are none. */
    private final Dataset labels;

    private final long samples;

    Opened() throws IOException {
      java.nio.file.Path local = file.local();
      hdf = guarded("the file", () -> new HdfFile(local));
      try {
        times = dataset(TIMES);
        units = dataset(UNITS);
        boolean labelled = guarded(LABELS, () -> hdf.getChildren().containsKey("labels"));
        labels = labelled ? dataset(LABELS) : null;
        samples = length(times, TIMES);
        if (length(units, UNITS) != samples
            || labels != null && length(labels, LABELS) != samples) {
          throw DatasetException.of(
              file.name(), "%s, %s and %s have different lengths".formatted(TIMES, UNITS, LABELS));
        }
      } catch (RuntimeException e) {
        Closing.after(e, hdf);
        throw e;
      }
    }

    private Dataset dataset(String path) {
      return guarded(path, () -> arrays.admitted(hdf, path.substring(1).split("/")));
    }

    private long length(Dataset dataset, String path) {
      long[] dims = guarded(path, dataset::getDimensionsAsLong);
      if (dims.length != 1) {
        throw DatasetException.of(
            file.name(),
            "%s has %d axes; in the layout of SHD it has one, the sample"
                .formatted(path, dims.length));
      }
      return dims[0];
    }

    Sample sample(long number) throws IOException {
      double[] time = list(times, TIMES, number);
      double[] unit = list(units, UNITS, number);
      if (unit.length != time.length) {
        throw DatasetException.of(
            file.name(),
            "sample %d has %d times and %d units".formatted(number, time.length, unit.length));
      }
      EventBuffer events = new EventBuffer(file.name() + ", sample " + number);
      for (int i = 0; i < time.length; i++) {
        int neuron = unit[i] == (int) unit[i] ? (int) unit[i] : -1;
        events.event(nanoseconds(number, time[i]), neuron, 0, 0);
      }
      return new Sample(number, binner.bin(events, 0), label(number));
    }

    /** Down to whole nanoseconds, so that a time does not come into the step after its own. */
    private long nanoseconds(long sample, double seconds) {
      if (!(seconds >= 0 && seconds < 9e9)) {
        throw DatasetException.of(
            file.name(), "sample %d has a spike at %s s".formatted(sample, seconds));
      }
      return (long) Math.floor(seconds * EventFile.NANOSECONDS);
    }

    /** One sample's list. */
    private double[] list(Dataset lists, String path, long number) {
      Object list = guarded(path, () -> arrays.element(lists, number));
      // What the library makes of half and single precision, and of two-byte numbers, first.
      if (list instanceof float[] floats) {
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = floats[i];
        }
        return values;
      }
      if (list instanceof int[] ints) {
        return Arrays.stream(ints).asDoubleStream().toArray();
      }
      if (list instanceof double[]
          || list instanceof long[]
          || list instanceof short[]
          || list instanceof byte[]) {
        double[] values = new double[Array.getLength(list)];
        for (int i = 0; i < values.length; i++) {
          values[i] = Array.getDouble(list, i);
        }
        return values;
      }
      throw DatasetException.of(
          file.name(), path + " holds no lists of numbers; the layout of SHD has such");
    }

    private int label(long number) {
      if (labels == null) {
        return Sample.NO_LABEL;
      }
      if (!(guarded(LABELS, () -> arrays.element(labels, number)) instanceof Number value)) {
        throw DatasetException.of(file.name(), LABELS + " holds no numbers");
      }
      return Labels.of(file.name(), value.longValue());
    }

    @Override
    public void close() {
      hdf.close();
    }
  }

  private <T> T guarded(String what, Hdf5Guard.Reading<T> reading) {
    try {
      return Hdf5Guard.run(DatasetException.class, reading);
    } catch (Hdf5Exception | IOException e) {
      throw new DatasetException(
          "%s: %s cannot be read (%s); it should be an HDF5 file in the layout of SHD"
              .formatted(file.name(), what, e.getMessage()),
          e);
    }
  }
}
