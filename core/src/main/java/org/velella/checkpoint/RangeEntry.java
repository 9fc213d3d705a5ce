package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonFields;

/**
 * How far a range has come: files of its chain, oldest first, and all recordings that belong to it.
 * The last file is the range's state; the ones before are there to fall back on. Manifests list the
 * newest few.
 */
public record RangeEntry(SampleRange range, List<RangeFileRef> files, List<Recording> recordings) {
  /** How many files of a chain a manifest lists unless a run says otherwise. */
  public static final int DEFAULT_KEPT_FILES = 3;

  static final Comparator<RangeEntry> BY_RANGE = Comparator.comparing(RangeEntry::range);

  /**
   * @throws IllegalArgumentException if a file is of another range, steps do not ascend, a
   *     recording reaches beyond the newest file, or a recording is listed twice
   */
  public RangeEntry {
    files = List.copyOf(files);
    recordings = List.copyOf(recordings);
    long step = 0;
    for (RangeFileRef file : files) {
      if (!RangeFileName.require(file.file()).range().equals(range) || file.step() <= step) {
        throw new IllegalArgumentException(
            "File '%s' cannot follow step %d of range %s".formatted(file.file(), step, range));
      }
      step = file.step();
    }
    Set<String> names = new HashSet<>();
    for (Recording recording : recordings) {
      if (recording.toStep() > step || !names.add(recording.file())) {
        throw new IllegalArgumentException(
            "Recording '%s' up to step %d is listed twice or lies beyond step %d of range %s"
                .formatted(recording.file(), recording.toStep(), step, range));
      }
    }
  }

  /** A range of which nothing has been saved. */
  public static RangeEntry fresh(SampleRange range) {
    return new RangeEntry(range, List.of(), List.of());
  }

  /** Steps done and saved; 0 for a fresh range. */
  public long step() {
    return files.isEmpty() ? 0 : files.get(files.size() - 1).step();
  }

  /** The file that holds the state at {@link #step()}; empty for a fresh range. */
  public Optional<RangeFileRef> current() {
    return files.isEmpty() ? Optional.empty() : Optional.of(files.get(files.size() - 1));
  }

  /** This chain with one more file and the recordings of its interval. */
  public RangeEntry append(RangeFileRef file, List<Recording> more) {
    List<RangeFileRef> longer = new ArrayList<>(files);
    longer.add(file);
    List<Recording> all = new ArrayList<>(recordings);
    all.addAll(more);
    return new RangeEntry(range, longer, all);
  }

  /**
   * This chain with at most {@code count} files, the newest, and all its recordings.
   *
   * @throws IllegalArgumentException if {@code count} is not positive
   */
  public RangeEntry newest(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("A range keeps at least 1 file, not " + count);
    }
    int from = files.size() - count;
    return from <= 0 ? this : new RangeEntry(range, files.subList(from, files.size()), recordings);
  }

  /** The chain of the first {@code count} files, with their recordings only. */
  RangeEntry first(int count) {
    if (count == files.size()) {
      return this;
    }
    List<RangeFileRef> kept = files.subList(0, count);
    long step = count == 0 ? 0 : kept.get(count - 1).step();
    return new RangeEntry(
        range, kept, recordings.stream().filter(r -> r.toStep() <= step).toList());
  }

  /** The place of a file in the chain, or -1. */
  int indexOf(String file) {
    for (int i = 0; i < files.size(); i++) {
      if (files.get(i).file().equals(file)) {
        return i;
      }
    }
    return -1;
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
  public static RangeEntry of(byte[] bytes) {
    String name = "range";
    return fromJson(new JsonFields(CanonicalJson.parse(bytes, name), name));
  }

  ObjectNode toJson() {
    ObjectNode json = CanonicalJson.object().put("lo", range.lo()).put("hi", range.hi());
    ArrayNode array = json.putArray("files");
    files.forEach(file -> file.writeTo(array.addObject()));
    json.set("recordings", Recording.toJson(recordings));
    return json;
  }

  static RangeEntry fromJson(JsonFields json) {
    return new RangeEntry(
        new SampleRange(json.number("lo"), json.number("hi")),
        json.objects("files").stream().map(RangeFileRef::fromJson).toList(),
        Recording.fromJson(json.objects("recordings")));
  }
}
