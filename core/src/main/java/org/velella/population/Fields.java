package org.velella.population;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.velella.equation.Unit;

/** Checked access to the parts of a file that is not trusted. */
final class Fields {
  private static final int SHOWN = 60;

  private final String label;
  private final Item item;
  private final Map<String, Item> parts;

  private Fields(String label, Item item) {
    this.label = label;
    this.item = item;
    this.parts = item.parts();
  }

  /**
   * The named parts of an item.
   *
   * @param label what it is, for messages
   * @param known all names that it may have
   */
  static Fields of(String label, Item item, String... known) {
    Fields fields = any(label, item);
    for (Map.Entry<String, Item> part : fields.parts.entrySet()) {
      if (!Arrays.asList(known).contains(part.getKey())) {
        throw refusal(
            part.getValue(),
            "%s has no '%s'; there are %s"
                .formatted(label, part.getKey(), String.join(", ", known)));
      }
    }
    return fields;
  }

  /** The named parts of an item that may have any names. */
  static Fields any(String label, Item item) {
    if (item.parts() == null) {
      throw refusal(item, "%s must be names and values, found %s".formatted(label, show(item)));
    }
    return new Fields(label, item);
  }

  static Placed refusal(Item item, String why) {
    return new Placed(item.place() + ": " + why, null);
  }

  /** What something gives; its refusals, with the place of the item. */
  static <T> T at(Item item, Supplier<T> made) {
    try {
      return made.get();
    } catch (Placed e) {
      throw e;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new Placed(item.place() + ": " + e.getMessage(), e);
    }
  }

  /** A refusal that says where. */
  static final class Placed extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    Placed(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static String show(Item item) {
    if (item.text() == null) {
      return item.list() == null ? "names and values" : "a list";
    }
    String text = item.text();
    return "'" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text) + "'";
  }

  boolean has(String name) {
    return parts.containsKey(name);
  }

  List<String> names() {
    return new ArrayList<>(parts.keySet());
  }

  Item get(String name) {
    Item found = parts.get(name);
    if (found == null) {
      throw refusal(item, "%s lacks '%s'".formatted(label, name));
    }
    return found;
  }

  String text(String name) {
    Item found = get(name);
    if (found.text() == null || found.text().isEmpty()) {
      throw refusal(
          found, "'%s' of %s must be a text, found %s".formatted(name, label, show(found)));
    }
    return found.text();
  }

  double number(String name) {
    return number(label + " '" + name + "'", get(name));
  }

  int whole(String name) {
    return whole(label + " '" + name + "'", get(name));
  }

  boolean truth(String name) {
    Item found = get(name);
    if (!"true".equals(found.text()) && !"false".equals(found.text())) {
      throw refusal(
          found, "'%s' of %s must be true or false, found %s".formatted(name, label, show(found)));
    }
    return found.text().equals("true");
  }

  /** The elements of a list. */
  static List<Item> list(String what, Item item) {
    if (item.list() == null) {
      throw refusal(item, "%s must be a list, found %s".formatted(what, show(item)));
    }
    return item.list();
  }

  static double[] numbers(String what, Item item, int count) {
    return numbers(what, item, count, Wanted.PLAIN);
  }

  static double[] numbers(String what, Item item, int count, Wanted wanted) {
    List<Item> list = list(what, item);
    if (count >= 0 && list.size() != count) {
      throw refusal(item, "%s must be %d numbers, found %d".formatted(what, count, list.size()));
    }
    return list.stream().mapToDouble(each -> number(what, each, wanted)).toArray();
  }

  static double number(String what, Item item) {
    return number(what, item, Wanted.PLAIN);
  }

  /** A number, or a number with a unit, in what is wanted. */
  static double number(String what, Item item, Wanted wanted) {
    if (item.text() != null && Unit.isQuantity(item.text())) {
      return at(item, () -> wanted.valueOf(what, item.text()));
    }
    try {
      if (item.text() != null) {
        return Double.parseDouble(item.text());
      }
    } catch (NumberFormatException e) {
      // Told below, with the place.
    }
    throw refusal(item, "%s must be a number, found %s".formatted(what, show(item)));
  }

  static long wholeLong(String what, Item item) {
    try {
      if (item.text() != null) {
        return Long.parseLong(item.text());
      }
    } catch (NumberFormatException e) {
      // Told below, with the place.
    }
    throw refusal(item, "%s must be a whole number, found %s".formatted(what, show(item)));
  }

  static int whole(String what, Item item) {
    long found = wholeLong(what, item);
    if (found != (int) found) {
      throw refusal(item, "%s must be below 2^31, found %d".formatted(what, found));
    }
    return (int) found;
  }
}
