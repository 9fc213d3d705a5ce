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

/**
 * The dynamic forms of a note: each has what its user put in, or else its default. As in Zeppelin,
 * a form belongs to one paragraph, also if another one has a form of the same name; only a form
 * that is asked for as one of the note holds for all of it.
 *
 * <p>A note's form goes by its name, a paragraph's by the paragraph's number and its name: {@code
 * folder}, {@code 3/steps}.
 */
final class Forms {
  /**
   * {@code ${name=default}}, {@code ${name=default,option|option}}, {@code ${checkbox( or ):name=…}}
   * with what stands between boxes; after a name, in brackets, what is shown in its place; with
   * {@code $${} one of the note.
   */
  private static final Pattern FORM =
      Pattern.compile(
          "(?<wide>\\$)?\\$\\{(?<kind>checkbox(?:\\((?<between>[^()]*)\\))?:)?(?<name>[^=}(]+)"
              + "(?:\\([^)]*\\))?(?:=(?<rest>[^}]*))?}");

  private final Map<String, String> given;
  private final Map<String, Object> shown = new LinkedHashMap<>();
  private int paragraph = 1;

  /**
   * Forms into which a user has put something.
   *
   * @param given values by the forms' names; several boxes are separated by commas
   */
  Forms(Map<String, String> given) {
    this.given = Map.copyOf(given);
  }

  /** From here, forms of a paragraph are those of this one; the first is 1. */
  void begin(int number) {
    paragraph = number;
  }

  private String own(String name) {
    return paragraph + "/" + name;
  }

  /** The value of a text field that all of the note has in common. */
  Object noteText(String name, Object byDefault) {
    return value(name, byDefault);
  }

  /** A text field's value. */
  Object text(String name, Object byDefault) {
    return value(own(name), byDefault);
  }

  private Object value(String name, Object byDefault) {
    Object value = given.containsKey(name) ? given.get(name) : byDefault;
    shown.put(name, value);
    return value;
  }

  /** The option that is chosen. */
  Object select(String name, Object byDefault, List<?> options) {
    return choice(own(name), byDefault, options);
  }

  private Object choice(String name, Object byDefault, List<?> options) {
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
    return choices(own(name), byDefault, options);
  }

  private List<Object> choices(String name, List<?> byDefault, List<?> options) {
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
    String plain = form.group("name").strip();
    String name = form.group("wide") == null ? own(plain) : plain;
    String rest = form.group("rest") == null ? "" : form.group("rest");
    int comma = rest.indexOf(',');
    String byDefault = comma < 0 ? rest : rest.substring(0, comma);
    if (comma < 0) {
      return value(name, byDefault).toString();
    }
    List<String> options = options(rest.substring(comma + 1));
    if (form.group("kind") == null) {
      return choice(name, byDefault, options).toString();
    }
    String between = form.group("between") == null ? "," : form.group("between");
    return choices(name, options(byDefault), options).stream()
        .map(Object::toString)
        .collect(Collectors.joining(between));
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
