package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonFields;

/**
 * What a checkpoint belongs to. Two states may follow each other only if all of this is equal; the
 * backend, the number of partitions and the tile size are not part of it, because they do not show
 * in results.
 *
 * @param runId letters, digits, {@code . _ -}; at most 128
 * @param digests SHA-256 in lower-case hexadecimal by name: {@code network}, {@code weights},
 *     {@code node/PATH}, …
 * @param dt seconds per step
 * @param seed of all random numbers
 * @param memories in the order of {@code extract_memories}
 * @param accumulators what probes have gathered so far, per sample
 */
public record RunIdentity(
    String runId,
    SortedMap<String, String> digests,
    double dt,
    long seed,
    List<MemoryEntry> memories,
    List<MemoryEntry> accumulators) {
  private static final Pattern RUN_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final int NAMED = 3;

  /**
   * @throws IllegalArgumentException if the id or a digest has another form, dt is not a positive
   *     number, or two memories or two accumulators have one name
   */
  public RunIdentity {
    digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
    memories = List.copyOf(memories);
    accumulators = List.copyOf(accumulators);
    if (!RUN_ID.matcher(runId).matches()) {
      throw new IllegalArgumentException(
          "Run id '" + runId + "' is not made of 1 to 128 letters, digits and ._-");
    }
    for (String name : digests.keySet()) {
      if (!DIGEST.matcher(digests.get(name)).matches()) {
        throw new IllegalArgumentException(
            "Digest '%s' is '%s' instead of 64 hexadecimal digits"
                .formatted(name, digests.get(name)));
      }
    }
    if (!(dt > 0 && dt < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("dt is " + dt + " instead of a positive number");
    }
    requireUniqueNames(memories);
    requireUniqueNames(accumulators);
  }

  private static void requireUniqueNames(List<MemoryEntry> entries) {
    TreeSet<String> names = new TreeSet<>();
    for (MemoryEntry entry : entries) {
      if (!names.add(entry.name())) {
        throw new IllegalArgumentException("Two memories are named '" + entry.name() + "'");
      }
    }
  }

  /**
   * Checks that a file was made for this run.
   *
   * @param found what the file says
   * @param file its name, for the message
   * @throws CheckpointMismatchException if anything differs; the message names the first
   *     differences
   */
  public void requireSame(RunIdentity found, String file) {
    require(runId, found.runId, "run", file, "give each run a directory of its own");
    for (String name : union(digests, found.digests)) {
      require(
          digests.getOrDefault(name, "none"),
          found.digests.getOrDefault(name, "none"),
          "digest of '" + name + "'",
          file,
          "continue with what the run was started with, or start a new run in another directory");
    }
    require(
        CanonicalJson.hex(dt) + " (" + dt + ")",
        CanonicalJson.hex(found.dt) + " (" + found.dt + ")",
        "dt",
        file,
        "continue with the same dt");
    require("" + seed, "" + found.seed, "seed", file, "continue with the same seed");
    requireSameEntries("memory", memories, found.memories, file);
    requireSameEntries("accumulator", accumulators, found.accumulators, file);
  }

  private static TreeSet<String> union(SortedMap<String, ?> a, SortedMap<String, ?> b) {
    TreeSet<String> names = new TreeSet<>(a.keySet());
    names.addAll(b.keySet());
    return names;
  }

  private static void require(
      String expected, String found, String what, String file, String remedy) {
    if (!expected.equals(found)) {
      throw new CheckpointMismatchException(
          "%s has %s %s, this run has %s; %s".formatted(file, what, found, expected, remedy));
    }
  }

  private static void requireSameEntries(
      String what, List<MemoryEntry> expected, List<MemoryEntry> found, String file) {
    if (expected.equals(found)) {
      return;
    }
    StringBuilder differences = new StringBuilder();
    int named = 0;
    for (int i = 0; i < Math.max(expected.size(), found.size()) && named < NAMED; i++) {
      String here = i < expected.size() ? expected.get(i).toString() : "none";
      String there = i < found.size() ? found.get(i).toString() : "none";
      if (!here.equals(there)) {
        differences.append("; %s %d is %s there and %s here".formatted(what, i, there, here));
        named++;
      }
    }
    throw new CheckpointMismatchException(
        "%s was made for another network%s; continue with the network the run was started with"
            .formatted(file, differences));
  }

  /** Itself as bytes, from which {@link #of} makes it again. */
  public byte[] bytes() {
    return CanonicalJson.bytes(toJson());
  }

  /**
   * What {@link #bytes} has made.
   *
   * @throws IllegalArgumentException if the bytes are something else
   */
  public static RunIdentity of(byte[] bytes) {
    String name = "identity";
    return fromJson(new JsonFields(CanonicalJson.parse(bytes, name), name));
  }

  ObjectNode toJson() {
    ObjectNode json = CanonicalJson.object();
    json.put("run_id", runId).put("dt", CanonicalJson.hex(dt)).put("seed", seed);
    json.set("digests", CanonicalJson.object(digests));
    json.set("memories", MemoryEntry.toJson(memories));
    json.set("accumulators", MemoryEntry.toJson(accumulators));
    return json;
  }

  static RunIdentity fromJson(JsonFields json) {
    return new RunIdentity(
        json.text("run_id"),
        json.strings("digests"),
        json.hexFloat("dt"),
        json.number("seed"),
        MemoryEntry.fromJson(json.objects("memories")),
        MemoryEntry.fromJson(json.objects("accumulators")));
  }
}
