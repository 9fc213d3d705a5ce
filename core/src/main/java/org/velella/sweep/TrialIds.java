package org.velella.sweep;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.velella.provenance.CanonicalJson;

/**
 * The ids of the trials of a space, as {@link Trial#id} says: digests of canonical JSON, of which
 * names and texts are made once, since there may be millions of trials. Immutable.
 */
final class TrialIds {
  private static final byte[] NUMBERS = ascii("{\"numbers\":{");
  private static final byte[] SEED = ascii("},\"seed\":");
  private static final byte[] TEXTS = ascii(",\"texts\":{");
  private static final byte[] END = ascii("}}");

  /** The places of the numbers in a row, in the order of their paths; then those of texts. */
  private final int[] numbers;

  private final int[] texts;

  /** For each place in a row: the path and a colon. */
  private final byte[][] names;

  /** For each place in a row: the texts that its values stand for. */
  private final byte[][][] labels;

  /**
   * The ids of trials with these parameters.
   *
   * @throws IllegalArgumentException if a path or a text is not valid Unicode
   */
  TrialIds(List<Parameter> parameters) {
    numbers = places(parameters, true);
    texts = places(parameters, false);
    names =
        parameters.stream()
            .map(each -> CanonicalJson.utf8(CanonicalJson.quoted(each.path()) + ':'))
            .toArray(byte[][]::new);
    labels =
        parameters.stream()
            .map(
                each ->
                    each.labels().stream()
                        .map(label -> CanonicalJson.utf8(CanonicalJson.quoted(label)))
                        .toArray(byte[][]::new))
            .toArray(byte[][][]::new);
  }

  private static int[] places(List<Parameter> parameters, boolean ofNumbers) {
    return IntStream.range(0, parameters.size())
        .boxed()
        .filter(p -> parameters.get(p).isNumber() == ofNumbers)
        .filter(p -> !parameters.get(p).path().equals(Trials.SEED))
        .sorted(Comparator.comparing(p -> parameters.get(p).path()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /** What computes ids in one thread. */
  Hasher hasher() {
    return new Hasher();
  }

  /** Computes one id after the other. Used by one thread. */
  final class Hasher {
    private final MessageDigest sha256;
    private final byte[] digest;
    private byte[] json = new byte[256];
    private int length;

    /** The last seed and its text, for trials of one seed mostly come together. */
    private long lastSeed;

    private byte[] seedText = ascii("0");

    private Hasher() {
      try {
        sha256 = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java has SHA-256", e);
      }
      digest = new byte[sha256.getDigestLength()];
    }

    /** The id of a row's values, of which NaN is none, and a seed. */
    long id(double[] row, long seed) {
      length = 0;
      append(NUMBERS);
      for (int p : numbers) {
        if (!Double.isNaN(row[p])) {
          name(p);
          reserve(CanonicalJson.HEX_LENGTH + 2);
          json[length++] = '"';
          length = CanonicalJson.hex(row[p], json, length);
          json[length++] = '"';
        }
      }
      append(SEED);
      if (seed != lastSeed) {
        lastSeed = seed;
        seedText = ascii(Long.toString(seed));
      }
      append(seedText);
      append(TEXTS);
      for (int p : texts) {
        if (!Double.isNaN(row[p])) {
          name(p);
          append(labels[p][(int) row[p]]);
        }
      }
      append(END);
      return hash();
    }

    private long hash() {
      try {
        sha256.update(json, 0, length);
        sha256.digest(digest, 0, digest.length);
        return ByteBuffer.wrap(digest).getLong() >>> 1;
      } catch (DigestException e) {
        throw new IllegalStateException("SHA-256 has always the same length", e);
      }
    }

    private void name(int place) {
      if (json[length - 1] != '{') {
        reserve(1);
        json[length++] = ',';
      }
      append(names[place]);
    }

    private void append(byte[] bytes) {
      reserve(bytes.length);
      System.arraycopy(bytes, 0, json, length, bytes.length);
      length += bytes.length;
    }

    private void reserve(int more) {
      if (length + more > json.length) {
        json = Arrays.copyOf(json, Math.max(length + more, 2 * json.length));
      }
    }
  }
}
