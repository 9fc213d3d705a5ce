package org.velella.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.testkit.SmallHeap;

/** Files ten times as large as the heap are read, in a JVM of their own. */
class SmallHeapTest {
  @TempDir Path folder;

  @Test
  void filesTenTimesTheHeapConvert() throws Exception {
    LargeFiles.write(folder);

    assertThat(SmallHeap.run(LargeFiles.class, LargeFiles.HEAP_BYTES, folder))
        .containsExactly(
            "aedat 3.1: 1 samples, sum 10450000",
            "aedat 4: 1 samples, sum 5229000",
            "n-mnist: 1 samples, sum 16778000",
            "npy: 10000 samples, sum 20980000",
            "csv: 2400 samples, sum 2400000",
            "idx: 107000 samples, sum 83888000",
            "idx.gz: 107000 samples, sum 83888000",
            "npz: 1 samples, sum 7627000",
            "hdf5: 2800 samples, sum 14000000");
  }
}
