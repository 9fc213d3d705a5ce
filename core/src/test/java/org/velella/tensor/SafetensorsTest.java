package org.velella.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.Seeded;

class SafetensorsTest {
  private static final String ONE =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";

  @Test
  void readsAFileOfTheReferenceImplementation() throws IOException {
    SafetensorsFile file = Safetensors.read(reference());

    assertThat(file.metadata())
        .containsExactlyInAnyOrderEntriesOf(Map.of("format", "np", "text", "line\nbreak ☃"));
    assertThat(file.tensors()).hasSize(9);
    assertEqual(
        file.tensor("weights"),
        Tensor.of(
            Shape.of(2, 3),
            new float[] {1.5f, -2, Float.POSITIVE_INFINITY, 0.1f, -0f, Float.MIN_VALUE}));
    assertEqual(file.tensor("double"), Tensor.of(Shape.of(2), new double[] {0.1, -1e300}));
    assertEqual(
        file.tensor("counts"), Tensor.of(Shape.of(2, 1), new int[] {-1, Integer.MAX_VALUE}));
    assertEqual(file.tensor("ids"), Tensor.of(Shape.of(2), new long[] {7, Long.MIN_VALUE}));
    assertEqual(
        file.tensor("bytes"), Tensor.of(DType.UINT8, Shape.of(3), new byte[] {0, 127, (byte) 255}));
    assertEqual(file.tensor("flags"), Tensor.of(DType.BOOL, Shape.of(3), new byte[] {1, 0, 1}));
    assertEqual(file.tensor("scalar"), Tensor.of(Shape.SCALAR, new float[] {3.25f}));
    assertEqual(file.tensor("empty"), Tensor.of(Shape.of(0, 4), new float[0]));
    assertThat(file.tensors()).containsKey("name with \"quotes\" and ü");
  }

  @Test
  void readsTheReferenceHeaderWithoutItsData() throws IOException {
    byte[] bytes = reference();
    InputStream in = new ByteArrayInputStream(bytes);

    SafetensorsHeader header = Safetensors.readHeader(in, bytes.length);

    assertThat(header.entries().get("weights").dtype()).isEqualTo(DType.FLOAT32);
    assertThat(header.entries().get("weights").shape()).isEqualTo(Shape.of(2, 3));
    assertThat(header.entries().get("weights").length()).isEqualTo(24);
    assertThat(header.dataStart() + header.dataLength()).isEqualTo(bytes.length);
    assertThat((long) in.available()).isEqualTo(header.dataLength());
  }

  @Test
  void writesExactlyTheseBytes() {
    byte[] bytes =
        Safetensors.toBytes(
            Map.of("a", Tensor.of(Shape.of(1), new float[] {1})), Map.of("k", "v\"\n"));

    String json = "{\"__metadata__\":{\"k\":\"v\\\"\\n\"}," + ONE.substring(1);
    assertThat(json.length()).isEqualTo(83);
    ByteBuffer expected = ByteBuffer.allocate(8 + 88 + 4).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(88).put((json + "     ").getBytes(UTF_8)).putInt(0x3f800000);
    assertThat(bytes).isEqualTo(expected.array());
  }

  @Test
  void headerKeepsTheOrderOfTheMapAndDataIsAligned() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("z", Tensor.of(DType.UINT8, Shape.of(3), new byte[] {1, 2, 3}));
    tensors.put("m", Tensor.of(Shape.of(1), new float[] {4}));
    tensors.put("a", Tensor.of(Shape.of(1), new long[] {5}));
    byte[] bytes = Safetensors.toBytes(tensors, Map.of());

    SafetensorsHeader header =
        Safetensors.readHeader(new ByteArrayInputStream(bytes), bytes.length);

