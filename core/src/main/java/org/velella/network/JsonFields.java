package org.velella.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.velella.tensor.Shape;

/** Checked access to the fields of a JSON object that is not trusted. */
final class JsonFields {
  private final String label;
  private final JsonNode object;
  private final Set<String> read = new HashSet<>();

  /** The fields of an object, which messages call {@code label}. */
  JsonFields(String label, JsonNode object) {
    this.label = label;
    this.object = object;
    if (!object.isObject()) {
      throw new NetworkException(label + " must be a JSON object");
    }
  }

  boolean has(String key) {
    return object.has(key);
  }

  private JsonNode field(String key) {
    JsonNode field = object.get(key);
    if (field == null) {
      throw new NetworkException(label + " lacks '" + key + "'");
    }
    read.add(key);
    return field;
  }

  private NetworkException mismatch(String key, String expected) {
    String found = object.get(key).toString();
    return new NetworkException(
        "%s: '%s' must be %s, found %s"
            .formatted(
                label, key, expected, found.length() > 80 ? found.substring(0, 80) + "…" : found));
  }

  String text(String key) {
    JsonNode field = field(key);
    if (!field.isTextual()) {
      throw mismatch(key, "a string");
    }
    return field.textValue();
  }

  boolean truth(String key) {
    JsonNode field = field(key);
    if (!field.isBoolean()) {
      throw mismatch(key, "true or false");
    }
    return field.booleanValue();
  }

  int integer(String key) {
    JsonNode field = field(key);
    if (!field.isInt()) {
      throw mismatch(key, "a whole number below 2^31");
    }
    return field.intValue();
  }

  /** A finite number, or one in a string, as writers leave it in hexadecimal notation. */
  double number(String key) {
    JsonNode field = field(key);
    try {
      double number = field.isNumber() ? field.doubleValue() : Double.parseDouble(text(key));
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException | NetworkException e) {
      throw mismatch(key, "a number, or one in a string");
    }
    throw mismatch(key, "a finite number");
  }

  /** One of an enum's names, in letters of either case. */
  <E extends Enum<E>> E constant(String key, Class<E> type) {
    String text = text(key);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw mismatch(
        key, "one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
  }

  Shape shape(String key) {
    JsonNode field = field(key);
    if (!field.isArray() || field.size() > 32) {
      throw mismatch(key, "a list of at most 32 axis lengths");
    }
    int[] dims = new int[field.size()];
    for (int i = 0; i < dims.length; i++) {
      JsonNode dim = field.get(i);
      if (!dim.isInt() || dim.intValue() < 0) {
        throw mismatch(key, "a list of axis lengths below 2^31");
      }
      dims[i] = dim.intValue();
    }
    return Shape.of(dims);
  }

  JsonFields object(String key) {
    return new JsonFields(label + " '" + key + "'", field(key));
  }

  /** The elements of a list. */
  List<JsonNode> list(String key) {
    JsonNode field = field(key);
    if (!field.isArray()) {
      throw mismatch(key, "a list");
    }
    List<JsonNode> elements = new ArrayList<>(field.size());
    field.forEach(elements::add);
    return elements;
  }

  /** All keys, in the order of the text. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Refuses fields that nobody asked for. */
  void requireAllRead() {
    for (String key : keys()) {
      if (!read.contains(key)) {
        throw new NetworkException(label + " has the unknown field '" + key + "'");
      }
    }
  }
}
