package org.velella.provenance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON of which there is one text per value: keys sorted by their UTF-16 units, no white space,
 * UTF-8, whole numbers only. Floating-point numbers are strings in hexadecimal notation ({@link
 * #hex}), so that no bit is lost.
 *
 * <p>The reader is strict and bounded, for files from strangers: no duplicate keys, no depth beyond
 * 32, no numbers beyond 32 digits, nothing after the end.
 */
public final class CanonicalJson {
  /** The most characters of {@link #hex(double)}. */
  public static final int HEX_LENGTH = 24;

  private static final int FRACTION_BITS = 52;

  /** Texts from here on are decoded while they are read, not as a whole beforehand. */
  private static final int LONG_BYTES = 1 << 20;

  private static final int MAX_NESTING = 32;
  private static final int MAX_DIGITS = 32;

  private static final JsonFactory WRITER = new JsonFactory();
  private static final ObjectMapper TREES = new ObjectMapper();

  private CanonicalJson() {}

  /** A new object to fill. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** An object of strings. */
  public static ObjectNode object(Map<String, String> strings) {
    ObjectNode object = object();
    strings.forEach(object::put);
    return object;
  }

  /**
   * A float64 as a string that gives its bits back, such as {@code 0x1.8p1}: that of {@link
   * Double#toHexString}, which is slow because it searches for patterns.
   */
  public static String hex(double value) {
    byte[] text = new byte[HEX_LENGTH];
    return new String(text, 0, hex(value, text, 0), StandardCharsets.US_ASCII);
  }

  /**
   * Writes {@link #hex(double)} in ASCII.
   *
   * @param target has room for {@link #HEX_LENGTH} bytes from {@code at} on
   * @return the place after the last byte
   */
  public static int hex(double value, byte[] target, int at) {
    long bits = Double.doubleToRawLongBits(value);
    long fraction = bits & (1L << FRACTION_BITS) - 1;
    int exponent = Math.getExponent(value);
    if (exponent < Double.MIN_EXPONENT || exponent > Double.MAX_EXPONENT || fraction == 0) {
      return ascii(Double.toHexString(value), target, at);
    }
    int end = ascii(bits < 0 ? "-0x1." : "0x1.", target, at);
    int zeros = Long.numberOfTrailingZeros(fraction) / 4;
    for (int digit = FRACTION_BITS / 4 - 1; digit >= zeros; digit--) {
      target[end++] = (byte) Character.forDigit((int) (fraction >>> 4 * digit) & 15, 16);
    }
    target[end++] = 'p';
    return ascii(Integer.toString(exponent), target, end);
  }

  private static int ascii(String text, byte[] target, int at) {
    for (int i = 0; i < text.length(); i++) {
      target[at + i] = (byte) text.charAt(i);
    }
    return at + text.length();
  }

  /** The text of a string: quoted, with escapes where they are needed. */
  public static String quoted(String value) {
    return text(JsonNodeFactory.instance.textNode(value));
  }

  /**
   * The text of a value.
   *
   * @throws IllegalArgumentException if it holds a number that is not whole, or a string that is
   *     not valid Unicode
   */
  public static String text(JsonNode value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = WRITER.createGenerator(text)) {
      write(value, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** The text of a value as UTF-8. */
  public static byte[] bytes(JsonNode value) {
    return utf8(text(value));
  }

  /**
   * The text of a value as it is, keys in their order and any numbers, as UTF-8: that of {@link
   * JsonNode#toString}, for values of many millions of characters.
   *
   * @throws IllegalArgumentException if a string is not valid Unicode
   */
  public static byte[] writtenBytes(JsonNode value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Jackson's own writer of UTF-8 escapes what is beyond 16 bits.
    try (Writer text = new OutputStreamWriter(bytes, StandardCharsets.UTF_8.newEncoder())) {
      TREES.writeValue(text, value);
    } catch (IOException e) {
      throw new IllegalArgumentException("A string in the JSON is not valid Unicode", e);
    }
    return bytes.toByteArray();
  }

  /**
   * A text as UTF-8.
   *
   * @throws IllegalArgumentException if it is not valid Unicode
   */
  public static byte[] utf8(CharSequence text) {
    try {
      ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[utf8.remaining()];
      utf8.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("A string in the JSON is not valid Unicode", e);
    }
  }

  private static void write(JsonNode value, JsonGenerator json) throws IOException {
    switch (value.getNodeType()) {
      case OBJECT -> {
        json.writeStartObject();
        for (Map.Entry<String, JsonNode> field : sorted(value).entrySet()) {
          json.writeFieldName(field.getKey());
          write(field.getValue(), json);
        }
        json.writeEndObject();
      }
      case ARRAY -> {
        json.writeStartArray();
        for (JsonNode element : value) {
          write(element, json);
        }
        json.writeEndArray();
      }
      case STRING -> json.writeString(value.textValue());
      case BOOLEAN -> json.writeBoolean(value.booleanValue());
      case NULL -> json.writeNull();
      default -> {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
          throw new IllegalArgumentException(
              "Canonical JSON holds whole numbers of 64 bits only, not " + value);
        }
        json.writeNumber(value.longValue());
      }
    }
  }

  private static Map<String, JsonNode> sorted(JsonNode object) {
    Map<String, JsonNode> fields = new TreeMap<>();
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      fields.put(name, object.get(name));
    }
    return fields;
  }

  /**
   * The value of a UTF-8 text, canonical or not.
   *
   * @param what names the text in messages, such as a file
   * @throws JsonException if it is not one well-formed value within the bounds
   */
  public static JsonNode parse(byte[] utf8, String what) {
    try {
      if (utf8.length < LONG_BYTES) {
        return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)), what);
      }
      Reader text =
          new InputStreamReader(
              new ByteArrayInputStream(utf8), StandardCharsets.UTF_8.newDecoder());
      return value(reader(utf8.length).createParser(text), what);
    } catch (CharacterCodingException e) {
      throw new JsonException(what + " is not valid UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #parse(byte[], String)}, from characters. */
  public static JsonNode parse(CharSequence text, String what) {
    try {
      return value(reader(text.length()).createParser(text.toString()), what);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode value(JsonParser text, String what) throws IOException {
    try (JsonParser parser = text) {
      JsonNode value = TREES.readTree(parser);
      if (value == null || value.isMissingNode()) {
        throw new JsonException(what + " is empty instead of JSON");
      }
      if (parser.nextToken() != null) {
        throw new JsonException(what + " goes on after its JSON value");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new JsonException(what + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static JsonFactory reader(int length) {
    return JsonFactory.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_NESTING)
                .maxNumberLength(MAX_DIGITS)
                .maxStringLength(Math.max(length, 1))
                .build())
        .build();
  }
}
