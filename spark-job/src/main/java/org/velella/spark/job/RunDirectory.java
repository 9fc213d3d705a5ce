package org.velella.spark.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointTooNewException;
import org.velella.checkpoint.ExclusiveCreateUnsupportedException;
import org.velella.checkpoint.ManifestLog;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;
import org.velella.provenance.RunProvenance;
import org.velella.provenance.Secrets;
import org.velella.spark.store.RunStores;

/** A run's directory: what the run is, its network, its last known state, its checkpoint. */
final class RunDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);
  static final String HOME = "_run";
  private static final String RUN = HOME + "/run.json";
  static final String STATUS = HOME + "/status.json";

  /** Bytes of a name on every common file system. */
  private static final int LONGEST_NAME = 255;

  private final URI uri;
  private final Configuration conf;
  private final CheckpointStore store;

  /** Guarded by this, as are the next ones: whether this process ends whatever it still does. */
  private boolean left;

  /** The lease of what this process works on; null before it has got one. */
  private RunLease lease;

  /** The status that this process has written last; null if none. */
  private byte[] told;

  private RunDirectory(URI uri, Configuration conf, CheckpointStore store) {
    this.uri = uri;
    this.conf = conf;
    this.store = store;
  }

  /**
   * A directory that a user named, which need not exist.
   *
   * @throws UsageException if no run can lie there
   */
  static RunDirectory of(String directory, Configuration conf) {
    try {
      URI uri = RunStores.resolve(directory, conf);
      return new RunDirectory(uri, conf, RunStores.open(uri, conf));
    } catch (IOException | IllegalArgumentException | ExclusiveCreateUnsupportedException e) {
      throw new UsageException(
          "Cannot use the run directory " + directory + ": " + e.getMessage(), e);
    }
  }

  URI uri() {
    return uri;
  }

  CheckpointStore store() {
    return store;
  }

  /** The directory as users name it. */
  String location() {
    return store.location();
  }

  /** Whether this directory is another one or lies in it, by whatever names they are called. */
  boolean isWithin(RunDirectory other) {
    URI mine = real(uri);
    URI theirs = real(other.uri);
    String parent = theirs.getPath().endsWith("/") ? theirs.getPath() : theirs.getPath() + "/";
    return Objects.equals(mine.getScheme(), theirs.getScheme())
        && Objects.equals(mine.getAuthority(), theirs.getAuthority())
        && (mine.getPath() + "/").startsWith(parent);
  }

  /** Without links and dots, as far as the directories exist. */
  private static URI real(URI directory) {
    URI plain = directory.normalize();
    if (!"file".equals(plain.getScheme())) {
      return plain;
    }
    java.nio.file.Path path = java.nio.file.Path.of(plain.getPath());
    for (java.nio.file.Path there = path; there != null; there = there.getParent()) {
      try {
        return there.toRealPath().resolve(there.relativize(path)).normalize().toUri().normalize();
      } catch (IOException e) {
        // It does not exist yet; one of those above it does.
      }
    }
    return plain;
  }

  boolean hasRun() {
    try {
      return store.exists(RUN);
    } catch (IOException e) {
      if (cannotExist()) {
        return false;
      }
      throw new UncheckedIOException("Cannot look into " + location(), e);
    }
  }

  /** Whether nothing can lie under such a name on this machine; beginning a run there tells why. */
  private boolean cannotExist() {
    if (!"file".equals(uri.getScheme())) {
      return false;
    }
    java.nio.file.Path path = java.nio.file.Path.of(uri.getPath());
    for (java.nio.file.Path there = path; there.getNameCount() > 0; there = there.getParent()) {
      if (there.getFileName().toString().getBytes(UTF_8).length > LONGEST_NAME
          || Files.isRegularFile(there)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What the run in this directory is.
   *
   * @throws UsageException if there is no run
   * @throws org.velella.checkpoint.CheckpointException if there is one that cannot be read
   */
  RunSpec spec() {
    try {
      return new RunSpec(provenance(read(RUN)));
    } catch (FileNotFoundException e) {
      requireNotLost();
      throw new UsageException(
          location() + " is not a run: it has no " + RUN + "; begin one with velella simulate", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the run in " + location(), e);
    }
  }

  private RunProvenance provenance(byte[] json) {
    try {
      return RunProvenance.fromJson(json);
    } catch (JsonException e) {
      String why = "Cannot read the run in %s: %s".formatted(location(), e.getMessage());
      if (RunProvenance.isOfOtherVersion(json)) {
        throw new CheckpointTooNewException(why, e);
      }
      throw new CheckpointCorruptException("%s; restore %s from a copy".formatted(why, RUN), e);
    }
  }

  /** Whether there is a checkpoint without anything that says what its run is. */
  boolean hasLostRun() {
    try {
      return !store.exists(RUN) && !store.list(ManifestLog.DIRECTORY).isEmpty();
    } catch (IOException e) {
      // What cannot be looked into is not known to be a run.
      return false;
    }
  }

  private void requireNotLost() {
    if (hasLostRun()) {
      throw new CheckpointCorruptException(
          "The run in %s has a checkpoint but has lost its %s; restore it from a copy"
              .formatted(location(), RUN));
    }
  }

  /**
   * The bytes of the run's network.
   *
   * @param digest what {@link #digest} gives for them
   * @throws CheckpointCorruptException if they are lost or damaged
   */
  byte[] networkBytes(String digest) {
    String file = network(digest);
    try {
      byte[] bytes = read(file);
      String found = digest(bytes);
      if (!found.equals(digest)) {
        throw new CheckpointCorruptException(
            "The run in %s has a damaged %s: its bytes have the SHA-256 %s; restore it from a copy"
                .formatted(location(), file, found));
      }
      return bytes;
    } catch (FileNotFoundException e) {
      throw new CheckpointCorruptException(
          "The run in " + location() + " has lost its " + file + "; restore it from a copy", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the network of " + location(), e);
    }
  }

  /**
   * The run's network.
   *
   * @throws CheckpointCorruptException if it is lost or damaged
   */
  Network network() {
    return NetworkCodec.fromBytes(networkBytes(spec().networkDigest()));
  }

  /** What stands for the bytes of a network, in the name of its file too: their SHA-256. */
  static String digest(byte[] network) {
    return Digests.sha256(network);
  }

  /** The name says the content, so that drivers that begin different runs never meet in a file. */
  static String network(String digest) {
    return HOME + "/network-" + digest + ".safetensors";
  }

  private byte[] read(String path) throws IOException {
    try (CheckpointStore.StoredInput input = store.open(path)) {
      return input.stream().readAllBytes();
    }
  }

  /**
   * Makes sure that nothing but the beginning of a run lies here.
   *
   * @throws UsageException if something does; the message names it
   * @throws CheckpointCorruptException if it is a run that has lost what says what it is
   */
  void requireFree() {
    requireNotLost();
    try {
      FileSystem files = FileSystem.get(uri, conf);
      Path path = new Path(uri);
      if (!files.exists(path)) {
        return;
      }
      if (!files.getFileStatus(path).isDirectory()) {
        throw new UsageException(
            "The output directory %s is a file; give a new directory".formatted(location()));
      }
      FileStatus[] entries = files.listStatus(path);
      String others =
          String.join(
              ", ",
              Arrays.stream(entries)
                  .map(entry -> entry.getPath().getName())
                  .filter(name -> !name.equals(HOME))
                  .sorted()
                  .limit(3)
                  .toList());
      if (!others.isEmpty()) {
        throw new UsageException(
            "The output directory %s is not empty and holds no run (there is %s); give a new directory"
                .formatted(location(), others));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + location(), e);
    }
  }

  /**
   * Begins a run, if nobody else has; either way there is one afterwards. Of several drivers that
   * begin runs here at once, the one whose {@code run.json} is there first has begun it; the others
   * find it there.
   *
   * @param provenance names the network by its {@link #digest}
   * @throws UsageException if nothing can be written there
   */
  void create(RunProvenance provenance, byte[] network) {
    String file = network(digest(network));
    try {
      if (store.exists(RUN)) {
        return;
      }
      store.createExclusive(file, network);
      if (!store.createExclusive(RUN, provenance.toJson())
          && !spec().networkDigest().equals(digest(network))) {
        store.delete(file);
      }
    } catch (FileSystemException | AccessControlException e) {
      throw new UsageException(
          "Cannot write to the output directory %s: %s".formatted(location(), IoReason.of(e)), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot begin a run in " + location(), e);
    }
  }

  /** The last known state, if one was written; what cannot be read says so in its place. */
  Optional<JsonNode> lastStatus() {
    try {
      JsonNode status = CanonicalJson.parse(read(STATUS), STATUS);
      return Optional.of(status.isObject() ? status : unreadable("it is no JSON object"));
    } catch (JsonException e) {
      return Optional.of(unreadable(e.getMessage()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the status of " + location(), e);
    }
  }

  /** The status is for people, and nothing depends on it, so its damage harms nothing. */
  private static JsonNode unreadable(String why) {
    return CanonicalJson.object()
        .put("state", "unknown")
        .put("detail", "%s is damaged: %s; the next run writes it again".formatted(STATUS, why));
  }

  /**
   * Replaces the last known state, if it can be written: it is for people, and neither does a run
   * depend on it nor may it hide why a run has failed.
   */
  synchronized void status(RunStatus status) {
    if (!left) {
      replaceStatus(status.toJson());
    }
  }

  /** Says what this process works on. */
  synchronized void leased(RunLease own) {
    lease = own;
  }

  /**
   * Says of the last known state that the run has ended since, with all else as it was. Says
   * nothing over what another process has written since this one has, or may write since it is at
   * work; nor of a run that was finished before and with which nothing was done, nor of one that
   * has no status: that would be a sign of a first manifest, which is not there. Why this process
   * has failed stays, whatever ends it after that.
   *
   * @param state {@code interrupted} or {@code failed}
   */
  synchronized void ended(String state, String detail) {
    try {
      Uninterrupted.run(
          () -> {
            JsonNode last = lastStatus().orElse(null);
            if (!left && last != null && isOurs(last)) {
              ObjectNode status = last.deepCopy();
              status.put("state", state).put("at", Instant.now().toString());
              replaceStatus(status.put("detail", Secrets.hide(detail)));
            }
          });
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("The status does not say {}: {}", state, Secrets.hide(e.getMessage()));
    }
  }

  /** Whether it is for this process to say how what a status tells of has ended. */
  private boolean isOurs(JsonNode last) throws IOException {
    String state = last.path("state").asText();
    return told == null
        ? !state.equals(RunStatus.FINISHED) && !RunLease.isHeldByOthers(store, lease)
        : !state.equals(RunStatus.FAILED) && Arrays.equals(told, CanonicalJson.bytes(last));
  }

  /**
   * Says for the last time that it was interrupted: what this process still does before it ends is
   * not told any more.
   */
  synchronized void leave(String detail) {
    ended(RunStatus.INTERRUPTED, detail);
    left = true;
  }

  private void replaceStatus(JsonNode status) {
    try {
      byte[] bytes = CanonicalJson.bytes(status);
      Uninterrupted.run(() -> store.replace(STATUS, bytes));
      told = bytes;
    } catch (IOException e) {
      LOG.warn(
          "Cannot write the status of {}: {}",
          Secrets.hide(location()),
          Secrets.hide(IoReason.of(e)));
    }
  }
}
