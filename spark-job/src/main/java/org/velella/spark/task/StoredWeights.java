package org.velella.spark.task;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;

/**
 * The networks that trials of a sweep run instead of the run's own, kept in its directory: one file
 * for each name by which trials call them, named by the digests of the name and of the content. A
 * file is written once.
 */
public final class StoredWeights {
  /** Where they lie. */
  public static final String FOLDER = "_run/weights";

  private static final String END = ".safetensors";

  private final CheckpointStore store;

  /** SHA-256 of each network's bytes by SHA-256 of its name; null until it is asked for. */
  private Map<String, String> known;

  public StoredWeights(CheckpointStore store) {
    this.store = store;
  }

  private Map<String, String> known() throws IOException {
    if (known == null) {
      known = contents();
    }
    return known;
  }

  /** What the files' names say. */
  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (StoredFile file : store.list(FOLDER)) {
      String[] parts = file.name().replace(END, "").split("-");
      String other = parts.length == 2 ? contents.putIfAbsent(parts[0], parts[1]) : null;
      if (other != null) {
        throw new CheckpointCorruptException(
            "The run in %s has two networks %s and %s of one name in %s; remove the one that is wrong"
                .formatted(store.location(), other, parts[1], FOLDER));
      }
    }
    return contents;
  }

  /**
   * Keeps a network for trials that call it by a name.
   *
   * @param network as {@link NetworkCodec} writes it
   * @return whether it is kept; false if the name is that of another one already
   */
  public boolean keep(String name, byte[] network) throws IOException {
    String now = sha256(network);
    String content = known().putIfAbsent(sha256(name), now);
    if (content == null) {
      store.createExclusive(file(sha256(name), now), network);
    }
    return content == null || content.equals(now);
  }

  /**
   * Checks that no other driver has kept other networks under the same names meanwhile.
   *
   * @throws CheckpointCorruptException if so
   */
  public void requireKept() throws IOException {
    known = contents();
  }

  /** Forgets everything, where no run has begun yet. */
  public void clear() throws IOException {
    for (StoredFile file : store.list(FOLDER)) {
      store.delete(FOLDER + "/" + file.name());
    }
    known = null;
  }

  /**
   * Copies everything that is kept to another run.
   *
   * @param change of each network on the way
   */
  public void copyTo(CheckpointStore other, UnaryOperator<Network> change) throws IOException {
    for (Map.Entry<String, String> kept : contents().entrySet()) {
      Network network = change.apply(NetworkCodec.fromBytes(bytes(kept.getKey(), kept.getValue())));
      byte[] changed = NetworkCodec.toBytes(network);
      other.createExclusive(file(kept.getKey(), sha256(changed)), changed);
    }
  }

  /**
   * Which networks are not there, without reading any.
   *
   * @param names by which trials call networks
   * @return one line for each; empty if all are there
   */
  public List<String> missing(Collection<String> names) throws IOException {
    List<String> missing = new ArrayList<>();
    known = null;
    try {
      known = contents();
    } catch (CheckpointCorruptException e) {
      return List.of(e.getMessage());
    }
    for (String name : names) {
      if (!known.containsKey(sha256(name))) {
        missing.add(lost(name, "it is not there").getMessage());
      }
    }
    return missing;
  }

  /**
   * Reads every byte of all that is kept.
   *
   * @param names by which trials call networks
   * @return what is damaged or missing, one line for each; empty if all is sound
   */
  public List<String> damages(Collection<String> names) throws IOException {
    List<String> damages = new ArrayList<>(missing(names));
    if (known == null) {
      return damages;
    }
    for (Map.Entry<String, String> kept : known.entrySet()) {
      try {
        bytes(kept.getKey(), kept.getValue());
      } catch (CheckpointCorruptException e) {
        damages.add(e.getMessage());
      } catch (IOException e) {
        damages.add(
            "%s cannot be read: %s"
                .formatted(file(kept.getKey(), kept.getValue()), e.getMessage()));
      }
    }
    return damages;
  }

  /**
   * The network that trials call by a name.
   *
   * @throws CheckpointCorruptException if it is lost or damaged
   */
  public Network read(String name) throws IOException {
    String content = known().get(sha256(name));
    if (content == null) {
      throw lost(name, "it is not there");
    }
    return NetworkCodec.fromBytes(bytes(sha256(name), content));
  }

  private byte[] bytes(String name, String content) throws IOException {
    String file = file(name, content);
    try (CheckpointStore.StoredInput input = store.open(file)) {
      byte[] bytes = input.stream().readAllBytes();
      if (!sha256(bytes).equals(content)) {
        throw lost(file, "its bytes have changed");
      }
      return bytes;
    } catch (FileNotFoundException e) {
      throw lost(file, "it is not there");
    }
  }

  private CheckpointCorruptException lost(String name, String why) {
    return new CheckpointCorruptException(
        "The run in %s has lost the weights %s of some trials: %s; restore %s from a copy"
            .formatted(store.location(), name, why, FOLDER));
  }

  /** Where a network lies, by the digests of its name and content. */
  private static String file(String name, String content) {
    return FOLDER + "/" + name + "-" + content + END;
  }

  private static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
