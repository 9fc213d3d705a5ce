package org.velella.notebooks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The dynamic forms of a note: each has what its user put in, or else its default. */
final class Forms {
  /** {@code ${name=default}}, {@code ${name=default,option|option}}, {@code ${checkbox:name=…}}. */
  private static final Pattern FORM =
      Pattern.compile("\\$\\{(?<kind>checkbox:)?(?<name>[^=}]+)(?:=(?<rest>[^}]*))?}");

  private final Map<String, String> given;
  private final Map<String, Object> shown = new LinkedHashMap<>();

  /**
   * Forms into which a user has put something.
   *
   * @param given values by the forms' names; several boxes are separated by commas
   */
  Forms(Map<String, String> given) {
    this.given = Map.copyOf(given);
  }

  /** A text field's value. */
  Object text(String name, Object byDefault) {
    Object value = given.containsKey(name) ? given.get(name) : byDefault;
    shown.put(name, value);
    return value;
  }

  /** The option that is chosen. */
  Object select(String name, Object byDefault, List<?> options) {
    Object value = byDefault;
    if (given.containsKey(name)) {
      value = one(name, given.get(name), options);
    } else if (byDefault != null) {
      value = one(name, byDefault.toString(), options);
    }
    shown.put(name, value);
    return value;
  }

  /** The boxes that are ticked. */
  List<Object> checkbox(String name, List<?> byDefault, List<?> options) {
    List<?> wanted =
        given.containsKey(name) ? Arrays.asList(given.get(name).split(",")) : byDefault;
    List<Object> values = new ArrayList<>();
    wanted.forEach(value -> values.add(one(name, value.toString(), options)));
    shown.put(name, values);
    return values;
  }

  private static Object one(String name, String value, List<?> options) {
    return options.stream()
        .filter(option -> option.toString().equals(value))
        .findFirst()
        .map(Object.class::cast)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The form '%s' offers %s, not '%s'".formatted(name, options, value)));
  }

  /** Text of a cell whose forms stand in it, with their values in their place. */
  String expand(String text) {
    Matcher form = FORM.matcher(text);
    StringBuilder expanded = new StringBuilder();
    while (form.find()) {
      form.appendReplacement(expanded, Matcher.quoteReplacement(value(form)));
    }
    return form.appendTail(expanded).toString();
  }

  private String value(Matcher form) {
    String name = form.group("name").strip();
    String rest = form.group("rest") == null ? "" : form.group("rest");
    int comma = rest.indexOf(',');
    String byDefault = comma < 0 ? rest : rest.substring(0, comma);
    if (comma < 0) {
      return text(name, byDefault).toString();
    }
    List<String> options = options(rest.substring(comma + 1));
    if (form.group("kind") == null) {
      return select(name, byDefault, options).toString();
    }
    return checkbox(name, options(byDefault), options).stream()
        .map(Object::toString)
        .collect(Collectors.joining(","));
  }

  /** Options stand between bars, each perhaps with what is shown in its place. */
  private static List<String> options(String text) {
    return Arrays.stream(text.split("\\|"))
        .map(option -> option.replaceAll("\\(.*\\)$", ""))
        .filter(option -> !option.isEmpty())
        .toList();
  }

  /** Names of the forms that cells have asked for. */
  Set<String> names() {
    return new TreeSet<>(shown.keySet());
  }

  /** Names that have a value but for which no cell has asked. */
  Set<String> unused() {
    Set<String> unused = new TreeSet<>(given.keySet());
    unused.removeAll(shown.keySet());
    return unused;
  }
}
