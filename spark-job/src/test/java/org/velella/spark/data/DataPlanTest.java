package org.velella.spark.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DataPlanTest {
  private static List<DataPart> parts(DataFormat format, String uri) {
    List<SourceFile> files = List.of(new SourceFile(uri, 3 * DataPlan.PART_BYTES, -1, ""));
    return DataPlan.parts(format, files, new long[] {1000});
  }

  /** Each part would copy the whole file. */
  @Test
  void hdf5OfOtherMachinesIsOnePart() {
    assertThat(parts(DataFormat.HDF5, "file:/data/shd.h5")).hasSize(4);
    assertThat(parts(DataFormat.HDF5, "hdfs://host/data/shd.h5")).hasSize(1);
    assertThat(parts(DataFormat.NPY, "hdfs://host/data/dense.npy")).hasSize(4);
  }

  /** Each part would decompress all that comes before it. */
  @Test
  void compressedImagesAreOnePart() {
    assertThat(parts(DataFormat.IDX, "hdfs://host/data/train-idx3-ubyte")).hasSize(4);
    assertThat(parts(DataFormat.IDX, "hdfs://host/data/train-idx3-ubyte.gz")).hasSize(1);
  }
}
