package org.velella.network.nir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class NirDataWriterTest {
  private static final double DT = 1e-4;
  private static final int STEPS = 300;

  @TempDir private Path folder;

  /** A file in which a node's events and a grid of zeros and ones say the same. */
  private static void write(Path file) {
    try (NirDataWriter data = NirDataWriter.create(file, DT, 3, STEPS)) {
      data.ids("sample_id", Tensor.of(Shape.of(3), new long[] {7, 8, 10}));
      NirDataWriter.Events events = data.events("block.'lif.1'", "spikes", 2, STEPS);
      NirDataWriter.Grid grid = data.grid("block.'lif.1'", "z", 2);
      // Sample 0: neuron 1 at every step; sample 1: nothing; sample 2: neuron 0 at steps 3 and 6.
      for (int t = 0; t < STEPS; t++) {
        events.add(0, t, 1);
        grid.put(0, t, new float[] {0, 1});
      }
      events.add(2, 3, 0);
      events.add(2, 6, 0);
      for (int sample = 1; sample < 3; sample++) {
        for (int t = 0; t < STEPS; t++) {
          boolean spike = sample == 2 && (t == 3 || t == 6);
          grid.put(sample, t, new float[] {spike ? 1 : 0, 0});
        }
      }
      data.grid("out", "v", 1).put(1, 2, new float[] {0.5f});
      data.finish();
    }
  }

  private static Object attribute(Node node, String name) {
    return node.getAttribute(name).getData();
  }

  @Test
  void eventsAndGridsLieWhereTheNirPackageLooksForThem() throws IOException {
    // The build has the package open this file, too.
    Path kept = Files.createDirectories(Path.of("target/nir-written")).resolve("recorded.nir");
    Files.deleteIfExists(kept);
    write(kept);
    try (HdfFile file = new HdfFile(kept)) {
      assertThat(attribute(file, "__type__")).isEqualTo("NIRGraphData");
      assertThat(file.getDatasetByPath("sample_id").getData()).isEqualTo(new long[] {7, 8, 10});
      Group block = (Group) file.getByPath("nodes/block");
      assertThat(attribute(block, "__type__")).isEqualTo("NIRGraphData");
      Group node = (Group) ((Group) block.getChild("nodes")).getChild("lif.1");
      assertThat(attribute(node, "__type__")).isEqualTo("NIRNodeData");
      Group spikes = (Group) node.getByPath("observables/spikes");
      assertThat(attribute(spikes, "__type__")).isEqualTo("EventData");
      assertThat(attribute(spikes, "n_neurons")).isEqualTo(2L);
      long[][] idx = (long[][]) spikes.getDatasetByPath("idx").getData();
      double[][] time = (double[][]) spikes.getDatasetByPath("time").getData();
      assertThat(idx).hasDimensions(3, STEPS);
      for (int t = 0; t < STEPS; t++) {
        assertThat(idx[0][t]).isEqualTo(1);
        // As the package finds steps again: floor(time / dt).
        assertThat(Math.floor(time[0][t] / DT)).isEqualTo(t);
        assertThat(time[0][t]).isCloseTo(t * DT, org.assertj.core.data.Offset.offset(1e-15));
        assertThat(idx[1][t]).isEqualTo(-1);
        assertThat(time[1][t]).isInfinite();
        assertThat(idx[2][t]).isEqualTo(t < 2 ? 0 : -1);
      }
      assertThat((int) ((double) attribute(spikes, "t_max") / DT)).isEqualTo(STEPS);
      Group z = (Group) node.getByPath("observables/z");
      assertThat(attribute(z, "__type__")).isEqualTo("TimeGriddedData");
      assertThat(attribute(z, "dt")).isEqualTo(DT);
      float[][][] grid = (float[][][]) z.getDatasetByPath("data").getData();
      assertThat(grid[2][3]).containsExactly(1, 0);
      assertThat(grid[2][4]).containsExactly(0, 0);
      float[][][] v = (float[][][]) file.getDatasetByPath("nodes/out/observables/v/data").getData();
      assertThat(v[1][2]).containsExactly(0.5f);
      assertThat(v[1][3]).containsExactly(Float.NaN);
      assertThat(v[2][STEPS - 1]).containsExactly(Float.NaN);
    }
  }

  @Test
  void sameRecordingGivesTheSameBytes() throws IOException {
    write(folder.resolve("a.nir"));
    write(folder.resolve("b.nir"));
    assertThat(folder.resolve("a.nir")).hasSameBinaryContentAs(folder.resolve("b.nir"));
  }

  @Test
  void nodesThatHdf5CannotTellApartAreRefused() {
    try (NirDataWriter data = NirDataWriter.create(folder.resolve("e.nir"), DT, 1, 4)) {
      data.grid("a", "v", 1);
      data.grid("b.c.d", "v", 1);
      assertThatThrownBy(() -> data.grid("a.b", "v", 1))
          .isInstanceOf(NirException.class)
          .hasMessageContaining("node a or the graph with node a.b,");
      assertThatThrownBy(() -> data.grid("b.c", "v", 1))
          .isInstanceOf(NirException.class)
          .hasMessageContaining("node b.c or the graph with node b.c.d,");
      assertThatThrownBy(() -> data.grid("b.'x/y'", "v", 1))
          .isInstanceOf(NirException.class)
          .hasMessageContaining("no node named 'x/y'");
    }
  }

  @Test
  void whatWasNotFinishedIsNoFile() throws IOException {
    Path file = folder.resolve("f.nir");
    try (NirDataWriter data = NirDataWriter.create(file, DT, 1, 4)) {
      data.grid("a", "v", 1).put(0, 0, new float[1]);
    }
    assertThat(NirReader.isHdf5(Files.readAllBytes(file))).isFalse();
  }

  @Test
  void whatWasNotAnnouncedOrIsOutOfOrderIsRefused() {
    try (NirDataWriter data = NirDataWriter.create(folder.resolve("c.nir"), DT, 2, 4)) {
      NirDataWriter.Events events = data.events("a", "spikes", 2, 1);
      events.add(1, 0, 0);
      assertThatThrownBy(() -> events.add(1, 1, 0))
          .hasMessage("Sample 1 has more than the 1 events that were announced");
      assertThatThrownBy(() -> events.add(0, 1, 0))
          .hasMessage("The sample must be from 1 to 1, found 0");
      assertThatThrownBy(() -> events.add(1, 4, 0))
          .hasMessage("The step must be from 0 to 3, found 4");
      assertThatThrownBy(() -> events.add(1, 0, 2))
          .hasMessage("The neuron must be from 0 to 1, found 2");
      NirDataWriter.Grid grid = data.grid("a", "v", 1);
      grid.put(0, 2, new float[1]);
      assertThatThrownBy(() -> grid.put(0, 1, new float[1]))
          .hasMessageStartingWith("Step 1 of sample 0 comes after later ones");
      assertThatThrownBy(() -> grid.put(0, 3, new float[2]))
          .hasMessage("The number of values must be from 1 to 1, found 2");
      assertThatThrownBy(() -> data.grid("a", "v", 1)).hasMessageContaining("two observables");
    }
    assertThatThrownBy(() -> NirDataWriter.create(folder.resolve("d.nir"), 0, 1, 1))
        .isInstanceOf(NirException.class);
  }
}
