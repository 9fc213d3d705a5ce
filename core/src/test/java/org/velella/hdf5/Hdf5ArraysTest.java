package org.velella.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class Hdf5ArraysTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/hdf5");

  /** The files hold 0, 1, 2, … in each dataset; see their {@code generate.py}. */
  @ParameterizedTest
  @ValueSource(strings = {"earliest.h5", "v110.h5"})
  void numbersAreThoseOfTheFileHoweverTheyAreStored(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve(name));
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      Hdf5Arrays arrays = new Hdf5Arrays(bytes.length);
      assertThat(file.getChildren()).hasSizeGreaterThan(30);
      for (Map.Entry<String, Node> entry : file.getChildren().entrySet()) {
        Dataset dataset = (Dataset) entry.getValue();
        Tensor numbers = arrays.numbers(dataset);
        assertThat(numbers.shape()).as(entry.getKey()).isEqualTo(Shape.of(dataset.getDimensions()));
        assertThat(numbers.dtype()).as(entry.getKey()).isEqualTo(dtype(entry.getKey()));
        assertThat(IntStream.range(0, numbers.size()).mapToDouble(numbers::doubleAt))
            .as(entry.getKey())
            .containsExactly(
                IntStream.range(0, numbers.size()).asDoubleStream().boxed().toArray(Double[]::new));
      }
    }
  }

  private static DType dtype(String name) {
    if (name.contains("f8")) {
      return DType.FLOAT64;
    }
    return name.matches(".*f[24].*") ? DType.FLOAT32 : DType.INT64;
  }

  @Test
  void chunkThatUnpacksToTooLittleIsDamage() throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("v110.h5"));
    try (HdfFile file = HdfFile.fromBytes(damaged(bytes))) {
      Dataset dataset = (Dataset) file.getChild("(13,) (13,) <f4 gzip");
      assertThatThrownBy(() -> new Hdf5Arrays(bytes.length).numbers(dataset))
          .isInstanceOf(Hdf5Exception.class)
          .hasMessageContaining("(13,) (13,) <f4 gzip")
          .hasMessageContaining("damaged");
    }
  }

  /** Puts an empty deflated stream to where the one of 0 to 12 begins. */
  private static byte[] damaged(byte[] bytes) throws IOException {
    byte[] raw;
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      ByteBuffer chunk =
          ((ChunkedDataset) file.getChild("(13,) (13,) <f4 gzip")).getRawChunkBuffer(new int[] {0});
      raw = new byte[chunk.remaining()];
      chunk.get(raw);
    }
    byte[] changed = bytes.clone();
    byte[] empty = {0x78, (byte) 0x9c, 3, 0, 0, 0, 0, 1};
    for (int at = 0; at + raw.length <= changed.length; at++) {
      if (Arrays.equals(changed, at, at + raw.length, raw, 0, raw.length)) {
        System.arraycopy(empty, 0, changed, at, empty.length);
      }
    }
    return changed;
  }
}
