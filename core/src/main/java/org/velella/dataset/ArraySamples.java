package org.velella.dataset;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Dense arrays: a {@code .npy} file {@code [N, *]} or {@code [N, T, *]} of N samples, or a {@code
 * .npz} file with one sample's {@code frames [T, *]}, as SpikingJelly leaves them.
 */
public final class ArraySamples implements SampleReader {
  private static final String FRAMES = "frames";

  private final DataFile file;

  /** Null if there are none. */
  private final DataFile labels;

  private final boolean isFrames;
  private final int label;

  private ArraySamples(DataFile file, DataFile labels, boolean isFrames, int label) {
    this.file = file;
    this.labels = labels;
    this.isFrames = isFrames;
    this.label = label;
  }

  /**
   * A {@code .npy} file.
   *
   * @param labels a {@code .npy} file {@code [N]} of whole numbers
   */
  public static ArraySamples npy(DataFile file, DataFile labels) {
    return new ArraySamples(file, labels, false, Sample.NO_LABEL);
  }

  /** A {@code .npy} file of samples without labels. */
  public static ArraySamples npy(DataFile file) {
    return new ArraySamples(file, null, false, Sample.NO_LABEL);
  }

  /** A {@code .npz} file of one sample. */
  public static ArraySamples npz(DataFile file, int label) {
    return new ArraySamples(file, null, true, label);
  }

  private NpzEntry open() throws IOException {
    NpzEntry entry = isFrames ? NpzEntry.open(file, FRAMES) : NpzEntry.open(file);
    int rank = entry.header().shape().rank();
    if (rank < 2) {
      entry.close();
      throw DatasetException.of(
          file.name(),
          "its array has shape %s; it should be %s"
              .formatted(entry.header().shape(), isFrames ? "[T, *]" : "[N, *] or [N, T, *]"));
    }
    return entry;
  }

  @Override
  public long samples() throws IOException {
    if (isFrames) {
      return 1;
    }
    try (NpzEntry entry = open()) {
      return entry.header().shape().dim(0);
    }
  }

  @Override
  public boolean mayRound() throws IOException {
    try (NpzEntry entry = open()) {
      return switch (entry.header().dtype()) {
        case FLOAT64, INT64, INT32 -> true;
        default -> false;
      };
    }
  }

  /** The axes of one sample. */
  public Shape shape() throws IOException {
    try (NpzEntry entry = open()) {
      int[] dims = entry.header().shape().toArray();
      return Shape.of(isFrames ? dims : Arrays.copyOfRange(dims, 1, dims.length));
    }
  }

  @Override
  public Samples read(long first, long count) throws IOException {
    NpzEntry entry = open();
    NpzEntry classes = null;
    try {
      classes = labels != null ? NpzEntry.open(labels) : null;
      long size = size(entry.header());
      requireFit(entry, classes, size);
      entry.skip(first * size);
      if (classes != null) {
        classes.skip(first);
      }
    } catch (IOException | RuntimeException e) {
      Closing.after(e, entry, classes);
      throw e;
    }
    return samples(entry, classes, first, count);
  }

  /** Values of one sample. */
  private long size(Npy.Header header) {
    return header.elements() / (isFrames ? 1 : Math.max(1, header.shape().dim(0)));
  }

  private Samples samples(NpzEntry entry, NpzEntry classes, long first, long count) {
    Npy.Header header = entry.header();
    long size = size(header);
    return new Samples() {
      private long done;
      private long rounded;

      @Override
      public long rounded() {
        return rounded;
      }

      @Override
      public Optional<Sample> next() throws IOException {
        if (done == count) {
          return Optional.empty();
        }
        Tensor block = entry.next((int) size);
        float[] values = floats(block);
        rounded += countRounded(block, values);
        int steps = isFrames ? header.shape().dim(0) : 1;
        int own = classes == null ? label : Labels.of(labels.name(), nextLabel(classes));
        return Optional.of(new Sample(first + done++, new SampleData.Frames(steps, values), own));
      }

      @Override
      public void close() throws IOException {
        entry.close();
        if (classes != null) {
          classes.close();
        }
      }
    };
  }

  private static long nextLabel(NpzEntry classes) throws IOException {
    long[] one = new long[1];
    classes.next(one, 1, "labels are whole numbers from 0 on");
    return one[0];
  }

  private void requireFit(NpzEntry entry, NpzEntry classes, long size) {
    if (size < 1 || size * entry.header().type().bytes() > Integer.MAX_VALUE) {
      throw DatasetException.of(file.name(), "a sample of " + size + " values");
    }
    if (classes != null
        && (classes.header().shape().rank() != 1
            || classes.header().shape().dim(0) != entry.header().shape().dim(0))) {
      throw DatasetException.of(
          labels.name(),
          "labels of shape %s for samples of shape %s; there should be one label for each"
              .formatted(classes.header().shape(), entry.header().shape()));
    }
  }

  /** How many of the file's numbers are others as floats. */
  private static long countRounded(Tensor block, float[] values) {
    long rounded = 0;
    switch (block.dtype()) {
      case FLOAT64 -> {
        for (int i = 0; i < values.length; i++) {
          rounded += values[i] != block.doubleAt(i) ? 1 : 0;
        }
      }
      case INT64 -> {
        for (int i = 0; i < values.length; i++) {
          // The largest number is no float, but the cast of the float after it gives it.
          boolean same = (long) values[i] == block.longs()[i] && values[i] != 0x1p63f;
          rounded += same ? 0 : 1;
        }
      }
      case INT32 -> {
        for (int i = 0; i < values.length; i++) {
          rounded += (double) values[i] != block.ints()[i] ? 1 : 0;
        }
      }
      default -> {}
    }
    return rounded;
  }

  private float[] floats(Tensor block) {
    float[] values = block.toFloats();
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw DatasetException.of(file.name(), "a sample holds " + value + "; input is finite");
      }
    }
    return values;
  }
}
