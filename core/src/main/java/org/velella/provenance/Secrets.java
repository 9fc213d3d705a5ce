package org.velella.provenance;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Takes out of configurations what must not be written down. */
final class Secrets {
  private static final String HIDDEN = "*********(redacted)";

  /** Spark's default for {@code spark.redaction.regex}, so that users know it. */
  private static final Pattern SECRET_KEY =
      Pattern.compile("(?i)secret|password|token|access[.]?key");

  private static final Pattern USER_INFO = Pattern.compile("(://)[^/?#@\\s]*@");
  private static final Pattern QUERY = Pattern.compile("(://[^?#]*\\?)[^#\\s]+");

  private Secrets() {}

  /** The same keys; secret values, and user names and queries inside URLs, are hidden. */
  static SortedMap<String, String> redact(Map<String, String> configuration) {
    SortedMap<String, String> redacted = new TreeMap<>();
    configuration.forEach((key, value) -> redacted.put(key, redact(key, value)));
    return redacted;
  }

  private static String redact(String key, String value) {
    if (SECRET_KEY.matcher(key).find()) {
      return HIDDEN;
    }
    String anonymous = USER_INFO.matcher(value).replaceAll("$1" + HIDDEN + "@");
    return QUERY.matcher(anonymous).replaceAll("$1" + HIDDEN);
  }
}
