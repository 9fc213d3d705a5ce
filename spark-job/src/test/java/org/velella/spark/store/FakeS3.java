package org.velella.spark.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * S3 as S3A shows it, on the heap of this JVM: objects appear when their upload is closed, uploads
 * can be made conditional, renaming copies and deletes, directories are prefixes. Each bucket has
 * its own faults.
 */
public final class FakeS3 extends FileSystem {
  /** Switches conditional creation off, as on Hadoop before 3.4.2. */
  static final String OLD = "velella.test.s3.old";

  private static final ConcurrentMap<String, Bucket> BUCKETS = new ConcurrentHashMap<>();

  private URI uri;
  private Bucket bucket;
  private Path working;

  private record Stored(byte[] bytes, String writeId, long time) {}

  private static final class Bucket {
    private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
    private final StoreFaults faults = new StoreFaults();
  }

  /** The faults of a bucket. */
  public static StoreFaults faults(String bucket) {
    return bucket(bucket).faults;
  }

  /** Removes all objects of a bucket. */
  public static void clear(String bucket) {
    bucket(bucket).objects.clear();
  }

  /** Keys of all objects of a bucket, sorted. */
  public static List<String> keys(String bucket) {
    return List.copyOf(bucket(bucket).objects.keySet());
  }

  private static Bucket bucket(String name) {
    return BUCKETS.computeIfAbsent(name, unused -> new Bucket());
  }

  /** A configuration in which {@code s3a:} means this. */
  public static Configuration configure(Configuration conf) {
    conf.set("fs.s3a.impl", FakeS3.class.getName());
    return conf;
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    setConf(conf);
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    bucket = bucket(name.getAuthority());
    working = new Path(uri.toString(), "/");
  }

  @Override
  public String getScheme() {
    return uri.getScheme();
  }

  @Override
  public URI getUri() {
    return uri;
  }

  private String key(Path path) {
    return makeQualified(path).toUri().getPath();
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    if (capability.equals(S3CheckpointStore.CONDITIONAL)) {
      return !getConf().getBoolean(OLD, false);
    }
    return super.hasPathCapability(path, capability);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    Stored stored = bucket.faults.send("GET " + path, () -> require(path));
    return new FSDataInputStream(new Download(stored.bytes()));
  }

  private Stored require(Path path) throws FileNotFoundException {
    Stored stored = bucket.objects.get(key(path));
    if (stored == null) {
      throw new FileNotFoundException("No such object: " + path);
    }
    return stored;
  }

  @Override
  public FSDataOutputStreamBuilder<?, ?> createFile(Path path) {
    return new UploadBuilder(this, path);
  }

  /** Takes the options that S3A takes. */
  private static final class UploadBuilder
      extends FSDataOutputStreamBuilder<FSDataOutputStream, UploadBuilder> {
    private final FakeS3 s3;
    private final Path target;

    UploadBuilder(FakeS3 files, Path path) {
      super(files, path);
      s3 = files;
      target = path;
    }

    @Override
    public UploadBuilder getThisBuilder() {
      return this;
    }

    @Override
    public FSDataOutputStream build() throws IOException {
      rejectUnknownMandatoryKeys(
          Set.of(S3CheckpointStore.CONDITIONAL, S3CheckpointStore.WRITE_OPTION), "for " + target);
      boolean conditional = getOptions().getBoolean(S3CheckpointStore.CONDITIONAL, false);
      String id = getOptions().get(S3CheckpointStore.WRITE_OPTION);
      return s3.upload(target, conditional, id);
    }
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
    if (!overwrite && exists(path)) {
      throw new org.apache.hadoop.fs.FileAlreadyExistsException(path.toString());
    }
    return upload(path, false, null);
  }

  private FSDataOutputStream upload(Path path, boolean conditional, String id) throws IOException {
    return new FSDataOutputStream(new Upload(key(path), conditional, id), null);
  }

