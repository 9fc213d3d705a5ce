package org.velella.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.ITypeConverter;

/**
 * A parameter space that an option gives: JSON, or the file that holds it.
 *
 * @param text JSON if it begins with a brace, else a file's name
 */
record GivenSpace(String text) {
  private static final List<String> SAMPLED = List.of("random", "latin-hypercube", "sobol");
  private static final List<String> COMPOSED = List.of("product", "grid", "zip", "union");

  /**
   * Of a job file's object, as it stands on the command line.
   *
   * @throws UsageException if a key is missing in it
   */
  static String text(Object value) {
    try {
      return new ObjectMapper().valueToTree(value).toString();
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "The parameter space of the configuration file is none: " + e.getMessage(), e);
    }
  }

  /** Makes one of what stands on the command line. */
  static final class Converter implements ITypeConverter<GivenSpace> {
    @Override
    public GivenSpace convert(String value) {
      return new GivenSpace(value);
    }
  }

  /**
   * The space, as {@link org.velella.sweep.Spaces} reads it.
   *
   * @throws UsageException if it is no JSON, or the file cannot be read
   */
  JsonNode json() {
    try {
      return text.stripLeading().startsWith("{")
          ? CanonicalJson.parse(text, "The parameter space")
          : CanonicalJson.parse(Files.readAllBytes(Path.of(text)), "The parameter space " + text);
    } catch (JsonException e) {
      throw new UsageException(e.getMessage(), e);
    } catch (IOException | InvalidPathException e) {
      throw new UsageException("Cannot read the parameter space %s: %s".formatted(text, e), e);
    }
  }

  /**
   * The JSON schema of a space that is an object.
   *
   * @param self where it stands
   */
  static ObjectNode schema(String self) {
    ObjectNode json = CanonicalJson.object();
    json.put("type", "object");
    json.put("minProperties", 1);
    json.put("maxProperties", 1);
    ObjectNode kinds = json.putObject("properties");
    for (String kind : COMPOSED) {
      ObjectNode list = kinds.putObject(kind);
      list.put("type", "array");
      list.put("minItems", 1);
      ArrayNode each = list.putObject("items").putArray("anyOf");
      each.addObject().put("type", "string");
      each.addObject().put("$ref", self);
    }
    for (String kind : SAMPLED) {
      kinds.set(kind, sampled());
    }
    ObjectNode table = kinds.putObject("table");
    table.put("type", "object");
    table.put("minProperties", 1);
    table.putObject("additionalProperties").put("type", "array");
    kinds.putObject("columns").put("type", "object");
    json.put("additionalProperties", false);
    return json;
  }

  private static ObjectNode sampled() {
    ObjectNode json = CanonicalJson.object();
    json.put("type", "object");
    ObjectNode properties = json.putObject("properties");
    properties.putObject("trials").put("type", "integer");
    properties.putObject("seed").put("type", "integer");
    ObjectNode vary = properties.putObject("vary");
    vary.put("type", "array");
    vary.putObject("items").put("type", "string");
    json.putArray("required").add("trials").add("vary");
    json.put("additionalProperties", false);
    return json;
  }
}
