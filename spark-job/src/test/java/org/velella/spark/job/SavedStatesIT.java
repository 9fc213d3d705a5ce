package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestSpark;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.task.TaskSpec;

/** One range of which a file is listed that is not there. */
class SavedStatesIT {
  private static final SampleRange RANGE = new SampleRange(0, 4);

  @TempDir Path folder;

  private SavedStates states() {
    Network network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    TaskSpec spec =
        TaskSpec.builder()
            .run(folder.toUri().toString(), new HadoopConf(new Configuration()))
            .network(NetworkCodec.toBytes(network))
            .identity("test-run", new TreeMap<>())
            .dt(1e-4)
            .steps(10, 0)
            .backend("scalar")
            .build();
    return new SavedStates(
        JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext()), spec);
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
