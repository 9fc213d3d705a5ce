package org.velella.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
    ObjectNode json = CanonicalJson.object().put("seed", seed);
    ObjectNode hex = json.putObject("numbers");
    numbers.forEach((path, value) -> hex.put(path, CanonicalJson.hex(value)));
    json.set("texts", CanonicalJson.object(texts));
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(CanonicalJson.bytes(json));
      return ByteBuffer.wrap(hash).getLong() >>> 1;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
