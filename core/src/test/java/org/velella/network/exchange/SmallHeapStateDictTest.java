package org.velella.network.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.OutputOperation;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirWriter;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.SmallHeap;

/**
 * State dicts ten times as large as the heap are read, and networks that take most of it, in a JVM
 * of their own.
 */
class SmallHeapStateDictTest {
  @TempDir Path folder;

  @Test
  void fileIsNotHeldWhole() throws Exception {
    int[] shape = {2304, 2048};
    float[] weights = new float[shape[0] * shape[1]];
    Random random = new Random(1);
    for (int i = 0; i < weights.length; i++) {
      // Bits that hardly can be compressed.
      weights[i] = Float.intBitsToFloat(random.nextInt() & 0x9fffffff | 0x20000000);
    }
    Network network =
        Network.builder()
            .node("in", new InputOperation(Shape.of(shape[1])))
            .node("fc", new LinearOperation(Tensor.of(Shape.of(shape), weights), null))
            .node("out", new OutputOperation())
            .edge("in", "fc")
            .edge("fc", "out")
            .build();
    Path plain = folder.resolve(LargeStateDicts.NETWORKS.get(0));
    NirWriter.write(plain, network, NirConvention.NORSE, 1e-3, NirWriter.Compression.NONE);
    Path compressed = folder.resolve(LargeStateDicts.NETWORKS.get(1));
    NirWriter.write(compressed, network, NirConvention.NORSE, 1e-3, NirWriter.Compression.GZIP);
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(folder.resolve(LargeStateDicts.NETWORKS.get(2))))) {
      NetworkCodec.write(out, network);
    }
    for (String file : LargeStateDicts.NETWORKS) {
      // Longer than what is read into memory first.
      assertThat(Files.size(folder.resolve(file))).isGreaterThan(1L << 24);
    }
    int hash = Arrays.hashCode(weights);
    // 1024 x 1024 times 0 + 1 + 2.
    assertThat(SmallHeap.run(LargeStateDicts.class, LargeStateDicts.HEAP_BYTES, folder))
        .containsExactly(
            "plain.nir: " + hash,
            "compressed.nir: " + hash,
            "network.safetensors: " + hash,
            "state.safetensors: sum 3145728",
            "state.npz: sum 3145728");
  }
}
