package org.velella.provenance;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps out of configurations and texts what must not be written down: values under keys such as
 * {@code password}, also where such a setting is part of a value, and user names and queries inside
 * URLs.
 */
public final class Secrets {
  private static final String HIDDEN = "*********(redacted)";

  /** Shorter ones would be found in innocent words. */
  private static final int SHORTEST = 4;

  /** What switches under such keys are set to. */
  private static final Set<String> WORDS = Set.of("true", "false", "none", "null", "auto");

  /** Spark's default for {@code spark.redaction.regex}, and what others call such things. */
  private static final Pattern SECRET_KEY =
      Pattern.compile(
          "(?i)secret|password|token|passphrase|passwd|pwd|credential"
              + "|(access|account|api|private|storage|encryption|provided|master|signing)[-._]?key"
              + "|(^|[-._])(sas|pass)($|[-._])");

  private static final Pattern USER_INFO = Pattern.compile("(://)[^/?#@\\s]*@");
  private static final Pattern QUERY = Pattern.compile("(://[^?#]*?(?:\\?|%3[Ff]))[^#\\s]+");

  /** A setting inside a value, as among the options of a JVM. */
  private static final Pattern INSIDE = Pattern.compile("([\\w.-]+)=(\"[^\"]*\"|'[^']*'|\\S+)");

  /** Values that this process was given under secret keys. */
  private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();

  private Secrets() {}

  /** The same keys; secret values, and user names and queries inside URLs, are hidden. */
  static SortedMap<String, String> redact(Map<String, String> configuration) {
    SortedMap<String, String> redacted = new TreeMap<>();
    configuration.forEach((key, value) -> redacted.put(key, redact(key, value)));
    return redacted;
  }

  private static String redact(String key, String value) {
    if (isSecret(key, value)) {
      return HIDDEN;
    }
    return INSIDE
        .matcher(urls(value))
        .replaceAll(
            inside ->
                Matcher.quoteReplacement(
                    isSecret(inside.group(1), inside.group(2))
                        ? inside.group(1) + "=" + HIDDEN
                        : inside.group()));
  }

  /** Whether a key is called as those of secrets are, so that its value may be one. */
  public static boolean isSecret(String key) {
    return SECRET_KEY.matcher(key).find();
  }

  /** Whether a value must not be written down: all under such keys but settings about secrets. */
  public static boolean isSecret(String key, String value) {
    return isSecret(key) && !AboutSecrets.isAbout(key, value);
  }

  /** Whether a value that was written down lacks what was secret about it. */
  public static boolean isRedacted(String value) {
    return value.contains(HIDDEN);
  }

  /** From here on, {@link #hide} knows a value if it is secret. */
  public static void remember(String key, String value) {
    if (isSecret(key, value)
        && value.length() >= SHORTEST
        && !WORDS.contains(value)
        && !AboutSecrets.isEverywhere(key, value)) {
      KNOWN.add(value);
    } else if (value.indexOf('=') > 0) {
      INSIDE
          .matcher(value)
          .results()
          .forEach(inside -> remember(inside.group(1), unquoted(inside.group(2))));
    }
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && (value.startsWith("\"") || value.startsWith("'"));
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /** A text for people, without user names and queries inside URLs and without known secrets. */
  public static String hide(String text) {
    String hidden = urls(text);
    List<String> longestFirst =
        KNOWN.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
    for (String secret : longestFirst) {
      hidden = hidden.replace(secret, HIDDEN);
    }
    return hidden;
  }

  private static String urls(String value) {
    String anonymous = USER_INFO.matcher(value).replaceAll("$1" + HIDDEN + "@");
    return QUERY.matcher(anonymous).replaceAll("$1" + HIDDEN);
  }
}
