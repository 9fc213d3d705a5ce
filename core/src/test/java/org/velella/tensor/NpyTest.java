package org.velella.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.Seeded;

class NpyTest {
  private static final List<String> WRITTEN_AS_NUMPY_DOES =
      List.of("f4", "f8", "i4", "i8", "u1", "b1", "scalar", "empty", "one_axis", "grid");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f4",
        "f4_big",
        "f8",
        "f8_big",
        "i4",
        "i4_big",
        "i8",
        "i8_big",
        "u1",
        "b1",
        "i1",
        "i2",
        "i2_big",
        "u2",
        "u4",
        "u4_big",
        "f2",
        "f2_big",
        "scalar",
        "empty",
        "one_axis",
        "grid",
        "grid_fortran",
        "grid_fortran_big",
        "grid_v2",
        "grid_v3",
        "events_fortran"
      })
  void readsWhatNumpyWrote(String name) throws IOException {
    JsonNode expected = new ObjectMapper().readTree(golden("expected.json")).get(name);
    Tensor tensor = Npy.read(golden(name + ".npy"));
    int[] dims = new int[expected.get("shape").size()];
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = expected.get("shape").get(axis).asInt();
    }
    assertThat(tensor.shape()).isEqualTo(Shape.of(dims));
    assertThat(tensor.dtype()).isEqualTo(expectedType(expected.get("type").asText()));
    for (int i = 0; i < tensor.size(); i++) {
      String value = expected.get("values").get(i).asText();
      assertThat(text(tensor, i))
          .as("%s[%d] = %s", name, i, value)
          .isEqualTo(parsed(tensor, value));
    }
  }

  private static DType expectedType(String type) {
    return switch (type) {
      case "f8" -> DType.FLOAT64;
      case "i4", "i1", "i2", "u2" -> DType.INT32;
      case "i8", "u4" -> DType.INT64;
      case "u1" -> DType.UINT8;
      case "b1" -> DType.BOOL;
      case "f4", "f2" -> DType.FLOAT32;
      default -> throw new AssertionError(type);
    };
  }

  private static String text(Tensor tensor, int i) {
    return tensor.dtype() == DType.INT64
        ? Long.toString(tensor.longs()[i])
        : Double.toString(tensor.doubleAt(i));
  }

  private static String parsed(Tensor tensor, String value) {
    if (tensor.dtype() == DType.INT64) {
      return value;
    }
    return switch (value) {
      case "nan" -> "NaN";
      case "inf" -> "Infinity";
      case "-inf" -> "-Infinity";
      case "True" -> "1.0";
      case "False" -> "0.0";
      default -> Double.toString(Double.parseDouble(value));
    };
  }

  @Test
  void writesTheBytesThatNumpyWrites() throws IOException {
    for (String name : WRITTEN_AS_NUMPY_DOES) {
      byte[] file = golden(name + ".npy");
      assertThat(Npy.toBytes(Npy.read(file))).as(name).isEqualTo(file);
    }
  }

  @Test
  void writesEveryNanAsTheOneNan() {
    float odd = Float.intBitsToFloat(0xffc12345);
    byte[] bytes = Npy.toBytes(Tensor.of(Shape.of(1), new float[] {odd}));
    assertThat(Arrays.copyOfRange(bytes, 128, 132)).containsExactly(0, 0, 0xc0, 0x7f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"u8", "complex", "text", "record", "object"})
  void refusesTypesThatNoTensorHolds(String kind) {
    assertThatThrownBy(() -> Npy.read(golden("refused_" + kind + ".npy"), "weights.npy"))
        .isInstanceOf(NpyException.class)
        .hasMessageStartingWith("Cannot read weights.npy as .npy: its ");
  }

  @Seeded
  void readBackIsWhatWasWritten(SplittableRandom random) throws IOException {
    for (int round = 0; round < 200; round++) {
      Tensor tensor = randomTensor(random);
      byte[] file = Npy.toBytes(tensor);
      assertThat(Npy.read(file).bitEquals(tensor)).as("%s", tensor).isTrue();
      ByteArrayOutputStream twice = new ByteArrayOutputStream();
      Npy.write(tensor, twice);
      Npy.write(tensor, twice);
      InputStream in = new ByteArrayInputStream(twice.toByteArray());
      assertThat(Npy.read(in, "first").bitEquals(tensor)).isTrue();
      assertThat(Npy.read(in, "second").bitEquals(tensor)).isTrue();
      assertThat(in.available()).isZero();
    }
  }

  private static Tensor randomTensor(SplittableRandom random) {
    int[] dims = new int[random.nextInt(5)];
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = random.nextInt(axis == 0 ? 40 : 8);
    }
    DType[] types = DType.values();
    Tensor tensor = Tensor.zeros(types[random.nextInt(types.length)], Shape.of(dims));
    for (int i = 0; i < tensor.size(); i++) {
      switch (tensor.dtype()) {
        case FLOAT32 -> tensor.floats()[i] = Float.intBitsToFloat(random.nextInt());
        case FLOAT64 -> tensor.doubles()[i] = Double.longBitsToDouble(random.nextLong());
        case INT32 -> tensor.ints()[i] = random.nextInt();
        case INT64 -> tensor.longs()[i] = random.nextLong();
        case UINT8 -> tensor.bytes()[i] = (byte) random.nextInt();
        case BOOL -> tensor.bytes()[i] = (byte) random.nextInt(2);
      }
    }
    return tensor;
  }

  @Test
  void arraysLongerThanABlockComeBackWhole(@TempDir Path folder) throws IOException {
    float[] values = new float[100_003];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Tensor tensor = Tensor.of(Shape.of(100_003), values);
    Path file = folder.resolve("long.npy");
    Files.write(file, Npy.toBytes(tensor));
    assertThat(Npy.read(file).bitEquals(tensor)).isTrue();
    try (InputStream in = Files.newInputStream(file)) {
      assertThat(Npy.read(in, "stream").bitEquals(tensor)).isTrue();
    }
  }

  @Test
  void headerAloneGivesAccessToRows() throws IOException {
    byte[] file = golden("grid.npy");
    Npy.Header header = Npy.header(new ByteArrayInputStream(file));
    assertThat(header)
        .isEqualTo(
            new Npy.Header(
                NpyType.FLOAT32, ByteOrder.LITTLE_ENDIAN, false, Shape.of(2, 3, 4), 128));
    assertThat(header.elements()).isEqualTo(24);
    assertThat(header.dataBytes()).isEqualTo(96);
    byte[] second = Arrays.copyOfRange(file, 128 + 48, 128 + 96);
    Tensor row = header.decode(second, Shape.of(3, 4));
    assertThat(row.floats()).containsExactly(12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
    assertThatThrownBy(() -> header.decode(second, Shape.of(4, 4)))
        .hasMessage("FLOAT32 elements of shape [4, 4] take 64 bytes, found 48");
  }

  @Test
  void headerOfAHugeArrayIsReadable() throws IOException {
    Npy.Header header =
        Npy.header(new ByteArrayInputStream(file("'<f4'", "False", "(100000, 100, 2312)")));
    assertThat(header.elements()).isEqualTo(23_120_000_000L);
    assertThat(header.dataBytes()).isEqualTo(92_480_000_000L);
  }

  @Test
  void readsHeadersOfPython2AndDoubleQuotes() {
    byte[] file = file("\"<f4\"", "False", "( 1L,2L )", new byte[8]);
    assertThat(Npy.read(file).shape()).isEqualTo(Shape.of(1, 2));
  }

  @Test
  void wrongFilesAreRefusedWithTheReason() {
    assertRefused("no npy".getBytes(StandardCharsets.UTF_8), "does not begin with the bytes");
    assertRefused(new byte[0], "does not begin with the bytes");
    byte[] version = file("'<f4'", "False", "()", new byte[4]);
    version[6] = 4;
    assertRefused(version, "format version 4.0; readable are 1.0, 2.0 and 3.0");
    assertRefused(Arrays.copyOf(version, 8), "format version");
    assertRefused(
        file("'<f4'", "False", "(2,)", new byte[7]),
        "FLOAT32 elements of shape [2] take 8 bytes after the header, found 7");
    assertRefused(file("'<f4'", "False", "(2,)", new byte[9]), "take 8 bytes");
    assertRefused(file("'=f4'", "False", "()", new byte[4]), "'=f4' names no byte order");
    assertRefused(file("'|f4'", "False", "()", new byte[4]), "'|f4' names no byte order");
    assertRefused(file("''", "False", "()", new byte[4]), "element type is ''");
    assertRefused(file("'|b1'", "False", "(2,)", new byte[] {1, 2}), "element 1 of type BOOL is 2");
    assertRefused(file("'<f4'", "False", "(3000000000,)"), "an axis longer than 2147483647");
    assertRefused(file("'<f4'", "False", "(-1,)"), "no whole number");
    assertRefused(file("'<f4'", "False", "(1)", new byte[4]), "no tuple without a comma");
    assertRefused(file("'<f4'", "0", "(1,)"), "neither True nor False");
    assertRefused(file("'<f4'", "False", "(1,)}; import os"), "text after the dictionary");
    assertRefused(file("'<f4'", "False", "(1,), 'shape': (2,)"), "the key 'shape' twice");
    assertRefused(file("'<f4'", "False", "(1,), 'code': 'x'"), "the unknown key 'code'");
    assertRefused(file("__import__('os')", "False", "(1,)"), "no quoted text");
    String dims = "2147483647, ".repeat(3);
    assertRefused(file("'<f4'", "False", "(" + dims + ")"), "has more than 2^63 bytes");
    assertRefused(file("'<f4'", "False", "(2147483647, 2147483647, 0)"), "exceeds the 2^31 - 1");
    assertRefused(file("'<f4'", "False", "(" + "1, ".repeat(65) + ")"), "more than 64 axes");
  }

  @Test
  void aFalseShapeInAStreamClaimsNoMemory() {
    byte[] file = file("'<f8'", "False", "(2147483000,)", new byte[80]);
    assertThatThrownBy(() -> Npy.read(new ByteArrayInputStream(file), "stream"))
        .isInstanceOf(NpyException.class)
        .hasMessage(
            "Cannot read stream as .npy: it ends after 80 of 17179864000 bytes of elements");
  }

  @Test
  void aFalseHeaderLengthClaimsNoMemory() {
    byte[] file = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, 127};
    assertRefused(file, "its header claims 2147483647 bytes, at most 65535 are read");
    file[11] = -1;
    assertRefused(file, "its header claims 4294967295 bytes, at most 65535 are read");
  }

  @Seeded
  void damagedFilesGiveTensorsOrNpyExceptions(SplittableRandom random) throws IOException {
    byte[][] seeds = {
      golden("grid.npy"), golden("grid_fortran.npy"), golden("grid_v3.npy"), golden("b1.npy")
    };
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] file = mutate(random, seeds[random.nextInt(seeds.length)]);
      try {
        Npy.read(file);
      } catch (NpyException e) {
        refused++;
      }
      try {
        Npy.read(new ByteArrayInputStream(file), "stream");
      } catch (NpyException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(20_000);
  }

  private static byte[] mutate(SplittableRandom random, byte[] seed) {
    byte[] file = seed.clone();
    String alphabet = "{}()[]',:<>|=0123456789-LTrueFalse fiub\"\\\n";
    for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(Math.min(file.length, 90));
      switch (random.nextInt(4)) {
        case 0 -> file[at] = (byte) random.nextInt();
        case 1 -> file[at] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        case 2 -> file = Arrays.copyOf(file, 1 + random.nextInt(file.length));
        default -> {
          int from = random.nextInt(file.length);
          int count = Math.min(random.nextInt(12), file.length - Math.max(at, from));
          System.arraycopy(seed, from, file, at, Math.max(0, count));
        }
      }
    }
    return file;
  }

  private static byte[] file(String descr, String fortran, String shape, byte... data) {
    String text =
        "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n".formatted(descr, fortran, shape);
    byte[] header = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length);
    out.write(header.length >> 8);
    out.writeBytes(header);
    out.writeBytes(data);
    return out.toByteArray();
  }

  private static void assertRefused(byte[] file, String reason) {
    assertThatThrownBy(() -> Npy.read(file, "x.npy"))
        .isInstanceOf(NpyException.class)
        .hasMessageStartingWith("Cannot read x.npy as .npy: ")
        .hasMessageContaining(reason);
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = NpyTest.class.getResourceAsStream("/golden/npy/" + name)) {
      return in.readAllBytes();
    }
  }
}
