package org.velella.spark.job;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.spark.frame.InputFacts;

/** Fingerprints of what goes into a run, by name. */
final class Digests {
  static final String INPUT = "input";

  private Digests() {}

  static SortedMap<String, String> of(Network network, InputFacts input) {
    SortedMap<String, String> digests = new TreeMap<>(of(network));
    digests.put(INPUT, ofInput(input));
    return digests;
  }

  /** Those of a network alone. */
  static SortedMap<String, String> of(Network network) {
    NetworkDigest digest = NetworkDigest.of(network);
    SortedMap<String, String> digests = new TreeMap<>();
    digests.put("network", digest.structure());
    digests.put("weights", digest.weights());
    digests.put("parameters", digest.parameters());
    return digests;
  }

  static String ofInput(InputFacts input) {
    return sha256(input.kind() + ", " + input.fingerprint());
  }

  private static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** In hexadecimal. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
