package org.velella.spark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.velella.sweep.Spaces;
import org.yaml.snakeyaml.Yaml;

class JobSchemaTest {
  private static final Path ROOT = Path.of("..");

  private static JsonNode schema() throws IOException {
    return new ObjectMapper().readTree(CommandLineRun.of("schema").out());
  }

  @Test
  void theShippedFileIsTheGeneratedOne() throws IOException {
    try (InputStream shipped = JobSchema.class.getResourceAsStream(JobSchema.RESOURCE)) {
      assertThat(shipped).isNotNull();
      assertThat(new String(shipped.readAllBytes(), UTF_8))
          .as("replace it by what 'velella schema' prints")
          .isEqualTo(CommandLineRun.of("schema").out());
    }
  }

  /** By hand: one option of each type, and what is no key of a file. */
  @Test
  void saysWhatOptionsTake() throws IOException {
    JsonNode commands = schema().path("$defs");
    assertThat(names(commands)).containsExactly("resume", "simulate", "sweep");
    JsonNode simulate = commands.path("simulate");
    assertThat(simulate.path("additionalProperties").asBoolean(true)).isFalse();
    JsonNode keys = simulate.path("properties");
    assertThat(names(keys))
        .contains("network", "input", "steps", "conf", "dry-run", "backend")
        .doesNotContain("help", "version", "config", "grid");
    assertThat(keys.path("steps").path("type").asText()).isEqualTo("integer");
    assertThat(keys.path("dt").path("type")).hasToString("[\"number\",\"string\"]");
    assertThat(keys.path("dry-run").path("type").asText()).isEqualTo("boolean");
    assertThat(keys.path("conf").path("type")).hasToString("[\"object\",\"array\",\"string\"]");
    assertThat(keys.path("record").path("type").toString()).contains("string", "array");
    assertThat(keys.path("dt").path("description").asText()).contains("Default: 1e-4");
    assertThat(commands.path("sweep").path("properties").path("grid").path("type"))
        .hasToString("[\"array\",\"string\"]");
    assertThat(commands.path("resume").path("properties").path("steps").path("type").toString())
        .contains("string");
  }

  /** The kinds are those that the reader of spaces names itself. */
  @Test
  void knowsEveryKindOfSpace() throws IOException {
    JsonNode sweep = schema().path("$defs").path("sweep");
    JsonNode forms = sweep.path("properties").path("space").path("anyOf");
    assertThat(forms)
        .hasToString("[{\"type\":\"string\"},{\"$ref\":\"#/$defs/sweep/$defs/space\"}]");
    JsonNode kinds = sweep.path("$defs").path("space").path("properties");
    assertThatThrownBy(() -> Spaces.parse(new ObjectMapper().readTree("{\"no\": 1}")))
        .hasMessageContaining(names(kinds).stream().sorted().toList().toString());
    assertThat(kinds.path("union").path("items").path("anyOf")).isEqualTo(forms);
    assertThat(names(kinds.path("sobol").path("properties")))
        .containsExactly("trials", "seed", "vary");
  }

  @Test
  void theExamplesOfTheDocumentationFollowIt() throws IOException {
    JsonNode definitions = schema().path("$defs");
    int files = 0;
    for (String file : List.of("README.md", "spark-job/docs/RUNNING.md")) {
      String text = Files.readString(ROOT.resolve(file));
      for (Matcher block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(text);
          block.find(); ) {
        Map<String, Object> job = new Yaml().load(block.group(1));
        files++;
        assertThat(names(definitions).stream().anyMatch(name -> fits(definitions.get(name), job)))
            .as("%s: %s", file, job)
            .isTrue();
      }
    }
    assertThat(files).isPositive();
    assertThat(fits(definitions.path("simulate"), Map.of("steps", "many"))).isFalse();
    assertThat(fits(definitions.path("simulate"), Map.of("grid", "a=1"))).isFalse();
  }

  /** As a validator does it, as far as our schema goes. */
  private static boolean fits(JsonNode command, Map<String, Object> job) {
    for (Map.Entry<String, Object> entry : job.entrySet()) {
      JsonNode property = command.path("properties").path(entry.getKey());
      if (property.isMissingNode() || !typeFits(property.path("type"), entry.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean typeFits(JsonNode type, Object value) {
    String is =
        value instanceof Map<?, ?>
            ? "object"
            : value instanceof List<?>
                ? "array"
                : value instanceof Boolean
                    ? "boolean"
                    : value instanceof Integer
                        ? "integer"
                        : value instanceof Number ? "number" : "string";
    List<String> allowed = new ArrayList<>();
    if (type.isArray()) {
      type.forEach(each -> allowed.add(each.asText()));
    } else {
      allowed.add(type.asText());
    }
    return allowed.contains(is) || is.equals("integer") && allowed.contains("number");
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    for (Iterator<String> each = object.fieldNames(); each.hasNext(); ) {
      names.add(each.next());
    }
    return names;
  }
}
