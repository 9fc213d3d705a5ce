package org.velella.spark.store;

import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A local directory as {@code hdfs:}, whose renaming without overwriting is atomic, as that of HDFS
 * is. Each authority has its own faults.
 */
public final class FakeHdfs extends RawLocalFileSystem {
  private static final int PORT = 8020;
  private static final ConcurrentMap<String, StoreFaults> FAULTS = new ConcurrentHashMap<>();

  private URI uri;
  private StoreFaults faults;

  /** Called by Hadoop. */
  public FakeHdfs() {}

  /** The faults of an authority. */
  public static StoreFaults faults(String authority) {
    return FAULTS.computeIfAbsent(authority, unused -> new StoreFaults());
  }

  /** A configuration in which {@code hdfs:} means this. */
  public static Configuration configure(Configuration conf) {
    conf.set("fs.hdfs.impl", FakeHdfs.class.getName());
    conf.set("fs.AbstractFileSystem.hdfs.impl", Context.class.getName());
    return conf;
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    uri = URI.create("hdfs://" + name.getAuthority());
    faults = faults(name.getAuthority());
  }

  @Override
  public URI getUri() {
    // Asked for by a constructor, before there is one.
    return uri == null ? URI.create("hdfs:///") : uri;
  }

  @Override
  protected int getDefaultPort() {
    return PORT;
  }

  @Override
  public String getScheme() {
    return "hdfs";
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    FSDataOutputStream stream =
        faults.send(
            "create " + path,
            () ->
                super.create(
                    path, permission, overwrite, bufferSize, replication, blockSize, progress));
    java.nio.file.Path file = java.nio.file.Path.of(path.toUri().getPath());
    return new FSDataOutputStream(
        new Unforced(faults.isFull(path.toString()) ? new Full(stream) : stream, file), null);
  }

  /** Files whose bytes may be lost with the power of the machines that hold them. */
  private static final Set<java.nio.file.Path> UNFORCED = ConcurrentHashMap.newKeySet();

  /** Notes what is written and not forced. */
  private static final class Unforced extends FilterOutputStream implements Syncable {
    private final java.nio.file.Path file;

    Unforced(OutputStream out, java.nio.file.Path file) {
      super(out);
      this.file = file;
      UNFORCED.add(file);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      UNFORCED.add(file);
      out.write(bytes, from, count);
    }

    @Override
    public void hflush() throws IOException {
      out.flush();
    }

    @Override
    public void hsync() throws IOException {
      out.flush();
      UNFORCED.remove(file);
    }
  }

  /** Takes the beginning of a file and has no room for the rest. */
  private static final class Full extends FilterOutputStream {
    private static final int ROOM = 100;
    private int room = ROOM;

    Full(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      out.write(bytes, from, Math.min(room, count));
      room -= Math.min(room, count);
      if (room == 0) {
        throw new IOException("No space left on device");
      }
    }
  }

  /** Without Hadoop's native library this would start a process for each file. */
  @Override
  public void setPermission(Path path, FsPermission permission) {}

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return faults.send("open " + path, () -> super.open(path, bufferSize));
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    return faults.send("delete " + path, () -> super.delete(path, recursive));
  }

  @Override
  public FsStatus getStatus(Path path) {
    long free = faults.free();
    return new FsStatus(free, 0, free);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return faults.send("list " + path, () -> super.listStatus(path));
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return faults.send("status of " + path, () -> super.getFileStatus(path));
  }

  /** What {@code FileContext} asks for. */
  public static final class Context extends DelegateToFileSystem {
    private static final Object NAME_NODE = new Object();

    /** Called by Hadoop. */
    public Context(URI uri, Configuration conf) throws IOException, URISyntaxException {
      super(uri, new FakeHdfs(), conf, "hdfs", true);
    }

    @Override
    public int getUriDefaultPort() {
      return PORT;
    }

    private static java.nio.file.Path local(Path path) {
      return java.nio.file.Path.of(path.toUri().getPath());
    }

    @Override
    public void renameInternal(Path source, Path target, boolean overwrite) throws IOException {
      ((FakeHdfs) fsImpl)
          .faults.send(
              "rename to " + target,
              () -> {
                if (UNFORCED.contains(local(source))) {
                  throw new IllegalStateException(source + " gets its name before it is forced");
                }
                move(local(source), local(target), overwrite);
                return null;
              });
    }

    @Override
    public void renameInternal(Path source, Path target) throws IOException {
      renameInternal(source, target, false);
    }

    private static void move(
        java.nio.file.Path source, java.nio.file.Path target, boolean overwrite)
        throws IOException {
      synchronized (NAME_NODE) {
        if (!overwrite && Files.exists(target)) {
          throw new FileAlreadyExistsException(target.toString());
        }
        if (!Files.exists(source)) {
          throw new FileNotFoundException(source.toString());
        }
        // Hadoop's own local file system would refuse the target, or delete it first.
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }
}
