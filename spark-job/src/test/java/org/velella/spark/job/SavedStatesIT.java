package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.SampleRange;
import org.velella.checkpoint.Selection;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.task.TaskSpec;

/** One range of which a file is listed that is not there. */
class SavedStatesIT {
  private static final SampleRange RANGE = new SampleRange(0, 4);

  @TempDir Path folder;

  private TaskSpec spec() {
    Network network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    return TaskSpec.builder()
        .run(folder.toUri().toString(), new HadoopConf(new Configuration()))
        .network(NetworkCodec.toBytes(network))
        .identity("test-run", new TreeMap<>())
        .dt(1e-4)
        .steps(10, 0)
        .backend("scalar")
        .build();
  }

  private static JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext());
  }

  private SavedStates states() {
    return new SavedStates(spark(), spec());
  }

  /** By what another driver has left. */
  @Test
  void whoIsToldToEndWhileItClaimsARunSaysSo() throws IOException {
    Path run = folder.resolve("run");
    SimulateJob.run(TestSpark.session(), TestRuns.config(folder, "run", 10).build());
    Files.writeString(run.resolve("_run/status.json"), "{\"state\":\"running\"}");
    RunDirectory directory = RunDirectory.of(run.toString(), new Configuration());
    Commits commits =
        new Commits(
            directory,
            directory.spec().index(),
            TestRuns.manifest(run).run(),
            10,
            Selection.all(),
            3,
            "app",
            RunListener.SILENT);
    Claim claim = new Claim(spark(), spec(), directory, commits);
    try (Interruption interruption =
        new Interruption(new Interruption.Patience(0, 0), RunListener.SILENT)) {
      interruption.simulates();
      interruption.hold();
      assertThatExceptionOfType(RunFailedException.class)
          .isThrownBy(() -> claim.make(interruption))
          .withMessage(Interruption.WORDS);
    }
    assertThat(TestRuns.status(run)).contains("\"interrupted\"", Interruption.WORDS);
  }

  private static List<RangeEntry> lost() {
    String name = RangeFileName.unique(RANGE, 5).toString();
    RangeFileRef file = new RangeFileRef(name, 5, 1, "00000000", "");
    return List.of(RangeEntry.fresh(RANGE).append(file, List.of()));
  }

  @Test
  void whatIsLostIsTold() throws Exception {
    assertThat(states().damaged(lost(), () -> false)).containsExactly(RANGE);
    assertThat(states().damaged(List.of(), () -> true)).isEmpty();
  }

  /** Else a driver that reads what a large run has saved would not heed a signal. */
  @Test
  void whoIsToEndReadsNoFurther() {
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> states().damaged(lost(), () -> true))
        .withMessageContaining("The process ends");
  }
}
