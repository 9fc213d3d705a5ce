package org.velella.spark.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.constructor.DuplicateKeyException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.parser.ParserException;
import org.yaml.snakeyaml.scanner.ScannerException;

/**
 * Says what is wrong with a YAML file that may hold secrets: where, and what kind of problem it is,
 * but nothing of what is written there.
 */
final class YamlProblem {
  private static final Pattern KEY = Pattern.compile("duplicate key ([\\w.-]+)$");

  /** Where the reader's words go on with those of the file. */
  private static final Pattern FOUND =
      Pattern.compile(
          "(?s),? but (found|got) .*| tag handle .*| \\S+\\(\\d+\\).*|['\"]\\p{Alnum}.*");

  private YamlProblem() {}

  /** What follows the file's name. */
  static String of(RuntimeException thrown) {
    if (String.valueOf(thrown.getMessage()).contains("aliases for non-scalar")) {
      return "has an alias for a list or for keys with values; an alias may stand for one value only";
    }
    if (!(thrown instanceof MarkedYAMLException marked)) {
      return "is not YAML: it has a character that YAML does not know, or a value that is not what its tag says";
    }
    return "is not YAML%s: %s".formatted(place(marked.getProblemMark()), problem(marked));
  }

  private static String place(Mark mark) {
    return mark == null
        ? ""
        : String.format(
            Locale.ROOT, " in line %d, column %d", mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static String problem(MarkedYAMLException thrown) {
    if (thrown instanceof DuplicateKeyException) {
      // Of a list, say, it gives all that is in it.
      Matcher name = KEY.matcher(thrown.getProblem());
      String key = name.find() ? "the key '" + name.group(1) + "'" : "a key";
      return key + " stands there for the second time";
    }
    if (thrown instanceof ScannerException || thrown instanceof ParserException) {
      // The reader's own words, up to those that it has found.
      return FOUND.matcher(thrown.getProblem()).replaceAll("")
          + "; put values with special characters in quotes";
    }
    return "an alias or a tag that the file does not explain; put values that begin with * or ! in quotes";
  }
}
