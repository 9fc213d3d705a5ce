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
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class Hdf5ArraysTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/hdf5");
  private static final String ONE_CHUNK = "(13,) (13,) <f4 gzip";

  /**
   * The files hold 0, 1, 2, … in each dataset; see their {@code generate.py}. However much is
   * decoded at once, a byte or all of it.
   */
  @ParameterizedTest
  @CsvSource({
    "earliest.h5, 1",
    "earliest.h5, 100",
    "v110.h5, 1",
    "v110.h5, 16",
    "v110.h5, 100",
    "v110.h5, 1000000"
  })
  void numbersAreThoseOfTheFileHoweverTheyAreStored(String name, int piece) throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve(name));
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      assertThat(file.getChildren()).hasSizeGreaterThan(30);
      for (Map.Entry<String, Node> entry : file.getChildren().entrySet()) {
        Dataset dataset = (Dataset) entry.getValue();
        Tensor numbers = Hdf5Numbers.read(dataset, piece);
        assertThat(numbers.shape()).as(entry.getKey()).isEqualTo(Shape.of(dataset.getDimensions()));
        assertThat(numbers.dtype()).as(entry.getKey()).isEqualTo(dtype(entry.getKey()));
        assertThat(IntStream.range(0, numbers.size()).mapToDouble(numbers::doubleAt).toArray())
            .as(entry.getKey())
            .containsExactly(IntStream.range(0, numbers.size()).asDoubleStream().toArray());
      }
    }
  }

  /** 7 stands for what was never written, as h5py reads it. */
  @Test
  void whatWasNeverWrittenHasTheFillValueOrIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("unwritten.h5"));
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      Hdf5Arrays arrays = new Hdf5Arrays(bytes.length);
      for (String layout : List.of("contiguous", "chunked")) {
        assertThat(arrays.numbers((Dataset) file.getChild(layout + " of 0")).toDoubles())
            .as(layout)
            .containsExactly(0, 0, 0, 0, 0);
        assertThat(arrays.numbers((Dataset) file.getChild(layout + " of 7")).toDoubles())
            .as(layout)
            .containsExactly(7, 7, 7, 7, 7);
      }
      for (float fill : new float[] {0, 7}) {
        Tensor scalar = arrays.numbers((Dataset) file.getChild("scalar of " + (int) fill));
        assertThat(scalar.shape()).isEqualTo(Shape.SCALAR);
        assertThat(scalar.floats()).containsExactly(fill);
      }
      assertThat(arrays.numbers((Dataset) file.getChild("null")).size()).isZero();
      assertThat(arrays.numbers((Dataset) file.getChild("half of 0")).toDoubles())
          .containsExactly(1, 2, 0, 0, 0);
      Dataset half = (Dataset) file.getChild("half of 7");
      assertThatThrownBy(() -> arrays.numbers(half))
          .isInstanceOf(Hdf5Exception.class)
          .hasMessageContaining(
              "/half of 7 has no chunk at [2], which stands for the fill value 7");
      assertThat(arrays.numbers((Dataset) file.getChild("whole of 7")).toDoubles())
          .containsExactly(1, 2, 3, 4, 5);
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
      Dataset dataset = (Dataset) file.getChild(ONE_CHUNK);
      assertThatThrownBy(() -> new Hdf5Arrays(bytes.length).numbers(dataset))
          .isInstanceOf(Hdf5Exception.class)
          .hasMessageContaining(ONE_CHUNK)
          .hasMessageContaining("damaged");
    }
  }

  /** One that the library can read, one of HDF5 that it cannot, and one that nobody knows. */
  @Test
  void otherFiltersAreRefusedByName() throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("filters.h5"));
    assertOtherFilter(bytes, "lzf", "lzf");
    assertOtherFilter(bytes, "scaleoffset", "name='scaleoffset' id=6");
    byte[] lzf = {0, 0x7d, 8, 0, 1, 0, 3, 0, 'l', 'z', 'f', 0};
    byte[] unknown = {(byte) 0xff, 0x7f, 8, 0, 1, 0, 3, 0, 'o', 'w', 'n', 0};
    assertOtherFilter(replaced(bytes, lzf, unknown), "lzf", "name='own' id=32767");
  }

  private static void assertOtherFilter(byte[] bytes, String dataset, String filter) {
    assertRefused(
        bytes,
        dataset,
        "/%s is stored with the HDF5 filter %s; gzip, shuffle and fletcher32 are supported"
            .formatted(dataset, filter));
  }

  /** What is shuffled by another size than the elements' comes out as other numbers. */
  @Test
  void shufflingByAnotherSizeThanTheElementsIsDamage() throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("earliest.h5"));
    byte[] four = {1, 0, 's', 'h', 'u', 'f', 'f', 'l', 'e', 0, 4, 0, 0, 0};
    for (byte size : new byte[] {0, 1, 2, 8, -1}) {
      byte[] other = four.clone();
      other[four.length - 4] = size;
      String dataset = "(13,) (13,) <f4 shuffled";
      assertRefused(
          replaced(bytes, four, other),
          dataset,
          "/%s is shuffled by [%d] bytes, its elements have 4; the file is damaged"
              .formatted(dataset, size & 0xff));
    }
  }

  private static void assertRefused(byte[] bytes, String dataset, String message) {
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      Dataset refused = (Dataset) file.getChild(dataset);
      assertThatThrownBy(() -> new Hdf5Arrays(bytes.length).numbers(refused))
          .isInstanceOf(Hdf5Exception.class)
          .hasMessageContaining(message);
    }
  }

  private static byte[] replaced(byte[] bytes, byte[] some, byte[] others) {
    byte[] changed = bytes.clone();
    int[] places = places(bytes, some).toArray();
    assertThat(places).isNotEmpty();
    for (int at : places) {
      System.arraycopy(others, 0, changed, at, others.length);
    }
    return changed;
  }

  /** What is wrong in the bits of a stream only its checksum at the end tells. */
  @Test
  void everyFlippedBitOfAChunkIsFound() throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("v110.h5"));
    byte[] raw = chunk(bytes);
    int[] places = places(bytes, raw).toArray();
    assertThat(places).isNotEmpty();
    int found = 0;
    for (int bit = 0; bit < raw.length * Byte.SIZE; bit++) {
      byte[] changed = bytes.clone();
      for (int start : places) {
        changed[start + bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      }
      try (HdfFile file = HdfFile.fromBytes(changed)) {
        Tensor read = new Hdf5Arrays(bytes.length).numbers((Dataset) file.getChild(ONE_CHUNK));
        // Bits that fill up a byte mean nothing.
        assertThat(read.floats())
            .as("bit %d", bit)
            .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
      } catch (Hdf5Exception e) {
        assertThat(e).hasMessageContaining("damaged");
        found++;
      }
    }
    assertThat(found).isGreaterThan(raw.length * Byte.SIZE - 16);
  }

  private static byte[] chunk(byte[] bytes) throws IOException {
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      ByteBuffer chunk =
          ((ChunkedDataset) file.getChild(ONE_CHUNK)).getRawChunkBuffer(new int[] {0});
      byte[] raw = new byte[chunk.remaining()];
      chunk.get(raw);
      return raw;
    }
  }

  /** Where the same chunk lies: some datasets have the same one. */
  private static IntStream places(byte[] bytes, byte[] raw) {
    return IntStream.rangeClosed(0, bytes.length - raw.length)
        .filter(at -> Arrays.equals(bytes, at, at + raw.length, raw, 0, raw.length));
  }

  /** Puts an empty deflated stream to where the one of 0 to 12 begins. */
  private static byte[] damaged(byte[] bytes) throws IOException {
    byte[] changed = bytes.clone();
    byte[] empty = {0x78, (byte) 0x9c, 3, 0, 0, 0, 0, 1};
    places(bytes, chunk(bytes))
        .forEach(at -> System.arraycopy(empty, 0, changed, at, empty.length));
    return changed;
  }
}
