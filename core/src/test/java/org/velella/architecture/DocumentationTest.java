package org.velella.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Rooms;

/** What the pages in {@code core/docs} and for contributors name is there. */
class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final Path DOCS = Path.of("docs");
  private static final Path MAP = DOCS.resolve("ARCHITECTURE.md");
  private static final List<String> MODULES = List.of("core", "gpu", "spark-job", "notebooks");

  private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");
  private static final Pattern TEST =
      Pattern.compile("([A-Z]\\w*(?:Test|IT|Contract))(?:#(\\w+))?");

  /** A class by its name, which has at least two words; one word may be something else. */
  private static final Pattern CLASS = Pattern.compile("([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+)");

  private static final Set<String> ABOUT_THE_HOUSE =
      Set.of("ARCHITECTURE.md", "INVARIANTS.md", "neurons.md", "CONTRIBUTING.md");

  /** Well-known classes of the JDK and the libraries. */
  private static final Set<String> FOREIGN =
      Set.of("IllegalArgumentException", "ServiceLoader", "StrictMath");

  private static List<Path> pages() {
    List<Path> pages = new ArrayList<>(files(DOCS, ".md"));
    pages.add(ROOT.resolve(".github").resolve("CONTRIBUTING.md"));
    return pages;
  }

  private static List<Path> files(Path folder, String ending) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sources by simple class name, of all modules. */
  private static Map<String, Path> sources() {
    Map<String, Path> sources = new TreeMap<>();
    for (String module : MODULES) {
      for (Path file : files(ROOT.resolve(module).resolve("src"), ".java")) {
        String name = file.getFileName().toString();
        sources.put(name.substring(0, name.length() - 5), file);
      }
    }
    return sources;
  }

  /** What stands in backticks on a page, outside blocks of code. */
  private static List<String> code(String page) {
    String text = CODE_BLOCK.matcher(page).replaceAll("");
    return CODE.matcher(text).results().map(code -> code.group(1)).toList();
  }

  /** Tests and classes that a page names and the sources lack. */
  private static List<String> missing(String page, Map<String, Path> sources) {
    List<String> missing = new ArrayList<>();
    for (String code : code(page)) {
      Matcher test = TEST.matcher(code);
      String name = code.split("[.#(]", 2)[0];
      Matcher type = CLASS.matcher(name);
      if (test.matches()) {
        Path source = sources.get(test.group(1));
        boolean there =
            source != null
                && (test.group(2) == null || read(source).contains("void " + test.group(2) + "("));
        if (!there) {
          missing.add(code);
        }
      } else if (type.matches() && !FOREIGN.contains(name) && !sources.containsKey(name)) {
        missing.add(code);
      }
    }
    return missing;
  }

  @Test
  void testsOnThePagesAreThere() {
    Map<String, Path> sources = sources();
    for (Path page : pages()) {
      assertThat(missing(read(page), sources))
          .as(page.toString())
          .noneMatch(name -> TEST.matcher(name).matches());
    }
  }

  /** Other pages may name classes of libraries. */
  @Test
  void classesOnThePagesAboutTheHouseAreThere() {
    Map<String, Path> sources = sources();
    for (Path page : pages()) {
      if (ABOUT_THE_HOUSE.contains(page.getFileName().toString())) {
        assertThat(missing(read(page), sources)).as(page.toString()).isEmpty();
      }
    }
  }

  @Test
  void linksBetweenThePagesLeadSomewhere() {
    for (Path page : pages()) {
      String text = CODE_BLOCK.matcher(read(page)).replaceAll("");
      Matcher links = LINK.matcher(text);
      while (links.find()) {
        assertThat(page.resolveSibling(links.group(1))).as(page.toString()).exists();
      }
    }
  }

  @Test
  void everyPromiseNamesATest() {
    for (String section : read(DOCS.resolve("INVARIANTS.md")).split("(?m)^## ")) {
      if (!section.startsWith("#")) {
        assertThat(code(section)).as(section).anyMatch(code -> TEST.matcher(code).matches());
      }
    }
  }

  /** The rooms of the map and the cell that says what each may use. */
  private static Map<String, String> roomsOfTheMap() {
    Pattern row = Pattern.compile("(?m)^\\| `([a-z0-9.]+)` \\|[^|]*\\|([^|]*)\\| ([^|]*) \\|$");
    String text = read(MAP);
    String section = text.substring(text.indexOf("## Rooms"), text.indexOf("## How one job"));
    Map<String, String> rooms = new TreeMap<>();
    row.matcher(section).results().forEach(room -> rooms.put(room.group(1), room.group(2)));
    return rooms;
  }

  @Test
  void theMapShowsEveryRoom() {
    assertThat(roomsOfTheMap()).containsOnlyKeys(Rooms.VELELLA.arrows().keySet());
  }

  @Test
  void theMapShowsArrowsThatAreThere() {
    Map<String, Set<String>> arrows = Rooms.VELELLA.arrows();
    roomsOfTheMap()
        .forEach(
            (room, mayUse) -> {
              Set<String> shown = new TreeSet<>(code(mayUse));
              assertThat(arrows.get(room)).as(room).containsAll(shown);
              boolean rest = mayUse.contains("what") || mayUse.contains("core");
              if (!rest) {
                assertThat(shown).as(room).isEqualTo(arrows.get(room));
              }
            });
  }

  @Test
  void roomsWithClassesSendToTheClassThatTheirOwnMapNames() {
    Pattern row = Pattern.compile("(?m)^\\| `([a-z0-9.]+)` \\|[^|]*\\|[^|]*\\| `([A-Z]\\w+)` \\|$");
    List<String> wrong = new ArrayList<>();
    row.matcher(read(MAP))
        .results()
        .forEach(
            match -> {
              String info = packageInfo(match.group(1));
              if (!info.contains("." + match.group(2) + "}")) {
                wrong.add(match.group(1) + " does not send to " + match.group(2));
              }
            });
    assertThat(wrong).isEmpty();
  }

  private static String packageInfo(String room) {
    String module =
        room.startsWith("gpu") ? "gpu" : room.startsWith("spark") ? "spark-job" : "core";
    Path folder = ROOT.resolve(module).resolve("src/main/java/org/velella");
    return read(folder.resolve(room.replace('.', '/')).resolve("package-info.java"));
  }

  @Test
  void namesThatAreNotThereAreFound() {
    Map<String, Path> sources = sources();
    String page =
        """
        `DocumentationTest`, `NoSuchTest`, `DocumentationTest#noSuchRule`, `MemoryModule`,
        `DocumentationTest#theMapShowsEveryRoom`, `NoSuchClass`, `NoSuchClass.member`, `INDArray`, `word`
        ```
        `NoSuchThing`
        ```
        """;
    assertThat(missing(page, sources))
        .containsExactly(
            "NoSuchTest", "DocumentationTest#noSuchRule", "NoSuchClass", "NoSuchClass.member");
  }
}
