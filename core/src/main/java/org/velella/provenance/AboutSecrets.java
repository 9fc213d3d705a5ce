package org.velella.provenance;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells settings that are about secrets from secrets: which class provides credentials, how long a
 * token is valid. A key alone never makes a setting one of these: its value must have the form,
 * too, so that a secret under such a key stays one.
 */
final class AboutSecrets {
  private static final String NUMBER = "[-+]?[0-9]{1,15}(\\.[0-9]{1,6})?";
  private static final String UNIT =
      "(?i:ns|us|ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|b|[kmgtp]i?b?)";

  private static final Pattern QUANTITY = Pattern.compile(NUMBER + " ?" + UNIT + "?");

  /** So small that many innocent texts have it, and that no token is so short. */
  private static final Pattern SMALL_QUANTITY = Pattern.compile("[-+]?[0-9]{1,5} ?" + UNIT + "?");

  /** Packages of two parts at least, in lower case, as those of web tokens are not. */
  private static final String CLASS =
      "[a-z][a-z0-9_]*+(?:\\.[a-z][a-z0-9_]*+){1,20}+\\.[A-Z][A-Za-z0-9_$]*+";

  private static final Pattern CLASSES =
      Pattern.compile("\\s*+" + CLASS + "(?:\\s*+,\\s*+" + CLASS + "){0,50}+\\s*+");

  private static final Pattern SWITCH = Pattern.compile("(?i)true|false");
  private static final Pattern KIND = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,23}");

  /** What values look like, by the last word of their keys. */
  private static final Map<Pattern, Set<String>> FORMS =
      Map.of(
          CLASSES,
          Set.of("provider", "providers", "class", "classes", "impl", "factory", "binding"),
          QUANTITY,
          Set.of(
              "interval",
              "timeout",
              "time",
              "ttl",
              "lifetime",
              "validity",
              "period",
              "delay",
              "duration",
              "age",
              "ratio",
              "size",
              "length",
              "count",
              "attempts",
              "retries",
              "limit",
              "index",
              "ms",
              "millis",
              "sec",
              "secs",
              "seconds",
              "minutes",
              "hours",
              "days",
              "bytes"),
          SWITCH,
          Set.of("enabled", "enable", "disabled", "required", "fallback"),
          KIND,
          Set.of("type", "algorithm", "mechanism"));

  /** The last word of {@code a.b-word}, {@code a_word}, {@code aWord} and {@code A_WORD}. */
  private static final Pattern LAST_WORD =
      Pattern.compile("(?:[A-Z]?[a-z]+|(?<![A-Za-z])[A-Z]+|(?<=[a-z])[A-Z]+)$");

  /** In keys of the secrets themselves, as their last word or as any. */
  private static final Pattern SECRET_ITSELF =
      Pattern.compile("(?i)secret|password|passphrase|passwd|pwd|key|(token|credential)s?$");

  /** Keys of secrets that end with a name of what they are for, which users choose. */
  private static final Pattern SECRET_OF_SOMETHING =
      Pattern.compile(
          "(?i)(password|passphrase|passwd|pwd|secret|(access|account|api|private|storage)[-._]?key)s?"
              + "[-._]?[a-z]+$");

  private AboutSecrets() {}

  /** Whether a setting whose key has a secret's name is none. */
  static boolean isAbout(String key, String value) {
    String word = lastWord(key);
    return FORMS.entrySet().stream()
        .filter(form -> form.getValue().contains(word) && form.getKey().matcher(value).matches())
        .anyMatch(form -> form.getKey() == CLASSES || !SECRET_OF_SOMETHING.matcher(key).find());
  }

  /**
   * Whether a value would be found in innocent texts, a small number or the name of a class, and
   * its key is not that of a password or of the secret itself.
   */
  static boolean isEverywhere(String key, String value) {
    return !SECRET_ITSELF.matcher(key).find()
        && (SMALL_QUANTITY.matcher(value).matches() || CLASSES.matcher(value).matches());
  }

  private static String lastWord(String key) {
    Matcher matcher = LAST_WORD.matcher(key);
    return matcher.find() ? matcher.group().toLowerCase(Locale.ROOT) : "";
  }
}
