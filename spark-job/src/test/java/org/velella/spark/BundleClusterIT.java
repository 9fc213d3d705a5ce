package org.velella.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the bundle brings into a class path that has all of Spark's jars. */
class BundleClusterIT {
  private static final String SERVICES = "META-INF/services/";

  /** What must have moved, or is Spark's. */
  private static final String STRANGERS =
      "(picocli|org/yaml|scala|org/apache/(spark|hadoop))/.*|.*module-info.class";

  private static Set<String> bundled;

  @BeforeAll
  static void open() throws IOException {
    bundled = files(SparkProcesses.bundle());
  }

  private static Set<String> files(Path jar) throws IOException {
    Set<String> names = new HashSet<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).forEach(names::add);
    }
    return names;
  }

  /**
   * All that is in the bundle stands in one jar of this class path, where it comes from. What
   * stands in two is Spark's as well, and which one is loaded would depend on the order of the
   * jars.
   */
  @Test
  void noFileIsSparksAsWell() throws IOException {
    Map<String, Set<String>> jars = new HashMap<>();
    for (String place : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (place.endsWith(".jar")) {
        Path jar = Path.of(place);
        for (String file : files(jar)) {
          jars.computeIfAbsent(file, key -> new TreeSet<>()).add(jar.getFileName().toString());
        }
      }
    }
    assertThat(jars).containsKey("org/apache/spark/SparkContext.class");
    Map<String, Set<String>> clashes = new HashMap<>(jars);
    clashes.keySet().retainAll(bundled);
    assertThat(clashes).hasSizeGreaterThan(1000);
    // Licences and services, which add up.
    clashes.keySet().removeIf(file -> file.matches("META-INF/.*|LICENSE.*|NOTICE.*"));
    clashes.values().removeIf(places -> places.size() == 1);
    assertThat(clashes).isEmpty();
  }

  @Test
  void librariesWhoseVersionsDifferFromSparksAreMoved() {
    assertThat(bundled)
        .contains(
            "org/velella/shaded/picocli/CommandLine.class",
            "org/velella/shaded/snakeyaml/Yaml.class",
            "org/velella/spark/cli/Velella.class",
            "org/velella/module/MemoryModule.class");
    assertThat(bundled.stream().filter(file -> file.matches(STRANGERS))).isEmpty();
  }

  @Test
  void servicesAreThere() throws IOException {
    List<String> providers = new ArrayList<>();
    try (ZipFile zip = new ZipFile(SparkProcesses.bundle().toFile())) {
      for (String file : bundled.stream().filter(name -> name.startsWith(SERVICES)).toList()) {
        byte[] bytes = zip.getInputStream(zip.getEntry(file)).readAllBytes();
        new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.replaceFirst("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .forEach(providers::add);
      }
    }
    assertThat(providers).contains("org.velella.backend.vector.VectorBackend");
    assertThat(providers)
        .allSatisfy(name -> assertThat(bundled).contains(name.replace('.', '/') + ".class"));
  }
}
