package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.spark.TestNetwork;
import org.velella.spark.job.NetworkSource;

class TileEngineTest {
  @TempDir Path folder;

  /** A task is lost once for many reasons, so that only the second time is taken for a sign. */
  @ParameterizedTest
  @CsvSource({"256,0,256", "256,1,256", "256,2,128", "256,3,64", "3,2,1", "1,5,1", "256,99,1"})
  void tilesShrinkFromTheSecondTimeOn(int size, int tries, int expected) {
    assertThat(TileEngine.smaller(size, tries)).isEqualTo(expected);
  }

  /** Whether the size was chosen by the user or by the network's. */
  @ParameterizedTest
  @CsvSource({"0,48,256", "1,48,256", "2,24,128", "3,12,64", "4,6,32", "9,1,1"})
  void taskThatWasLostOftenBeginsWithSmallerTiles(int lost, int ofWanted, int ofChosen) {
    try (TileEngine engine = engine(48, lost)) {
      assertThat(engine.tileSize()).isEqualTo(ofWanted);
      assertThat(engine.backend()).isEqualTo("scalar");
      assertThat(engine.fellBack()).isFalse();
    }
    try (TileEngine engine = engine(0, lost)) {
      assertThat(engine.tileSize()).isEqualTo(ofChosen);
    }
  }

  private TileEngine engine(int tileSize, int lost) {
    Network network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
    TaskSpec spec =
        TaskSpec.builder()
            .run("file:/nowhere", null)
            .network(NetworkCodec.toBytes(network))
            .identity("tile-sizes", new TreeMap<>())
            .dt(1e-4)
            .steps(10, 0)
            .backend("scalar")
            .tileSize(tileSize)
            .build();
    return TileEngine.of(ExecutorRuntime.of(spec), spec, lost);
  }

  /**
   * The attempt of a stage, that of the stage itself, whether Spark starts copies; of the attempts
   * before, one may be running still.
   */
  @ParameterizedTest
  @CsvSource({
    "0,0,false,0",
    "1,0,false,1",
    "3,0,false,3",
    "0,1,false,1",
    "2,1,false,3",
    "0,0,true,0",
    "1,0,true,0",
    "2,0,true,1",
    "3,0,true,2",
    "0,2,true,2",
    "1,2,true,2"
  })
  void copiesOfTasksThatRunAreNoLosses(int attempt, int stageAttempt, boolean copies, int lost) {
    assertThat(RangeStarts.lost(attempt, stageAttempt, copies)).isEqualTo(lost);
  }
}
