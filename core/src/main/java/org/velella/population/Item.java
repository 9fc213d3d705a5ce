package org.velella.population;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a file that people write: a text, a list, or named parts; and where it stands, for
 * messages. Whoever reads the file makes it.
 */
public final class Item {
  private final String place;
  private final String text;
  private final List<Item> list;
  private final Map<String, Item> parts;

  private Item(String place, String text, List<Item> list, Map<String, Item> parts) {
    this.place = place;
    this.text = text;
    this.list = list;
    this.parts = parts;
  }

  /**
   * A text, which may stand for a number.
   *
   * @param place such as {@code line 7}
   */
  public static Item text(String place, String text) {
    return new Item(place, text, null, null);
  }

  /** A list. */
  public static Item list(String place, List<Item> items) {
    return new Item(place, null, List.copyOf(items), null);
  }

  /** Named parts, in their order. */
  public static Item map(String place, Map<String, Item> parts) {
    return new Item(place, null, null, Collections.unmodifiableMap(new LinkedHashMap<>(parts)));
  }

  /** Where it stands. */
  public String place() {
    return place;
  }

  /** The text, or null. */
  String text() {
    return text;
  }

  /** The list, or null. */
  List<Item> list() {
    return list;
  }

  /** The parts by name, or null. */
  Map<String, Item> parts() {
    return parts;
  }
}
