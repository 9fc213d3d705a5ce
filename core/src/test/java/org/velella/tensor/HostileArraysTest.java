package org.velella.tensor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.Fuzz;

/** Array files that claim what they do not hold are refused before memory is taken. */
class HostileArraysTest {
  private static final String DEEP = "[".repeat(100_000);
  private static final String MANY_DIGITS = "9".repeat(1000);

  private static byte[] safetensors(long length, String header, int data) {
    byte[] json = header.getBytes(ISO_8859_1);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(length).put(json).array();
  }

  private static String tensor(String dtype, String shape, String offsets) {
    return "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}"
        .formatted(dtype, shape, offsets);
  }

  static List<String> headers() {
    return List.of(
        tensor("F32", "[4611686018427387904,4]", "[0,16]"),
        tensor("F64", "[2147483647,2147483647]", "[0,16]"),
        tensor("F32", "[4294967297]", "[0,16]"),
        tensor("U8", "[2147483647]", "[0,2147483647]"),
        tensor("U8", "[9223372036854775807]", "[0,9223372036854775807]"),
        tensor("U8", "[16]", "[-1,15]"),
        tensor("U8", "[8]", "[8,16]"),
        tensor("U8", "[8]", "[0,8]"),
        tensor("U8", "[-16]", "[0,16]"),
        tensor("U8", "[16]", "[0,16,16]"),
        tensor("U8", "[" + MANY_DIGITS + "]", "[0,16]"),
        tensor("U8", DEEP, "[0,16]"),
        tensor("F8_E4M3", "[16]", "[0,16]"),
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[16],\"data_offsets\":[0,16]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[8,16]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[16],\"data_offsets\":[0,16]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[16],\"data_offsets\":[0,16]}}",
        "{\"__metadata__\":{\"k\":" + DEEP + "}}",
        "{\"__metadata__\":{\"k\":1}}",
        DEEP,
        "",
        "{");
  }

  @ParameterizedTest
  @MethodSource("headers")
  void safetensorsHeadersThatLie(String header) {
    byte[] file = safetensors(header.length(), header, 16);

    assertThat(Fuzz.reads("It", file, Safetensors::read, List.of(SafetensorsException.class)))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE, -1, 1L << 40, 1L << 31, 16 << 20, 25})
  void safetensorsHeadersLongerThanTheFile(long length) {
    byte[] file = safetensors(length, "{}", 14);

    assertThat(Fuzz.reads("It", file, Safetensors::read, List.of(SafetensorsException.class)))
        .isFalse();
  }

  private static byte[] npy(int major, long headerLength, String header) {
    byte[] text = header.getBytes(ISO_8859_1);
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + (major > 1 ? 2 : 0) + text.length + 16)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(ISO_8859_1)).put((byte) major).put((byte) 0);
    if (major > 1) {
      bytes.putInt((int) headerLength);
    } else {
      bytes.putShort((short) headerLength);
    }
    return bytes.put(text).array();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2147483647, 2147483647), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647,), }",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (65536, 65536), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-4,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': '<f99999999999', 'fortran_order': False, 'shape': (2,), }",
        "{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (4,), }",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,), }",
        "{'shape': (4,)}",
        "{",
        "((((((((((((((((((((((((((((((((((((((((((((((("
      })
  void npyHeadersThatLie(String header) {
    for (int major = 1; major <= 3; major++) {
      byte[] file = npy(major, header.length(), header);
      assertThat(Fuzz.reads("It", file, Npy::read, List.of(NpyException.class))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0xffffffffL, 0x7fffffffL, 1 << 30, 65_535, 200})
  void npyHeadersLongerThanTheFile(long length) {
    byte[] file = npy(2, length, "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }");

    assertThat(Fuzz.reads("It", file, Npy::read, List.of(NpyException.class))).isFalse();
  }
}
