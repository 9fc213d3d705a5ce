package org.velella.spark.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.checkpoint.CheckpointStore;

/**
 * Two writers, two thousand times: who creates a name that both want? Checking and then renaming
 * had two winners in one of some eighty rounds where this was measured.
 */
class ExclusiveRaceTest {
  private static final int ROUNDS = 2_000;
  private static final int WRITERS = 2;

  @TempDir Path folder;

  /** As the runs of users get it: by the scheme of their directory. */
  private CheckpointStore store(String scheme) throws IOException {
    Configuration conf = FakeS3.configure(FakeHdfs.configure(new Configuration()));
    FakeS3.clear("race");
    return RunStores.open(URI.create(scheme + folder), conf);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file://", "hdfs://race", "s3a://race"})
  void oneOfTwoWritersWins(String scheme) throws Exception {
    CheckpointStore store = store(scheme);
    ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
    CyclicBarrier start = new CyclicBarrier(WRITERS);
    try {
      List<Future<boolean[]>> writers =
          List.of(
              pool.submit(() -> create(store, start, "one")),
              pool.submit(() -> create(store, start, "other")));
      boolean[] one = writers.get(0).get();
      boolean[] other = writers.get(1).get();
      for (int round = 0; round < ROUNDS; round++) {
        assertThat(one[round] ^ other[round]).as("one winner of round %d", round).isTrue();
        try (CheckpointStore.StoredInput input = store.open("m/" + round)) {
          assertThat(new String(input.stream().readAllBytes(), UTF_8))
              .isEqualTo(one[round] ? "one" : "other");
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static boolean[] create(CheckpointStore store, CyclicBarrier start, String name)
      throws Exception {
    boolean[] won = new boolean[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      start.await();
      won[round] = store.createExclusive("m/" + round, name.getBytes(UTF_8));
    }
    return won;
  }
}
