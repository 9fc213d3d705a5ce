package org.velella.dataset;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** A file that counts what is read of it. */
final class MeasuredFile implements DataFile {
  private final DataFile file;
  private final AtomicLong read = new AtomicLong();

  MeasuredFile(DataFile file) {
    this.file = file;
  }

  /** Bytes that all its streams have given so far. */
  long read() {
    return read.get();
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public long length() throws IOException {
    return file.length();
  }

  @Override
  public InputStream open(long offset) throws IOException {
    return new FilterInputStream(file.open(offset)) {
      @Override
      public int read(byte[] to, int from, int count) throws IOException {
        int some = super.read(to, from, count);
        read.addAndGet(Math.max(0, some));
        return some;
      }
    };
  }
}
