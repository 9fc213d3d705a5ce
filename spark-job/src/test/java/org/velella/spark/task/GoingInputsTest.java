package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.velella.module.Samples;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.simulate.Stimulus;
import org.velella.simulate.TileInput;
import org.velella.spark.CountingNetwork;
import org.velella.sweep.Trial;

class GoingInputsTest {
  private int made;

  private Supplier<TileInput> maker(String stimulus, int rows) {
    Trial trial = new Trial(0, 0, 0, new TreeMap<>(), new TreeMap<>());
    return () -> {
      made++;
      return Stimulus.parse(stimulus)
          .input(Collections.nCopies(rows, trial), Samples.numbered(), 1, 1e-3);
    };
  }

  @Test
  void inputsThatGoOnAreKeptForTheirRows() {
    GoingInputs inputs = new GoingInputs(5);
    TileInput first = inputs.of(new int[] {0, 1, 2}, maker("ou", 3));
    TileInput second = inputs.of(new int[] {3, 4}, maker("ou", 2));
    for (int piece = 0; piece < 3; piece++) {
      assertThat(inputs.of(new int[] {0, 1, 2}, maker("ou", 3))).isSameAs(first);
      assertThat(inputs.of(new int[] {3, 4}, maker("ou", 2))).isSameAs(second);
    }
    assertThat(made).isEqualTo(2);
    assertThat(inputs.of(new int[] {0, 1}, maker("ou", 2))).isNotSameAs(first);
  }

  /** Tiles that were cut otherwise leave no more than one history of a row behind. */
  @Test
  void thoseUsedLastAreKeptOfNoMoreRowsThanThereAre() {
    GoingInputs inputs = new GoingInputs(5);
    TileInput first = inputs.of(new int[] {0, 1, 2}, maker("ou", 3));
    TileInput second = inputs.of(new int[] {3, 4}, maker("ou", 2));
    assertThat(inputs.of(new int[] {0, 1, 2}, maker("ou", 3))).isSameAs(first);
    inputs.of(new int[] {4}, maker("ou", 1));
    assertThat(inputs.of(new int[] {0, 1, 2}, maker("ou", 3))).isSameAs(first);
    assertThat(inputs.of(new int[] {3, 4}, maker("ou", 2))).isNotSameAs(second);
  }

  @Test
  void othersAreMadeAnew() {
    GoingInputs inputs = new GoingInputs(5);
    for (String stimulus : new String[] {"white", "poisson", "constant", "sine"}) {
      TileInput first = inputs.of(new int[] {0}, maker(stimulus, 1));
      assertThat(inputs.of(new int[] {0}, maker(stimulus, 1))).isNotSameAs(first);
    }
  }

  /** Rows are selected anew for every piece, out of rows that lose some on the way. */
  @Test
  void rowsFindTheirsAgain() {
    Network network = CountingNetwork.of(2);
    TaskSpec spec =
        TaskSpec.builder()
            .run("file:/nowhere", null)
            .network(NetworkCodec.toBytes(network))
            .identity("test-run", new TreeMap<>())
            .dt(1e-3)
            .seed(3)
            .steps(10, 0)
            .backend("scalar")
            .stimulus("ou")
            .build();
    RangeRows rows =
        new RunTrials(spec, network)
            .rows(RangeInputs.of(RangeInputs.first(5), 1, sample -> new float[2]));
    TileInput input = rows.select(new int[] {2, 3}).input();
    assertThat(rows.select(new int[] {2, 3}).input()).isSameAs(input);
    assertThat(rows.without(Set.of(0)).select(new int[] {1, 2}).input()).isSameAs(input);
    assertThat(rows.select(new int[] {1, 2}).input()).isNotSameAs(input);
  }
}
