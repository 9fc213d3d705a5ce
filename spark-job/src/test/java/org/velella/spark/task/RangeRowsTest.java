package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.velella.backend.NoiseKernel;
import org.velella.backend.PlainNoise;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.simulate.TileInput;
import org.velella.spark.CountingNetwork;

class RangeRowsTest {
  private static final int PIECE = 10;

  private final NoiseKernel plain = new PlainNoise();
  private int draws;

  /** Counts what is drawn. */
  private final NoiseKernel noise =
      new NoiseKernel() {
        @Override
        public double[] normals(long key, long sample, long step, int count) {
          draws++;
          return plain.normals(key, sample, step, count);
        }

        @Override
        public void spikes(
            long key, long sample, long step, int n, long threshold, float[] out, int at) {
          plain.spikes(key, sample, step, n, threshold, out, at);
        }
      };

  private float[] piece(RangeRows rows, int number) {
    TileInput input = rows.input();
    float[] found = new float[PIECE * rows.size() * 2];
    input.begin(PIECE * (long) number, () -> noise);
    input.fill(PIECE * (long) number, PIECE, found);
    return found;
  }

  /** Tiles are cut anew where rows stop; noise goes on with each row. */
  @Test
  void noiseGoesOnHoweverRowsAreSelected() {
    Network network = CountingNetwork.of(2);
    TaskSpec spec =
        TaskSpec.builder()
            .run("file:/nowhere", null)
            .network(NetworkCodec.toBytes(network))
            .identity("test-run", new TreeMap<>())
            .dt(1e-3)
            .seed(3)
            .steps(100, 0)
            .backend("scalar")
            .stimulus("ou")
            .build();
    RangeInput five = RangeInputs.of(RangeInputs.first(5), 1, sample -> new float[2]);
    RangeRows rows = new RunTrials(spec, network).rows(five);
    piece(rows.select(new int[] {0, 1, 2}), 0);
    piece(rows.select(new int[] {3, 4}), 0);
    int before = draws;
    float[] found = piece(rows.without(Set.of(0)).select(new int[] {1, 2}), 1);
    // One step leads from a piece to the next one.
    assertThat(draws - before).isEqualTo(2 * PIECE);
    assertThat(found)
        .isEqualTo(piece(new RunTrials(spec, network).rows(five).select(new int[] {2, 3}), 1));
  }
}
