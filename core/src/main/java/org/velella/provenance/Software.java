package org.velella.provenance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The software that ran.
 *
 * @param velella the version of this library
 * @param java such as {@code 17.0.12+7 (Eclipse Adoptium, OpenJDK 64-Bit Server VM)}
 * @param system operating system, its version and the processor's architecture
 * @param nd4j the version of ND4J on the class path, {@code unknown} if its jar does not say
 */
public record Software(String velella, String java, String system, String nd4j) {
  private static final String UNKNOWN = "unknown";
  private static final Software CURRENT =
      new Software(
          property("version.properties"),
          "%s (%s, %s)"
              .formatted(
                  system("java.runtime.version"), system("java.vendor"), system("java.vm.name")),
          "%s %s %s".formatted(system("os.name"), system("os.version"), system("os.arch")),
          property("/META-INF/maven/org.nd4j/nd4j-native/pom.properties"));

  /** What runs now. */
  public static Software current() {
    return CURRENT;
  }

  private static String system(String key) {
    return System.getProperty(key, UNKNOWN);
  }

  private static String property(String resource) {
    try (InputStream in = Software.class.getResourceAsStream(resource)) {
      if (in == null) {
        return UNKNOWN;
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", UNKNOWN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ObjectNode toJson() {
    return CanonicalJson.object()
        .put("velella", velella)
        .put("java", java)
        .put("system", system)
        .put("nd4j", nd4j);
  }

  static Software fromJson(JsonFields json) {
    return new Software(
        json.text("velella"), json.text("java"), json.text("system"), json.text("nd4j"));
  }
}
