package org.velella.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses and checks the JSON header of a safetensors file. */
final class SafetensorsHeaderReader {
  static final String METADATA = "__metadata__";

  private static final int MAX_NESTING = 8;
  private static final int MAX_DIGITS = 32;

  private final Map<String, SafetensorsHeader.Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final long dataLength;
  private final Types types;

  /** Which element types are taken. */
  enum Types {
    /** Those that tensors have. */
    OURS,
    /** Those, too, of which tensors hold every value. */
    WIDENED
  }

  private SafetensorsHeaderReader(long dataLength, Types types) {
    this.dataLength = dataLength;
    this.types = types;
  }

  /**
   * The header.
   *
   * @param json the header's bytes, padding included
   * @param dataLength bytes that follow the header
   */
  static SafetensorsHeader parse(byte[] json, long dataLength, Types types) {
    if (json.length == 0 || json[0] != '{') {
      throw new SafetensorsException("The safetensors header does not begin with '{'");
    }
    SafetensorsHeaderReader reader = new SafetensorsHeaderReader(dataLength, types);
    try (JsonParser parser = factory(json.length).createParser(decode(json))) {
      parser.nextToken();
      reader.readHeader(parser);
      if (parser.nextToken() != null) {
        throw new SafetensorsException("The safetensors header goes on after its closing '}'");
      }
    } catch (JsonProcessingException e) {
      // Only the parser's words: its location would print the header's text.
      throw new SafetensorsException(
          "The safetensors header is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new SafetensorsException("The safetensors header cannot be parsed", e);
    }
    reader.requireContiguous();
    return new SafetensorsHeader(reader.entries, reader.metadata, 8L + json.length, dataLength);
  }

  private static JsonFactory factory(int length) {
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

  private static String decode(byte[] json) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new SafetensorsException("The safetensors header is not valid UTF-8", e);
    }
  }

  private void readHeader(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      expect(parser.nextToken(), JsonToken.START_OBJECT, "the value of '" + name + "'");
      if (name.equals(METADATA)) {
        readMetadata(parser);
      } else {
        entries.put(name, readEntry(name, parser));
      }
    }
  }

  private void readMetadata(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      expect(parser.nextToken(), JsonToken.VALUE_STRING, "metadata '" + key + "'");
      metadata.put(key, parser.getText());
    }
  }

  private SafetensorsHeader.Entry readEntry(String name, JsonParser parser) throws IOException {
    SafetensorsType dtype = null;
    List<Long> dims = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      String where = "'" + field + "' of tensor '" + name + "'";
      JsonToken value = parser.nextToken();
      switch (field) {
        case "dtype" -> {
          expect(value, JsonToken.VALUE_STRING, where);
          dtype = dtype(parser.getText(), name);
        }
        case "shape" -> dims = readNumbers(parser, where);
        case "data_offsets" -> offsets = readNumbers(parser, where);
        default -> throw new SafetensorsException("Unknown field " + where);
      }
    }
    if (dtype == null || dims == null || offsets == null || offsets.size() != 2) {
      throw new SafetensorsException(
          "Tensor '" + name + "' needs a dtype, a shape and two data_offsets");
    }
    return checkedEntry(name, dtype, dims, offsets.get(0), offsets.get(1));
  }

  private SafetensorsType dtype(String code, String name) {
    try {
      return types == Types.OURS
          ? SafetensorsType.valueOf(DType.ofCode(code).code())
          : SafetensorsType.ofCode(code);
    } catch (IllegalArgumentException e) {
      throw new SafetensorsException("Tensor '" + name + "': " + e.getMessage(), e);
    }
  }

  private static List<Long> readNumbers(JsonParser parser, String where) throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY, where);
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, "an element of " + where);
      long number = parser.getLongValue();
      if (number < 0) {
        throw new SafetensorsException("An element of " + where + " is negative: " + number);
      }
      numbers.add(number);
    }
    return numbers;
  }

  private SafetensorsHeader.Entry checkedEntry(
      String name, SafetensorsType dtype, List<Long> dims, long begin, long end) {
    if (begin > end || end > dataLength) {
      throw new SafetensorsException(
          "Tensor '%s' spans bytes %d to %d of %d bytes of data"
              .formatted(name, begin, end, dataLength));
    }
    Shape shape;
    long bytes;
    try {
      shape = Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
      bytes = (long) shape.size() * dtype.bytes();
    } catch (ArithmeticException e) {
      throw new SafetensorsException(
          "Tensor '" + name + "' of shape " + dims + " has more than 2^31 - 1 elements", e);
    }
    if (bytes != end - begin) {
      throw new SafetensorsException(
          "Tensor '%s' of %s %s needs %d bytes, its data_offsets give %d"
              .formatted(name, dtype, shape, bytes, end - begin));
    }
    return new SafetensorsHeader.Entry(dtype, shape, begin, end);
  }

  private void requireContiguous() {
    long at = 0;
    for (String name : inDataOrder(entries)) {
      SafetensorsHeader.Entry entry = entries.get(name);
      if (entry.begin() != at) {
        throw new SafetensorsException(
            "The data of tensor '%s' begins at %d; without gap or overlap it would be %d"
                .formatted(name, entry.begin(), at));
      }
      at = entry.end();
    }
    if (at != dataLength) {
      throw new SafetensorsException(
          "The tensors fill %d bytes, the file has %d bytes of data".formatted(at, dataLength));
    }
  }

  /** The names in the order in which their bytes follow each other. */
  static List<String> inDataOrder(Map<String, SafetensorsHeader.Entry> entries) {
    List<String> names = new ArrayList<>(entries.keySet());
    names.sort(
        Comparator.comparingLong((String name) -> entries.get(name).begin())
            .thenComparingLong(name -> entries.get(name).end()));
    return names;
  }

  private static void expect(JsonToken token, JsonToken wanted, String where) {
    if (token != wanted) {
      throw new SafetensorsException(
          "In the safetensors header, " + where + " is " + token + " instead of " + wanted);
    }
  }
}
