package org.velella.network;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.velella.tensor.Safetensors;
import org.velella.tensor.Tensor;

/**
 * Fingerprints of a network, SHA-256 in hexadecimal. They depend on what the network computes
 * alone: not on the order in which its nodes and edges were given, nor on what the engine folds or
 * fuses.
 *
 * @param structure graph, kinds, sizes and neuron equations; equal exactly where memories have the
 *     same paths, shapes and meaning
 * @param weights every bit of the layers' weights
 * @param parameters every bit of the neurons' parameters
 */
public record NetworkDigest(String structure, String weights, String parameters) {
  /** The digests of a network. */
  public static NetworkDigest of(Network network) {
    NetworkWriter writer = new NetworkWriter(network);
    byte[] json = writer.json().getBytes(StandardCharsets.UTF_8);
    return new NetworkDigest(sha256(json), sha256(writer.weights()), sha256(writer.parameters()));
  }

  /** One digest of all three: equal for equal networks only. */
  public String value() {
    return sha256((structure + weights + parameters).getBytes(StandardCharsets.US_ASCII));
  }

  private static String sha256(Map<String, Tensor> tensors) {
    MessageDigest digest = digest();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      Safetensors.write(out, tensors, Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
