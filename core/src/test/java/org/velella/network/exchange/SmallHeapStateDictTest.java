package org.velella.network.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirWriter;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.SmallHeap;

/**
 * State dicts ten times as large as the heap are read, and a NIR file of nearly all of it, in a JVM
 * of their own.
 */
class SmallHeapStateDictTest {
  @TempDir Path folder;

  @Test
  void fileIsNotHeldWhole() throws Exception {
    int[] shape = {2176, 2048};
    float[] weights = new float[shape[0] * shape[1]];
    Arrays.fill(weights, 2);
    Network network =
        Network.builder()
            .node("in", new InputOperation(Shape.of(shape[1])))
            .node("fc", new LinearOperation(Tensor.of(Shape.of(shape), weights), null))
            .node("out", new OutputOperation())
            .edge("in", "fc")
            .edge("fc", "out")
            .build();
    Path nir = folder.resolve(LargeStateDicts.NIR);
    NirWriter.write(nir, network, NirConvention.NORSE, 1e-3, NirWriter.Compression.NONE);
    assertThat(2 * Files.size(nir)).isGreaterThan(LargeStateDicts.HEAP_BYTES);
    // 1024 x 1024 times 0 + 1 + 2.
    assertThat(SmallHeap.run(LargeStateDicts.class, LargeStateDicts.HEAP_BYTES, folder))
        .containsExactly(
            "large.nir: sum " + 2 * weights.length,
            "state.safetensors: sum 3145728",
            "state.npz: sum 3145728");
  }
}
