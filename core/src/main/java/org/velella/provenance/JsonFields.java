package org.velella.provenance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The fields of a JSON object, each required to be there and of its type. Fields that nobody asks
 * for are ignored, so that a newer minor version may add some.
 */
public final class JsonFields {
  private final JsonNode object;
  private final String where;

  /**
   * The fields of a value that must be an object.
   *
   * @param where names the object in messages
   * @throws JsonException if it is something else
   */
  public JsonFields(JsonNode value, String where) {
    if (!value.isObject()) {
      throw new JsonException(where + " is " + kind(value) + " instead of an object");
    }
    this.object = value;
    this.where = where;
  }

  /** The object's name in messages. */
  public String where() {
    return where;
  }

  /** Whether the field is there and not null. */
  public boolean has(String name) {
    return object.hasNonNull(name);
  }

  /** The names of all fields, whatever they hold. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  public String text(String name) {
    JsonNode value = field(name);
    if (!value.isTextual()) {
      throw wrong(name, value, "a string");
    }
    return value.textValue();
  }

  /** A whole number of 64 bits. */
  public long number(String name) {
    JsonNode value = field(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(name, value, "a whole number");
    }
    return value.longValue();
  }

  public boolean flag(String name) {
    JsonNode value = field(name);
    if (!value.isBoolean()) {
      throw wrong(name, value, "true or false");
    }
    return value.booleanValue();
  }

  /** A float64 from its hexadecimal string. */
  public double hexFloat(String name) {
    String text = text(name);
    try {
      double value = Double.parseDouble(text);
      if (CanonicalJson.hex(value).equals(text)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number in another notation.
    }
    throw new JsonException(
        "'%s' of %s is \"%s\" instead of a float64 in hexadecimal notation"
            .formatted(name, where, text));
  }

  public JsonFields object(String name) {
    return new JsonFields(field(name), "'" + name + "' of " + where);
  }

  /** The elements of an array, whatever they are. */
  public List<JsonNode> array(String name) {
    JsonNode value = field(name);
    if (!value.isArray()) {
      throw wrong(name, value, "an array");
    }
    List<JsonNode> elements = new ArrayList<>(value.size());
    value.forEach(elements::add);
    return elements;
  }

  /** The elements of an array of objects. */
  public List<JsonFields> objects(String name) {
    List<JsonFields> objects = new ArrayList<>();
    for (JsonNode element : array(name)) {
      // Joined: formatting takes longer, and a manifest may have hundreds of thousands.
      objects.add(new JsonFields(element, "'" + name + "' " + objects.size() + " of " + where));
    }
    return objects;
  }

  /** The elements of an array of whole numbers of 64 bits. */
  public long[] numbers(String name) {
    List<JsonNode> elements = array(name);
    long[] numbers = new long[elements.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode element = elements.get(i);
      if (!element.isIntegralNumber() || !element.canConvertToLong()) {
        throw wrong(name, element, "an array of whole numbers");
      }
      numbers[i] = element.longValue();
    }
    return numbers;
  }

  /** The elements of an array of strings. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array(name)) {
      if (!element.isTextual()) {
        throw wrong(name, element, "an array of strings");
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  /** All fields, which must be strings, sorted by name. */
  public SortedMap<String, String> strings() {
    SortedMap<String, String> strings = new TreeMap<>();
    names().forEach(name -> strings.put(name, text(name)));
    return strings;
  }

  /** All fields of a field that is an object of strings. */
  public SortedMap<String, String> strings(String name) {
    return object(name).strings();
  }

  private JsonNode field(String name) {
    JsonNode value = object.get(name);
    if (value == null) {
      throw new JsonException(where + " has no '" + name + "'");
    }
    return value;
  }

  private JsonException wrong(String name, JsonNode value, String wanted) {
    return new JsonException(
        "'%s' of %s is %s instead of %s".formatted(name, where, kind(value), wanted));
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case STRING -> "a string";
      case NUMBER -> "the number " + value;
      case BOOLEAN -> "a boolean";
      default -> "null";
    };
  }
}