  /** An object on its way; nobody sees it before it is closed. */
  private final class Upload extends ByteArrayOutputStream
      implements Abortable, StreamCapabilities {
    private final String key;
    private final boolean conditional;
    private final String id;
    private boolean over;

    Upload(String key, boolean conditional, String id) {
      this.key = key;
      this.conditional = conditional;
      this.id = id;
    }

    @Override
    public void close() throws IOException {
      if (over) {
        return;
      }
      over = true;
      Stored stored = new Stored(toByteArray(), id, System.currentTimeMillis());
      bucket.faults.send("PUT " + key, () -> put(stored));
    }

    private Void put(Stored stored) throws IOException {
      if (!conditional) {
        bucket.objects.put(key, stored);
      } else if (bucket.objects.putIfAbsent(key, stored) != null) {
        throw new PathIOException(key, "412 Precondition Failed");
      }
      return null;
    }

    @Override
    public AbortableResult abort() {
      boolean before = over;
      over = true;
      return new AbortableResult() {
        @Override
        public boolean alreadyClosed() {
          return before;
        }

        @Override
        public IOException anyCleanupException() {
          return null;
        }
      };
    }

    @Override
    public boolean hasCapability(String capability) {
      return capability.equals(StreamCapabilities.ABORTABLE_STREAM);
    }
  }

  @Override
  public byte[] getXAttr(Path path, String name) throws IOException {
    Stored stored = bucket.faults.send("HEAD " + path, () -> require(path));
    boolean asked = name.equals(S3CheckpointStore.WRITE_ATTRIBUTE);
    return asked && stored.writeId() != null ? stored.writeId().getBytes(UTF_8) : null;
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    Stored stored =
        bucket.faults.send(
            "COPY " + from,
            () -> {
              Stored source = require(from);
              bucket.objects.put(key(to), source);
              return source;
            });
    return bucket.faults.send(
        "DELETE " + from, () -> bucket.objects.remove(key(from), stored) || true);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    return bucket.faults.send("DELETE " + path, () -> bucket.objects.remove(key(path)) != null);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    return bucket.faults.send("LIST " + path, () -> entries(path));
  }

  private FileStatus[] entries(Path path) throws FileNotFoundException {
    Stored self = bucket.objects.get(key(path));
    if (self != null) {
      return new FileStatus[] {status(path, self)};
    }
    String prefix = key(path).equals("/") ? "/" : key(path) + "/";
    List<FileStatus> found = new ArrayList<>();
    Set<String> folders = new TreeSet<>();
    for (var entry : bucket.objects.tailMap(prefix).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      String rest = entry.getKey().substring(prefix.length());
      int slash = rest.indexOf('/');
      if (slash < 0) {
        found.add(status(new Path(path, rest), entry.getValue()));
      } else {
        folders.add(rest.substring(0, slash));
      }
    }
    folders.forEach(folder -> found.add(folder(new Path(path, folder))));
    if (found.isEmpty()) {
      throw new FileNotFoundException("No such prefix: " + path);
    }
    return found.toArray(FileStatus[]::new);
  }

  private FileStatus status(Path path, Stored stored) {
    return new FileStatus(
        stored.bytes().length, false, 1, 1 << 20, stored.time(), makeQualified(path));
  }

  private FileStatus folder(Path path) {
    return new FileStatus(0, true, 1, 0, 0, makeQualified(path));
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return bucket.faults.send(
        "HEAD " + path,
        () -> {
          Stored stored = bucket.objects.get(key(path));
          if (stored != null) {
            return status(path, stored);
          }
          if (key(path).equals("/") || entries(path).length > 0) {
            return folder(path);
          }
          throw new FileNotFoundException("No such object: " + path);
        });
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) {
    return true;
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("S3 does not append");
  }

  @Override
  public void setWorkingDirectory(Path path) {
    working = path;
  }

  @Override
  public Path getWorkingDirectory() {
    return working;
  }

  /** An object's bytes as they were when it was opened. */
  private static final class Download extends FSInputStream {
    private final ByteArrayInputStream in;
    private final int length;

    Download(byte[] bytes) {
      in = new ByteArrayInputStream(bytes);
      length = bytes.length;
    }

    @Override
    public void seek(long position) throws IOException {
      if (position < 0 || position > length) {
        throw new EOFException("Position " + position + " of " + length);
      }
      in.reset();
      in.skip(position);
    }

    @Override
    public long getPos() {
      return length - in.available();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public int read() {
      return in.read();
    }

    @Override
    public int read(byte[] target, int from, int count) {
      return in.read(target, from, count);
    }
  }
}