    assertThat(header.entries().keySet()).containsExactly("z", "m", "a");
    assertThat(Safetensors.read(bytes).tensors().keySet()).containsExactly("z", "m", "a");
    assertThat(header.dataStart() % 8).isZero();
    header
        .entries()
        .forEach((name, entry) -> assertThat(entry.begin() % entry.dtype().bytes()).isZero());
  }

  @Test
  void everyNanIsWrittenAsOne() {
    float[] nans = {Float.intBitsToFloat(0xffc12345), Float.intBitsToFloat(0x7f800001)};
    double[] wide = {Double.longBitsToDouble(0xfff8000000000001L)};
    Map<String, Tensor> odd = new LinkedHashMap<>();
    odd.put("f", Tensor.of(Shape.of(2), nans));
    odd.put("d", Tensor.of(Shape.of(1), wide));

    SafetensorsFile file = Safetensors.read(Safetensors.toBytes(odd, Map.of()));

    for (float nan : file.tensor("f").floats()) {
      assertThat(Float.floatToRawIntBits(nan)).isEqualTo(0x7fc00000);
    }
    assertThat(Double.doubleToRawLongBits(file.tensor("d").doubles()[0]))
        .isEqualTo(0x7ff8000000000000L);
  }

  @Seeded
  void readingGivesWhatWasWrittenForAnyTensors(SplittableRandom random) {
    for (int trial = 0; trial < 200; trial++) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        tensors.put("t" + random.nextInt(1000) + "ü\u0001", randomTensor(random));
      }
      Map<String, String> metadata = Map.of("seed", "" + random.nextLong(), "ключ", "\u2028");
      byte[] bytes = Safetensors.toBytes(tensors, metadata);

      SafetensorsFile file = Safetensors.read(bytes);

      assertThat(file.metadata()).isEqualTo(metadata);
      assertThat(file.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
      tensors.forEach((name, tensor) -> assertEqual(file.tensor(name), tensor));
      assertThat(Safetensors.toBytes(file.tensors(), file.metadata())).isEqualTo(bytes);
    }
  }

  @Test
  void tensorsLargerThanTheBufferSurvive() throws IOException {
    long[] longs = new SplittableRandom(1).longs(100_003).toArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(out, Map.of("l", Tensor.of(Shape.of(longs.length), longs)), Map.of());

    SafetensorsFile file =
        Safetensors.read(new ByteArrayInputStream(out.toByteArray()), out.size());

    assertThat(file.tensor("l").longs()).isEqualTo(longs);
  }

  static List<String> brokenHeaders() {
    return List.of(
        "",
        " " + ONE,
        "[]",
        "{",
        "{}x",
        ONE + "{}",
        "{\"a\":1}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":0}}",
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967297],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}",
        "{\"__metadata__\":{\"k\":1}," + ONE.substring(1),
        "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}," + ONE.substring(1),
        "{\"__metadata__\":[]," + ONE.substring(1),
        "{\"__metadata__\":{},\"__metadata__\":{}," + ONE.substring(1),
        "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}");
  }

  @ParameterizedTest
  @MethodSource("brokenHeaders")
  void refusesABrokenHeader(String header) {
    byte[] bytes = file(header.getBytes(UTF_8), 4);
    assertThatExceptionOfType(SafetensorsException.class).isThrownBy(() -> Safetensors.read(bytes));
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() {
    byte[] header = ONE.getBytes(UTF_8);
    header[2] = (byte) 0xff;
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Safetensors.read(file(header, 4)))
        .withMessageContaining("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 71})
  void refusesAHeaderLengthBeyondTheFileBeforeTakingMemory(long claimed) {
    byte[] bytes = file(ONE.getBytes(UTF_8), 4);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(claimed);
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Safetensors.read(bytes))
        .withMessageContaining("claims " + Long.toUnsignedString(claimed));
  }

  @Test
  void headerLimitIsTheCallersToSet() throws IOException {
    byte[] bytes = file(ONE.getBytes(UTF_8), 4);
    int length = ONE.length();

    assertThat(
            Safetensors.readHeader(new ByteArrayInputStream(bytes), bytes.length, length).entries())
        .containsOnlyKeys("a");
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(
            () -> Safetensors.readHeader(new ByteArrayInputStream(bytes), bytes.length, length - 1))
        .withMessageContaining("at most " + (length - 1));
  }

  @Test
  void refusesEveryTruncation() {
    byte[] whole =
        Safetensors.toBytes(Map.of("a", randomTensor(new SplittableRandom(3))), Map.of());
    for (int length = 0; length < whole.length; length++) {
      byte[] part = java.util.Arrays.copyOf(whole, length);
      assertThatExceptionOfType(SafetensorsException.class)
          .isThrownBy(() -> Safetensors.read(part));
      assertThatExceptionOfType(SafetensorsException.class)
          .as("cut at %d while the store still claims the whole length", length)
          .isThrownBy(() -> Safetensors.read(new ByteArrayInputStream(part), whole.length));
    }
  }

  @Test
  void refusesBooleansOtherThanZeroAndOne() {
    byte[] header =
        "{\"a\":{\"dtype\":\"BOOL\",\"shape\":[4],\"data_offsets\":[0,4]}}".getBytes(UTF_8);
    byte[] bytes = file(header, 4);
    bytes[bytes.length - 2] = 2;
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Safetensors.read(bytes))
        .withMessage("Element 2 of BOOL tensor 'a' is 2 instead of 0 or 1");
  }

  @Test
  void refusesNamesThatCannotBeWritten() {
    Tensor tensor = Tensor.zeros(DType.FLOAT32, Shape.of(1));
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Safetensors.toBytes(Map.of("__metadata__", tensor), Map.of()));
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> Safetensors.toBytes(Map.of("\ud800", tensor), Map.of()))
        .withMessageContaining("Unicode");
  }

  @Seeded
  void mutatedFilesGiveNothingButTheDocumentedException(SplittableRandom random)
      throws IOException {
    byte[] original = reference();
    int refused = 0;
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] bytes = original.clone();
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        Safetensors.read(bytes);
      } catch (SafetensorsException e) {
        refused++;
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(refused).isBetween(10_000, 19_999);
  }

  private static byte[] file(byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static byte[] reference() throws IOException {
    try (InputStream in =
        SafetensorsTest.class.getResourceAsStream(
            "/golden/safetensors-0.8.0/reference.safetensors")) {
      return in.readAllBytes();
    }
  }

  private static void assertEqual(Tensor actual, Tensor expected) {
    assertThat(actual.bitEquals(expected)).as("%s is %s", actual, expected).isTrue();
  }

  static Tensor randomTensor(SplittableRandom random) {
    int[] dims = new int[random.nextInt(4)];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = random.nextInt(5);
    }
    Shape shape = Shape.of(dims);
    int size = shape.size();
    byte[] bytes = new byte[size];
    float[] floats = new float[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) random.nextInt(2);
      floats[i] = Float.intBitsToFloat(random.nextInt());
    }
    return switch (DType.values()[random.nextInt(6)]) {
      case FLOAT32 -> Tensor.of(shape, floats);
      case FLOAT64 -> Tensor.of(shape, random.doubles(size).toArray());
      case INT32 -> Tensor.of(shape, random.ints(size).toArray());
      case INT64 -> Tensor.of(shape, random.longs(size).toArray());
      case UINT8 -> Tensor.of(DType.UINT8, shape, bytes);
      case BOOL -> Tensor.of(DType.BOOL, shape, bytes);
    };
  }
}
