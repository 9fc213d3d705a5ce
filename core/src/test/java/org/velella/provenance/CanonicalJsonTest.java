package org.velella.provenance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.testkit.Seeded;

class CanonicalJsonTest {
  @Test
  void keysAreSortedAndNothingIsSpaced() {
    ObjectNode json = CanonicalJson.object().put("b", 1).put("ä", "\"\n\u0001/é").put("B", true);
    json.putArray("a").add(Long.MIN_VALUE).addNull();
    json.putObject("aa").put("z", 0).put("y", "");

    assertThat(CanonicalJson.text(json))
        .isEqualTo(
            "{\"B\":true,\"a\":[-9223372036854775808,null],\"aa\":{\"y\":\"\",\"z\":0},\"b\":1,"
                + "\"ä\":\"\\\"\\n\\u0001/é\"}");
    assertThat(CanonicalJson.bytes(json)).isEqualTo(CanonicalJson.text(json).getBytes(UTF_8));
  }

  @Test
  void numbersThatAreNotWholeAreNotWritten() {
    ObjectNode json = CanonicalJson.object().put("x", 0.5);
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> CanonicalJson.text(json))
        .withMessageContaining("0.5");
  }

  /** Escapes as RFC 8259 asks for, and no others. */
  @Test
  void whatIsWrittenAsItIsKeepsTheOrderOfKeysAndAnyNumbers() {
    ObjectNode json = CanonicalJson.object().put("b", 0.5).put("a", "\"\\\n\u0001/é\u2028😀");
    json.putArray("ä").add(1).addNull().add(true);
    byte[] written = CanonicalJson.writtenBytes(json);
    assertThat(new String(written, UTF_8))
        .isEqualTo("{\"b\":0.5,\"a\":\"\\\"\\\\\\n\\u0001/é\u2028😀\",\"ä\":[1,null,true]}")
        .isEqualTo(json.toString());
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> CanonicalJson.writtenBytes(json.put("c", "\ud800")))
        .withMessageContaining("Unicode");
  }

  @Test
  void stringsThatAreNotUnicodeAreNotWritten() {
    ObjectNode json = CanonicalJson.object().put("x", "\ud800");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> CanonicalJson.bytes(json))
        .withMessageContaining("Unicode");
  }

  @Seeded(times = 20)
  void hexadecimalFloatsAreThoseOfJava(SplittableRandom random) {
    for (int i = 0; i < 1000; i++) {
      double any = Double.longBitsToDouble(random.nextLong());
      double small = any * Math.scalb(1.0, -random.nextInt(1080));
      double whole = random.nextInt(-9, 9);
      for (double value : new double[] {any, small, whole, whole / 8, 1 / whole}) {
        assertThat(CanonicalJson.hex(value)).isEqualTo(Double.toHexString(value));
      }
    }
  }

  @Seeded(times = 50)
  void hexadecimalFloatsGiveEveryBitBack(SplittableRandom random) {
    double value = Double.longBitsToDouble(random.nextLong());
    ObjectNode json = CanonicalJson.object().put("x", CanonicalJson.hex(value));

    double read = new JsonFields(json, "json").hexFloat("x");

    assertThat(Double.doubleToLongBits(read)).isEqualTo(Double.doubleToLongBits(value));
  }

  @Seeded(times = 50)
  void readingGivesWhatWasWritten(SplittableRandom random) {
    JsonNode json = random(random, 4);
    JsonNode read = CanonicalJson.parse(CanonicalJson.bytes(json), "json");

    assertThat(CanonicalJson.text(read)).isEqualTo(CanonicalJson.text(json));
  }

  private static JsonNode random(SplittableRandom random, int depth) {
    ObjectNode json = CanonicalJson.object();
    for (int i = random.nextInt(4); i >= 0; i--) {
      String key = "k" + (char) random.nextInt(0x20, 0xd000);
      switch (random.nextInt(depth == 0 ? 3 : 5)) {
        case 0 -> json.put(key, random.nextLong());
        case 1 -> json.put(key, "" + (char) random.nextInt(0xd000) + (char) random.nextInt(40));
        case 2 -> json.put(key, random.nextBoolean());
        case 3 -> json.set(key, random(random, depth - 1));
        default -> json.putArray(key).add(random(random, depth - 1)).addNull();
      }
    }
    return json;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{}{}",
        "{} x",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "{\"a\":NaN}",
        "{'a':1}",
        "{a:1}",
        "[1,]",
        "// c\n1",
        "{\"a\":123456789012345678901234567890123456789012345678901234567890}"
      })
  void anythingButOneWellFormedValueIsRefused(String text) {
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> CanonicalJson.parse(text, "file.json"))
        .withMessageStartingWith("file.json ");
  }

  @Test
  void deepNestingAndBadBytesAreRefused() {
    String deep = "[".repeat(40) + "]".repeat(40);
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> CanonicalJson.parse(deep, "file.json"));
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> CanonicalJson.parse(new byte[] {'"', (byte) 0xc0, '"'}, "file.json"))
        .withMessageContaining("UTF-8");
  }

  /** More than a mebibyte; characters of one to four bytes lie across every block that is read. */
  @Test
  void longTextsAreReadAndRefusedAsShortOnes() {
    String text = "a\u00e9\u20ac\uD83D\uDE00".repeat(120_000);
    String json = "[\"" + text + "\",7]";
    byte[] bytes = json.getBytes(UTF_8);
    assertThat(bytes.length).isGreaterThan(1 << 20);
    JsonNode read = CanonicalJson.parse(bytes, "f");
    assertThat(read.size()).isEqualTo(2);
    assertThat(read.get(0).textValue()).isEqualTo(text);
    assertThat(read.get(1).intValue()).isEqualTo(7);
    assertRefused(() -> CanonicalJson.parse((json + "1").getBytes(UTF_8), "f"), "f goes on after");
    assertRefused(() -> CanonicalJson.parse((json + "]").getBytes(UTF_8), "f"), "f is not valid");
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    assertRefused(() -> CanonicalJson.parse(cut, "f"), "f is not valid JSON");
    byte[] bad = bytes.clone();
    bad[bad.length / 2] = (byte) 0xff;
    assertRefused(() -> CanonicalJson.parse(bad, "f"), "f is not valid UTF-8");
  }

  @Test
  void wrongFieldsAreNamed() {
    JsonFields json =
        new JsonFields(
            CanonicalJson.parse(
                "{\"t\":1,\"n\":\"x\",\"o\":[],\"a\":{},\"f\":\"1.5\",\"big\":99999999999999999999}",
                "f"),
            "file.json");
    assertRefused(() -> json.text("t"), "'t' of file.json is the number 1 instead of a string");
    assertRefused(() -> json.number("n"), "'n' of file.json is a string instead of a whole number");
    assertRefused(() -> json.number("big"), "instead of a whole number");
    assertRefused(() -> json.object("o"), "'o' of file.json is an array instead of an object");
    assertRefused(() -> json.array("a"), "'a' of file.json is an object instead of an array");
    assertRefused(() -> json.hexFloat("f"), "'f' of file.json is \"1.5\" instead of a float64");
    assertRefused(() -> json.text("missing"), "file.json has no 'missing'");
    assertRefused(() -> json.strings("o"), "instead of an object");
    assertRefused(() -> json.flag("t"), "instead of true or false");
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(call::run)
        .withMessageContaining(message);
  }
}
