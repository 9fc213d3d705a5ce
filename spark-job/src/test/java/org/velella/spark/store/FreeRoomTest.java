package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeRoomTest {
  private static final long FREE = 1_000_000_000;

  @TempDir Path folder;

  /** A file system that keeps three copies of each file and says how much is free. */
  public static final class ThreeCopies extends RawLocalFileSystem {
    /** Called by Hadoop. */
    public ThreeCopies() {}

    @Override
    public URI getUri() {
      return URI.create("hdfs://name:8020");
    }

    @Override
    public FsStatus getStatus(org.apache.hadoop.fs.Path path) {
      return new FsStatus(2 * FREE, FREE, FREE);
    }

    @Override
    public short getDefaultReplication(org.apache.hadoop.fs.Path path) {
      return 3;
    }
  }

  /** Others write there meanwhile, so it need not be the same to the byte. */
  @Test
  void ofADiskWhatItsFileSystemTells() throws IOException {
    URI run = folder.resolve("not/there/yet").toUri();
    long told = FreeRoom.bytes(run, new Configuration()).orElseThrow();
    long there = Files.getFileStore(folder).getUsableSpace();
    assertThat(told).isPositive();
    assertThat((double) told / there).isBetween(0.5, 2.0);
  }

  @Test
  void copiesOfAFileShareTheRoom() throws IOException {
    Configuration conf = new Configuration();
    conf.set("fs.hdfs.impl", ThreeCopies.class.getName());
    conf.setBoolean("fs.hdfs.impl.disable.cache", true);
    URI run = URI.create("hdfs://name:8020" + folder.resolve("run"));
    assertThat(FreeRoom.bytes(run, conf)).isEqualTo(OptionalLong.of(FREE / 3));
  }

  /** A file system that does not tell. */
  public static final class Silent extends RawLocalFileSystem {
    /** Called by Hadoop. */
    public Silent() {}

    @Override
    public URI getUri() {
      return URI.create("hdfs://name:8020");
    }

    @Override
    public FsStatus getStatus(org.apache.hadoop.fs.Path path) throws IOException {
      throw new IOException("standby");
    }
  }

  @Test
  void whoDoesNotTellIsNotCompared() {
    Configuration conf = new Configuration();
    conf.set("fs.hdfs.impl", Silent.class.getName());
    conf.setBoolean("fs.hdfs.impl.disable.cache", true);
    URI run = URI.create("hdfs://name:8020" + folder.resolve("run"));
    assertThat(FreeRoom.bytes(run, conf)).isEmpty();
  }

  @Test
  void objectStoresHaveNoEndThatTheyKnowOf() throws IOException {
    Configuration conf = FakeS3.configure(new Configuration());
    assertThat(FreeRoom.bytes(URI.create("s3a://bucket/a/run"), conf)).isEmpty();
  }
}
