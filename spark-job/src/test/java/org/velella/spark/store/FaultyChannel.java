package org.velella.spark.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** An open file of {@link FaultyDisk}, whose reading, writing and forcing may fail. */
final class FaultyChannel extends FileChannel {
  private final FileChannel file;
  private final Calls calls;

  /** Makes a call, or lets it fail. */
  @FunctionalInterface
  interface Calls {
    Object send(String call, StoreFaults.Request<?> request) throws IOException;
  }

  FaultyChannel(FileChannel file, Calls calls) {
    this.file = file;
    this.calls = calls;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    return (Integer) calls.send("read", () -> file.read(to));
  }

  @Override
  public long read(ByteBuffer[] to, int from, int count) throws IOException {
    return (Long) calls.send("read", () -> file.read(to, from, count));
  }

  @Override
  public int read(ByteBuffer to, long position) throws IOException {
    return (Integer) calls.send("read", () -> file.read(to, position));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return (Integer) calls.send("write", () -> file.write(bytes));
  }

  @Override
  public long write(ByteBuffer[] bytes, int from, int count) throws IOException {
    return (Long) calls.send("write", () -> file.write(bytes, from, count));
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    return (Integer) calls.send("write", () -> file.write(bytes, position));
  }

  @Override
  public void force(boolean metaData) throws IOException {
    calls.send(
        "force",
        () -> {
          file.force(metaData);
          return null;
        });
  }

  @Override
  public long position() throws IOException {
    return file.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    file.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    file.truncate(size);
    return this;
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel to) throws IOException {
    return file.transferTo(position, count, to);
  }

  @Override
  public long transferFrom(ReadableByteChannel from, long position, long count) throws IOException {
    return file.transferFrom(from, position, count);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    return file.map(mode, position, size);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return file.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return file.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }
}
