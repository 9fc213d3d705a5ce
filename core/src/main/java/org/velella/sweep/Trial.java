package org.velella.sweep;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.provenance.CanonicalJson;

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
    numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
  }

  /** A trial with the id that belongs to its values. */
  static Trial of(
      long number, long seed, SortedMap<String, Double> numbers, SortedMap<String, String> texts) {
    return new Trial(number, id(seed, numbers, texts), seed, numbers, texts);
  }

  private static long id(
      long seed, SortedMap<String, Double> numbers, SortedMap<String, String> texts) {
    // Canonical JSON, written without a tree: there may be millions of trials.
    StringBuilder json = new StringBuilder("{\"numbers\":{");
    numbers.forEach((path, value) -> field(json, path, '"' + CanonicalJson.hex(value) + '"'));
    json.append("},\"seed\":").append(seed).append(",\"texts\":{");
    texts.forEach((path, text) -> field(json, path, CanonicalJson.quoted(text)));
    json.append("}}");
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(CanonicalJson.utf8(json));
      return ByteBuffer.wrap(hash).getLong() >>> 1;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static void field(StringBuilder json, String path, String value) {
    json.append(json.charAt(json.length() - 1) == '{' ? "" : ",");
    // Dotted names need no escapes, as a rule.
    boolean plain =
        path.chars().allMatch(c -> c == '.' || c == '_' || Character.isLetterOrDigit(c));
    json.append(plain ? '"' + path + '"' : CanonicalJson.quoted(path)).append(':').append(value);
  }
}
