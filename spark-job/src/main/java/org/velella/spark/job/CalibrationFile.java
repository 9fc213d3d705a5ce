package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.Network;
import org.velella.rate.CalibrationData;
import org.velella.spark.store.InputFile;
import org.velella.spark.store.IsDirectoryException;
import org.velella.tensor.Npy;
import org.velella.tensor.NpyException;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Calibration samples in an {@code .npy} file {@code [N, ...]} of any Hadoop file system, read a
 * few rows at a time.
 */
public final class CalibrationFile implements CalibrationData, AutoCloseable {
  private final InputFile file;
  private final Npy.Header header;
  private final int width;

  private CalibrationFile(InputFile file, Npy.Header header, int width) {
    this.file = file;
    this.header = header;
    this.width = width;
  }

  /**
   * Opens a file for a network.
   *
   * @throws UsageException if there is no such file, or its rows are not inputs of the network
   */
  public static CalibrationFile open(String uri, Network network, Configuration conf) {
    InputFile file = null;
    try {
      file = InputFile.open(uri, conf);
      Npy.Header header = Npy.header(file.fromStart(), uri);
      return new CalibrationFile(file, header, width(uri, file, header, network));
    } catch (NpyException | UsageException e) {
      close(file);
      throw new UsageException(e.getMessage(), e);
    } catch (IsDirectoryException e) {
      throw new UsageException(uri + " is a directory; give the calibration data's file", e);
    } catch (FileNotFoundException e) {
      throw new UsageException("There is no calibration data " + uri, e);
    } catch (IOException e) {
      close(file);
      throw new UncheckedIOException("Cannot read the calibration data " + uri, e);
    }
  }

  private static void close(InputFile file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int width(String uri, InputFile file, Npy.Header header, Network network) {
    Shape shape = header.shape();
    int size = network.inputSize();
    long rows = shape.rank() < 2 ? 0 : shape.dim(0);
    if (rows == 0 || header.elements() / rows != size) {
      throw new UsageException(
          "%s has the shape %s; calibration data must be [N, ...] with N above 0 and %d elements in each row, the network's input"
              .formatted(uri, shape, size));
    }
    if (header.fortranOrder()) {
      throw new UsageException(
          uri
              + " is in Fortran order; save it with numpy.ascontiguousarray to have rows in one"
              + " piece");
    }
    if (file.length() != header.dataOffset() + header.dataBytes()) {
      throw new UsageException(
          "%s has %d bytes, its header says %d"
              .formatted(uri, file.length(), header.dataOffset() + header.dataBytes()));
    }
    return size;
  }

  @Override
  public long samples() {
    return header.shape().dim(0);
  }

  @Override
  public Tensor rows(long from, int count) {
    int rowBytes = Math.multiplyExact(width, header.type().bytes());
    try {
      byte[] data =
          file.read(header.dataOffset() + from * rowBytes, Math.multiplyExact(count, rowBytes));
      Shape part = Shape.of(count, width);
      return Tensor.of(part, header.decode(data, part).toFloats());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the calibration data " + file.name(), e);
    }
  }

  @Override
  public void close() {
    close(file);
  }
}
