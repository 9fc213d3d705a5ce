package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.ExclusiveCreateUnsupportedException;
import org.velella.checkpoint.LocalCheckpointStore;

class RunStoresTest {
  private static final Configuration CONF = new Configuration();

  @TempDir Path folder;

  @Test
  void plainPathsAreLocal() throws IOException {
    URI uri = RunStores.resolve(folder.resolve("a run").toString(), CONF);
    assertThat(uri.getScheme()).isEqualTo("file");
    assertThat(RunStores.open(uri, CONF))
        .isInstanceOf(LocalCheckpointStore.class)
        .extracting(store -> store.location())
        .isEqualTo(folder.resolve("a run").toString());
  }

  @Test
  void refusesAFileSystemWhoseCommitsCouldCollide() {
    assertThatThrownBy(() -> RunStores.open(URI.create("gs://bucket/run"), CONF))
        .isInstanceOf(ExclusiveCreateUnsupportedException.class)
        .hasMessageContaining("gs://bucket/run")
        .hasMessageContaining("hdfs:");
  }

  /** No jar serves gs here, and none is needed to know that it is refused. */
  @Test
  void refusesItByNameAlone() {
    assertThatThrownBy(() -> RunStores.resolve("gs://bucket/run", CONF))
        .isInstanceOf(ExclusiveCreateUnsupportedException.class)
        .hasMessageContaining("gs://bucket/run");
  }

  @Test
  void saysWhenNoJarServesTheFileSystem() {
    assertThatThrownBy(() -> RunStores.resolve("s3a://nobody/run", CONF))
        .isInstanceOf(UnsupportedFileSystemException.class)
        .hasMessageContaining("s3a://nobody/run");
    assertThatThrownBy(() -> InputFile.open("s3a://nobody/net.nir", CONF))
        .isInstanceOf(UnsupportedFileSystemException.class)
        .hasMessageContaining("s3a://nobody/net.nir");
  }

  @Test
  void objectStoreWithConditionalUploads() throws IOException {
    Configuration conf = FakeS3.configure(new Configuration());
    URI uri = RunStores.resolve("s3a://bucket/a/run", conf);
    assertThat(RunStores.open(uri, conf))
        .isInstanceOf(S3CheckpointStore.class)
        .extracting(store -> store.location())
        .isEqualTo("s3a://bucket/a/run");
  }

  /** Azure's file system is not on the class path; one without access lists stands in for it. */
  @Test
  void refusesAzureWithoutANamespace() {
    Configuration conf = new Configuration();
    conf.set("fs.abfs.impl", FakeS3.class.getName());
    assertThatThrownBy(() -> RunStores.open(URI.create("abfs://c@account/run"), conf))
        .isInstanceOf(ExclusiveCreateUnsupportedException.class)
        .hasMessageContainingAll("abfs://c@account/run", "hierarchical namespace");
  }

  @Test
  void absoluteNamesMeanTheSameEverywhere() throws IOException {
    String expected = Path.of("a b", "x*.npy").toAbsolutePath().toString();
    assertThat(InputFile.absolute("a b/x*.npy", CONF)).isEqualTo("file:" + expected);
    assertThat(InputFile.absolute("file:///d/x.npy", CONF)).isEqualTo("file:/d/x.npy");
  }

  @Test
  void configurationSurvivesTheTrip() {
    Configuration conf = new Configuration(false);
    conf.set("velella.test", "väl");
    assertThat(new HadoopConf(conf).toConfiguration().get("velella.test")).isEqualTo("väl");
  }
}
