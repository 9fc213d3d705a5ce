package org.velella.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the sources of a module lack, as sentences; an empty list is a good tree. */
public final class SourceTree {
  private static final int MAX_LINES = 400;
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX|STUB)\\b");
  private static final Pattern FIRST_CLASS =
      Pattern.compile("Open\\s+\\{@link\\s+([\\w.]+)}\\s+first");

  private SourceTree() {}

  /**
   * Every package needs a {@code package-info.java} that says what the room may use and which class
   * to open first, and that class must exist.
   *
   * @param sources a source root, such as {@code src/main/java}
   */
  public static List<String> packageFaults(Path sources) {
    List<String> faults = new ArrayList<>();
    Set<Path> folders = new TreeSet<>();
    javaFiles(sources).forEach(file -> folders.add(file.getParent()));
    for (Path folder : folders) {
      String name = sources.relativize(folder).toString().replace('/', '.');
      Path info = folder.resolve("package-info.java");
      if (!Files.exists(info)) {
        faults.add(name + ": no package-info.java");
        continue;
      }
      String text = read(info).replaceAll("\\R \\*", " ");
      if (!text.contains("May use:")) {
        faults.add(name + ": package-info.java lacks 'May use:'");
      }
      Matcher first = FIRST_CLASS.matcher(text);
      if (!first.find()) {
        faults.add(name + ": package-info.java lacks 'Open {@link a.b.Class} first'");
      } else if (!Files.exists(sources.resolve(first.group(1).replace('.', '/') + ".java"))) {
        faults.add(
            name + ": package-info.java sends to " + first.group(1) + ", which is not there");
      }
    }
    return faults;
  }

  /** Files that are too long to read at once, and words that say that something is not done. */
  public static List<String> fileFaults(Path sources) {
    List<String> faults = new ArrayList<>();
    for (Path file : javaFiles(sources)) {
      String text = read(file);
      long lines = text.lines().count();
      String name = sources.relativize(file).toString();
      if (lines > MAX_LINES) {
        faults.add("%s: %d lines, at most %d".formatted(name, lines, MAX_LINES));
      }
      Matcher unfinished = UNFINISHED.matcher(text);
      if (unfinished.find()) {
        faults.add(name + ": says " + unfinished.group());
      }
    }
    return faults;
  }

  private static List<Path> javaFiles(Path sources) {
    try (Stream<Path> files = Files.walk(sources)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
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
}
