package org.velella.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@code core/docs/seed-api.md} names is there, and what is there it names. */
class SeedApiTableTest {
  private static final Path PAGE = Path.of("docs", "seed-api.md");
  private static final String HEADER = "| Seed | Java | Test |";
  private static final Pattern REFERENCE = Pattern.compile("`([A-Z]\\w*(?:\\.\\w+)?)(?:#(\\w+))?`");

  private static final Map<String, String> MAIN = classes(Path.of("src", "main", "java"));
  private static final Map<String, String> TESTS = classes(Path.of("src", "test", "java"));

  /** One row: what the seed has, and what its Java and test cells name. */
  private record Row(String seed, List<String> java, List<String> tests) {}

  /** Qualified names of top-level classes by their simple names. */
  private static Map<String, String> classes(Path sources) {
    Map<String, String> names = new HashMap<>();
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(
              file -> {
                String path = sources.relativize(file).toString();
                String name = path.substring(0, path.length() - 5).replace('/', '.');
                names.put(name.substring(name.lastIndexOf('.') + 1), name);
              });
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return names;
  }

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(PAGE)) {
      boolean isHeader = line.equals(HEADER);
      inTable = isHeader || inTable && line.startsWith("|");
      if (inTable && !isHeader && !line.startsWith("|---")) {
        String[] cells = line.split("\\|");
        assertThat(cells).as(line).hasSize(4);
        rows.add(new Row(cells[1].strip(), references(cells[2]), references(cells[3])));
      }
    }
    return rows;
  }

  private static List<String> references(String cell) {
    return REFERENCE
        .matcher(cell)
        .results()
        .map(MatchResult::group)
        .map(s -> s.replace("`", ""))
        .toList();
  }

  /** The class that a reference begins with, or null if there is none. */
  private static Class<?> type(String reference, Map<String, String> classes)
      throws ClassNotFoundException {
    String[] names = reference.split("#")[0].split("\\.");
    String qualified = classes.get(names[0]);
    if (qualified == null) {
      return null;
    }
    ClassLoader loader = SeedApiTableTest.class.getClassLoader();
    Class<?> type = Class.forName(qualified, false, loader);
    if (names.length == 2) {
      for (Class<?> nested : type.getDeclaredClasses()) {
        if (nested.getSimpleName().equals(names[1])) {
          return nested;
        }
      }
    }
    return type;
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static boolean hasMember(Class<?> type, String name) {
    if (name.equals("new")) {
      return Stream.of(type.getDeclaredConstructors()).anyMatch(c -> isVisible(c.getModifiers()));
    }
    for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
      for (Method method : owner.getDeclaredMethods()) {
        if (method.getName().equals(name) && isVisible(method.getModifiers())) {
          return true;
        }
      }
    }
    return Stream.of(type.getMethods()).anyMatch(method -> method.getName().equals(name));
  }

  private static boolean isThere(String reference) throws ClassNotFoundException {
    Class<?> type = type(reference, MAIN);
    if (type == null) {
      return false;
    }
    String[] parts = reference.split("#");
    String[] names = parts[0].split("\\.");
    boolean named = names.length == 1 || type.getSimpleName().equals(names[1]);
    if (!named) {
      return parts.length == 1
          && Stream.of(type.getFields()).map(Field::getName).anyMatch(names[1]::equals);
    }
    return parts.length == 1 ? isVisible(type.getModifiers()) : hasMember(type, parts[1]);
  }

  private static boolean isTest(String reference) throws ClassNotFoundException {
    Class<?> type = type(reference, TESTS);
    String[] parts = reference.split("#");
    if (type == null || parts.length != 2) {
      return false;
    }
    return Stream.of(type.getDeclaredMethods())
        .filter(method -> method.getName().equals(parts[1]))
        .anyMatch(method -> AnnotationSupport.isAnnotated(method, Testable.class));
  }

  @Test
  void everyRowNamesMembersAndTestsThatAreThere() throws Exception {
    List<Row> rows = rows();
    assertThat(rows).hasSizeGreaterThan(90);
    List<String> missing = new ArrayList<>();
    for (Row row : rows) {
      assertThat(row.java()).as("Java of: " + row.seed()).isNotEmpty();
      assertThat(row.tests()).as("tests of: " + row.seed()).isNotEmpty();
      for (String reference : row.java()) {
        if (!isThere(reference)) {
          missing.add(reference);
        }
      }
      for (String reference : row.tests()) {
        if (!isTest(reference)) {
          missing.add(reference);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyErrorIsInATable() throws IOException {
    Set<String> named = named();
    for (ModuleError error : ModuleError.values()) {
      assertThat(named).contains("ModuleError." + error);
    }
  }

  @Test
  void everyNodeIsInATable() throws IOException {
    List<String> nodes =
        MAIN.keySet().stream()
            .filter(name -> name.endsWith("Node") && !name.equals("NeuronNode"))
            .filter(name -> MAIN.get(name).startsWith("org.velella.neuron."))
            .toList();
    assertThat(nodes).hasSizeGreaterThan(11);
    Set<String> types = new TreeSet<>();
    named().forEach(reference -> types.add(reference.split("[.#]")[0]));
    assertThat(types).containsAll(nodes);
  }

  @Test
  void everyMethodOfTheContractIsInATable() throws IOException {
    Set<String> named = named();
    List<String> forgotten = new ArrayList<>();
    for (Class<?> type :
        List.of(
            MemoryModule.class,
            StepModule.class,
            FunctionalForward.class,
            Memories.class,
            Modules.class,
            Sequential.class)) {
      for (Method method : type.getDeclaredMethods()) {
        String inherited = "StepModule#" + method.getName();
        String name = type.getSimpleName() + "#" + method.getName();
        boolean shown = isVisible(method.getModifiers()) && !method.isSynthetic();
        if (shown && !named.contains(name) && !named.contains(inherited)) {
          forgotten.add(name);
        }
      }
    }
    assertThat(forgotten).isEmpty();
  }

  private static Set<String> named() throws IOException {
    Set<String> named = new TreeSet<>();
    rows().forEach(row -> named.addAll(row.java()));
    return named;
  }

  @Test
  void referencesThatAreNotThereAreFound() throws ClassNotFoundException {
    assertThat(isThere("Memories#loadMemories")).isTrue();
    assertThat(isThere("ModuleError.TOO_DEEP")).isTrue();
    assertThat(isThere("LifNode.Builder#tau")).isTrue();
    assertThat(isThere("MemoryModule#registerMemory")).isTrue();
    assertThat(isThere("Memories#loadMemory")).isFalse();
    assertThat(isThere("ModuleError.TOO_SHALLOW")).isFalse();
    assertThat(isThere("LifNode.Maker#tau")).isFalse();
    assertThat(isThere("MemoryModule#requireMemory")).isFalse();
    assertThat(isThere("Memory")).isFalse();
    assertThat(isTest("SeedApiTableTest#everyErrorIsInATable")).isTrue();
    assertThat(isTest("SeedApiTableTest#named")).isFalse();
    assertThat(isTest("ModulesTest#chunksGiveTheWhole")).isTrue();
    assertThat(isTest("MemoryValueTest#everySupportedTypeIsAMemory")).isTrue();
    assertThat(isTest("ModulesTest")).isFalse();
  }
}
