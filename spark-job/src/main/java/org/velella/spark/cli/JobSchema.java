package org.velella.spark.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.velella.provenance.CanonicalJson;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The JSON schema of the files that {@code --config} takes, made of the commands' options: one
 * definition for each command that takes such a file, whose keys are its options' names.
 */
final class JobSchema {
  /** Where the schema stands in the jar, beside this class. */
  static final String RESOURCE = "job-file.schema.json";

  private static final Set<String> NO_KEYS = Set.of("help", "version", "config");
  private static final Set<Class<?>> WHOLE =
      Set.of(int.class, Integer.class, long.class, Long.class);
  private static final Set<Class<?>> NUMBERS = Set.of(double.class, Double.class);
  private static final Set<Class<?>> FLAGS = Set.of(boolean.class, Boolean.class);

  private JobSchema() {}

  /** The schema as text, with a line break at its end. */
  static String text(CommandLine line) {
    return of(line).toPrettyString().replace("\r\n", "\n") + "\n";
  }

  private static ObjectNode of(CommandLine line) {
    ObjectNode schema = CanonicalJson.object();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Velella job file");
    schema.put("description", "What --config FILE takes: options under their names, as YAML.");
    ArrayNode any = schema.putArray("anyOf");
    ObjectNode definitions = schema.putObject("$defs");
    for (Map.Entry<String, CommandLine> command : new TreeMap<>(line.getSubcommands()).entrySet()) {
      if (command.getValue().getCommandSpec().findOption("--config") != null) {
        any.addObject().put("$ref", "#/$defs/" + command.getKey());
        definitions.set(command.getKey(), command(command.getKey(), command.getValue()));
      }
    }
    return schema;
  }

  private static ObjectNode command(String name, CommandLine command) {
    ObjectNode json = CanonicalJson.object();
    json.put("title", "velella " + name);
    json.put("type", "object");
    ObjectNode properties = json.putObject("properties");
    TreeMap<String, OptionSpec> options = new TreeMap<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      options.put(option.longestName().substring(2), option);
    }
    options.keySet().removeAll(NO_KEYS);
    options.forEach((key, option) -> properties.set(key, property(option)));
    json.put("additionalProperties", false);
    options.forEach(
        (key, option) -> {
          if (option.type() == GivenSpace.class) {
            String self = "#/$defs/%s/$defs/%s".formatted(name, key);
            ArrayNode forms = ((ObjectNode) properties.get(key)).putArray("anyOf");
            forms.addObject().put("type", "string");
            forms.addObject().put("$ref", self);
            json.putObject("$defs").set(key, GivenSpace.schema(self));
          }
        });
    return json;
  }

  private static ObjectNode property(OptionSpec option) {
    ObjectNode json = CanonicalJson.object();
    String fallback = option.defaultValue() == null ? "" : option.defaultValue();
    json.put(
        "description",
        String.join(" ", option.description()).replace("${DEFAULT-VALUE}", fallback));
    if (option.isMultiValue()) {
      several(json, option.typeInfo().isMap());
    } else if (option.type() == GivenSpace.class) {
      types(json, List.of("string", "object"));
    } else if (FLAGS.contains(option.type())) {
      json.put("type", "boolean");
    } else if (WHOLE.contains(option.type())) {
      json.put("type", "integer");
    } else if (NUMBERS.contains(option.type())) {
      if (option.converters().length > 0) {
        // Such as a number with a unit.
        types(json, List.of("number", "string"));
      } else {
        json.put("type", "number");
      }
    } else {
      // Of lists, the items are joined by commas.
      types(json, List.of("string", "number", "boolean", "array"));
      types(json.putObject("items"), List.of("string", "number", "boolean"));
    }
    return json;
  }

  /** What may come several times: a list, one value, or keys with values. */
  private static void several(ObjectNode json, boolean keyed) {
    List<String> scalars = List.of("string", "number", "boolean");
    types(json, keyed ? List.of("object", "array", "string") : List.of("array", "string"));
    types(json.putObject("items"), scalars);
    if (keyed) {
      types(json.putObject("additionalProperties"), scalars);
    }
  }

  private static void types(ObjectNode json, List<String> types) {
    ArrayNode array = json.putArray("type");
    types.forEach(array::add);
  }
}
