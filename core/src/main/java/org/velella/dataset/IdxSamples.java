package org.velella.dataset;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.velella.tensor.Shape;

/**
 * The files of MNIST and its kin, plain or as {@code .gz}: images of bytes, as values from 0 to 1,
 * and their labels in a file of their own.
 */
public final class IdxSamples implements SampleReader {
  private static final int BUFFER = 1 << 16;
  private static final int MAX_PIXELS = 1 << 28;

  private final DataFile images;

  /** Null if there are none. */
  private final DataFile labels;

  /** Images with labels. */
  public IdxSamples(DataFile images, DataFile labels) {
    this.images = images;
    this.labels = labels;
  }

  /** Images without labels. */
  public IdxSamples(DataFile images) {
    this.images = images;
    this.labels = null;
  }

  /** An opened file, at one of its elements; {@code isPlain} if its bytes are the elements. */
  private record Idx(DataFile file, boolean isPlain, InputStream in, int[] dims) {
    static Idx open(DataFile file, int rank) throws IOException {
      InputStream in = new BufferedInputStream(file.open(0), buffer(file));
      try {
        in.mark(2);
        boolean isGzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        in = isGzip ? new GZIPInputStream(in, buffer(file)) : in;
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4
            || magic[0] != 0
            || magic[1] != 0
            || magic[2] != 8
            || magic[3] != rank) {
          throw DatasetException.of(
              file.name(),
              "it is no IDX file of bytes with %d axes; give the %s file"
                  .formatted(rank, rank == 1 ? "labels" : "images"));
        }
        int[] dims = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
          byte[] dim = in.readNBytes(4);
          dims[axis] = dim.length < 4 ? -1 : ByteBuffer.wrap(dim).getInt();
          if (dims[axis] < 0) {
            throw DatasetException.of(file.name(), "axis %d of %d".formatted(axis, dims[axis]));
          }
        }
        return new Idx(file, !isGzip, in, dims);
      } catch (ZipException | EOFException e) {
        Closing.after(e, in);
        throw new DatasetException(file.name() + ": its compression is damaged", e);
      } catch (IOException | RuntimeException e) {
        Closing.after(e, in);
        throw e;
      }
    }

    private static int buffer(DataFile file) throws IOException {
      return (int) Math.max(512, Math.min(BUFFER, file.length()));
    }

    byte[] next(int count) throws IOException {
      try {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length == count) {
          return bytes;
        }
      } catch (ZipException | EOFException e) {
        throw new DatasetException(file.name() + ": its compression is damaged", e);
      }
      throw cutShort();
    }

    private DatasetException cutShort() {
      return DatasetException.of(file.name(), "it ends before its last element; it is cut short");
    }

    /** The file some elements after the first, at which it is; compressed ones must be read. */
    Idx after(long count) throws IOException {
      if (isPlain && count > 0) {
        long offset = 4 + 4L * dims.length + count;
        if (offset > file.length()) {
          throw cutShort();
        }
        in.close();
        InputStream there = new BufferedInputStream(file.open(offset), buffer(file));
        return new Idx(file, true, there, dims);
      }
      for (long left = count; left > 0; left -= BUFFER) {
        next((int) Math.min(BUFFER, left));
      }
      return this;
    }
  }

  private Idx open() throws IOException {
    Idx idx = Idx.open(images, 3);
    long pixels = (long) idx.dims()[1] * idx.dims()[2];
    if (pixels < 1 || pixels > MAX_PIXELS) {
      idx.in().close();
      throw DatasetException.of(
          images.name(), "images of %d by %d pixels".formatted(idx.dims()[1], idx.dims()[2]));
    }
    return idx;
  }

  @Override
  public long samples() throws IOException {
    Idx idx = open();
    idx.in().close();
    if (labels != null) {
      Idx classes = Idx.open(labels, 1);
      classes.in().close();
      if (classes.dims()[0] != idx.dims()[0]) {
        throw DatasetException.of(
            labels.name(),
            "%d labels for %d images; give the labels of these images"
                .formatted(classes.dims()[0], idx.dims()[0]));
      }
    }
    return idx.dims()[0];
  }

  /** The axes of one image: channels, height, width. */
  public Shape shape() throws IOException {
    Idx idx = open();
    idx.in().close();
    return Shape.of(1, idx.dims()[1], idx.dims()[2]);
  }

  @Override
  public Samples read(long first, long count) throws IOException {
    Idx idx = open();
    Idx classes = null;
    try {
      classes = labels != null ? Idx.open(labels, 1) : null;
      idx = idx.after(first * idx.dims()[1] * idx.dims()[2]);
      classes = classes == null ? null : classes.after(first);
    } catch (IOException | RuntimeException e) {
      Closing.after(e, idx.in(), classes == null ? null : classes.in());
      throw e;
    }
    return samples(idx, classes, first, count);
  }

  private static Samples samples(Idx idx, Idx classes, long first, long count) {
    int pixels = idx.dims()[1] * idx.dims()[2];
    return new Samples() {
      private long done;

      @Override
      public Optional<Sample> next() throws IOException {
        if (done == count) {
          return Optional.empty();
        }
        byte[] bytes = idx.next(pixels);
        float[] values = new float[pixels];
        for (int i = 0; i < pixels; i++) {
          values[i] = (bytes[i] & 0xff) / 255f;
        }
        int label = classes == null ? Sample.NO_LABEL : classes.next(1)[0] & 0xff;
        return Optional.of(new Sample(first + done++, new SampleData.Frames(1, values), label));
      }

      @Override
      public void close() throws IOException {
        idx.in().close();
        if (classes != null) {
          classes.in().close();
        }
      }
    };
  }
}
