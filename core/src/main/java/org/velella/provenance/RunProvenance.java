package org.velella.provenance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What ran, written once beside the results so that anyone can repeat it.
 *
 * @param started when the run began
 * @param software the driver's software
 * @param numerics the driver's floating-point environment
 * @param backend which backend was chosen and why
 * @param convention how the network's equations were made discrete, such as {@code norse}
 * @param dt seconds per step
 * @param seed of all random numbers
 * @param digests SHA-256 in hexadecimal of what went in, by name: {@code network}, {@code weights},
 *     …
 * @param configuration every resolved option by name; secrets are replaced before they are kept
 */
public record RunProvenance(
    Instant started,
    Software software,
    NumericEnvironment numerics,
    BackendChoice backend,
    String convention,
    double dt,
    long seed,
    SortedMap<String, String> digests,
    SortedMap<String, String> configuration) {
  private static final String FORMAT = "velella-run";
  private static final long MAJOR = 1;

  /** Since 1 there is a checksum. */
  private static final long MINOR = 1;

  private static final String CHECKSUM = "crc32c";

  public RunProvenance {
    digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
    configuration = Collections.unmodifiableSortedMap(Secrets.redact(configuration));
  }

  /**
   * The canonical JSON text, with a line break at its end. Under {@code crc32c} it has the CRC32C
   * of the text without that key and line break: what a run is must not change by accident.
   */
  public byte[] toJson() {
    ObjectNode json = CanonicalJson.object();
    json.set(
        "format",
        CanonicalJson.object().put("name", FORMAT).put("major", MAJOR).put("minor", MINOR));
    json.put("started", started.toString());
    json.set("software", software.toJson());
    json.set("numerics", numerics.toJson());
    json.set("backend", backend.toJson());
    json.put("convention", convention);
    json.put("dt", CanonicalJson.hex(dt));
    json.put("seed", seed);
    json.set("digests", CanonicalJson.object(digests));
    json.set("configuration", CanonicalJson.object(configuration));
    json.put(CHECKSUM, checksum(json));
    byte[] text = CanonicalJson.bytes(json);
    byte[] line = java.util.Arrays.copyOf(text, text.length + 1);
    line[text.length] = '\n';
    return line;
  }

  /**
   * Back from {@link #toJson()}.
   *
   * @throws JsonException if it is not such a text, was changed, or is one of a newer major version
   */
  public static RunProvenance fromJson(byte[] utf8) {
    JsonNode tree = CanonicalJson.parse(utf8, "run.json");
    JsonFields json = new JsonFields(tree, "run.json");
    JsonFields format = json.object("format");
    if (!format.text("name").equals(FORMAT)) {
      throw new JsonException(
          "run.json is a '%s' file instead of '%s'".formatted(format.text("name"), FORMAT));
    }
    if (isOther(format)) {
      throw new JsonException(
          "run.json has version %d.%d, this Velella reads version %d; use a newer Velella"
              .formatted(format.number("major"), format.number("minor"), MAJOR));
    }
    requireUnchanged(tree, json, format.number("minor"));
    return new RunProvenance(
        instant(json.text("started")),
        Software.fromJson(json.object("software")),
        NumericEnvironment.fromJson(json.object("numerics")),
        BackendChoice.fromJson(json.object("backend")),
        json.text("convention"),
        json.hexFloat("dt"),
        json.number("seed"),
        json.strings("digests"),
        json.strings("configuration"));
  }

  /**
   * Whether a text that {@link #fromJson} refuses is of another major version, so that nothing but
   * another Velella can read it.
   */
  public static boolean isOfOtherVersion(byte[] utf8) {
    try {
      JsonFields json = new JsonFields(CanonicalJson.parse(utf8, "run.json"), "run.json");
      JsonFields format = json.object("format");
      return format.text("name").equals(FORMAT) && isOther(format);
    } catch (JsonException e) {
      return false;
    }
  }

  private static boolean isOther(JsonFields format) {
    return format.number("major") != MAJOR;
  }

  private static void requireUnchanged(JsonNode tree, JsonFields json, long minor) {
    if (minor < 1 && !json.has(CHECKSUM)) {
      return;
    }
    String stated = json.text(CHECKSUM);
    ObjectNode content = tree.deepCopy();
    content.remove(CHECKSUM);
    String found = checksum(content);
    if (!found.equals(stated)) {
      throw new JsonException(
          "run.json was changed since the run began: its content has CRC32C %s instead of %s"
              .formatted(found, stated));
    }
  }

  private static String checksum(ObjectNode content) {
    return Checksums.crc32c(CanonicalJson.bytes(content));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new JsonException("'started' of run.json is \"" + text + "\" instead of a time", e);
    }
  }
}
