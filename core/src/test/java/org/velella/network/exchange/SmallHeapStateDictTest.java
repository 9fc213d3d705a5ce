package org.velella.network.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.testkit.SmallHeap;

/** State dicts ten times as large as the heap are read, in a JVM of their own. */
class SmallHeapStateDictTest {
  @TempDir Path folder;

  @Test
  void fileIsNotHeldWhole() throws Exception {
    // 1024 x 1024 times 0 + 1 + 2.
    assertThat(SmallHeap.run(LargeStateDicts.class, LargeStateDicts.HEAP_BYTES, folder))
        .containsExactly("state.safetensors: sum 3145728", "state.npz: sum 3145728");
  }
}
