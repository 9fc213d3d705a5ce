package org.velella.sweep;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One point of a sweep: what is set, and the seed of all its random numbers.
 *
 * @param number its place in the sweep
 * @param id the same wherever the same values and seed are: the first 63 bits of SHA-256 over
 *     {@code {"numbers":{path:hexadecimal},"seed":seed,"texts":{path:text}}} as canonical JSON
 * @param seed of random numbers
 * @param numbers by path, without those that are unset
 * @param texts by path, without those that are unset
 */
public record Trial(
    long number,
    long id,
    long seed,
    SortedMap<String, Double> numbers,
    SortedMap<String, String> texts) {
  public Trial {
    numbers = copy(numbers);
    texts = copy(texts);
  }

  private static <V> SortedMap<String, V> copy(SortedMap<String, V> map) {
    return map.isEmpty()
        ? Collections.emptySortedMap()
        : Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }
}
