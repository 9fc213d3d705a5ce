package org.velella.spark.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.velella.spark.job.UsageException;
import org.velella.spark.store.InputFile;
import org.velella.spark.store.IsDirectoryException;

/**
 * Names of classes as a text: one a line, and the first is that of label 0. Every table of which
 * folders were the classes has such a file.
 */
final class ClassFile {
  /** The file beside the table's. */
  static final String NAME = "_classes.txt";

  private static final int MAX_BYTES = 1 << 24;

  private ClassFile() {}

  /**
   * The names in a file, or in that of a table.
   *
   * @throws UsageException if there is none, it is no text, or a name is missing or comes twice
   */
  static List<String> read(String uri, Configuration conf) throws IOException {
    try (InputFile file = InputFile.open(uri, conf)) {
      return names(uri, file);
    } catch (IsDirectoryException e) {
      String inside = new Path(uri, NAME).toString();
      try (InputFile file = InputFile.open(inside, conf)) {
        return names(inside, file);
      } catch (FileNotFoundException none) {
        throw new UsageException(
            "--classes: the folder %s has no %s; give a table whose classes were folders, or a text file with one class a line"
                .formatted(uri, NAME),
            none);
      }
    } catch (FileNotFoundException e) {
      throw new UsageException("--classes: there is no " + uri, e);
    }
  }

  private static List<String> names(String uri, InputFile file) throws IOException {
    if (file.length() > MAX_BYTES) {
      throw new UsageException(
          "--classes: %s has %d bytes; a file of classes has at most %d"
              .formatted(uri, file.length(), MAX_BYTES));
    }
    List<String> lines = text(uri, file.read(0, (int) file.length())).lines().toList();
    int count = lines.size();
    while (count > 0 && lines.get(count - 1).isBlank()) {
      count--;
    }
    if (count == 0) {
      throw new UsageException("--classes: %s is empty; give one class a line".formatted(uri));
    }
    Map<String, Integer> seen = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (String line : lines.subList(0, count)) {
      String name = line.strip();
      Integer before = seen.put(name, names.size() + 1);
      names.add(name);
      if (name.isEmpty()) {
        throw new UsageException(
            "--classes: line %d of %s is empty; the label of a class is the number of its line, from 0"
                .formatted(names.size(), uri));
      }
      if (before != null) {
        throw new UsageException(
            "--classes: %s has the class '%s' in line %d and in line %d; a class has one label"
                .formatted(uri, name, before, names.size()));
      }
    }
    return names;
  }

  private static String text(String uri, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      // Editors of Windows put a mark there.
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new UsageException("--classes: %s is no text in UTF-8".formatted(uri), e);
    }
  }

  /** The text that {@link #read} reads as these names. */
  static byte[] bytes(List<String> names) {
    return (String.join("\n", names) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Whether a name can stand on a line of its own. */
  static boolean isLine(String name) {
    return !name.isEmpty() && name.strip().equals(name) && name.lines().count() == 1;
  }
}
