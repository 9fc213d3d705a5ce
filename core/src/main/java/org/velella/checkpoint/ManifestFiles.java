package org.velella.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.CheckpointStore.StoredInput;

/** The files of manifests: their names, their bytes, and the parts of large ones. */
final class ManifestFiles {
  private static final Pattern NAME = Pattern.compile("\\d{20}\\.json");
  private static final int MAX_BYTES = 1 << 30;
  private static final int ATTEMPTS = 5;
  private static final int MAX_SLICES = Manifest.MAX_RANGES / ManifestPart.RANGES;

  private final CheckpointStore store;
  private final int mostBytes;

  ManifestFiles(CheckpointStore store) {
    this(store, MAX_BYTES);
  }

  /**
   * @param mostBytes of one file; larger ones are neither written nor read
   */
  ManifestFiles(CheckpointStore store, int mostBytes) {
    this.store = store;
    this.mostBytes = mostBytes;
  }

  /**
   * A manifest as it lies in its file.
   *
   * @param parts empty if it has none
   */
  record Read(Manifest manifest, String crc32c, List<ManifestPart> parts) {}

  /** All versions that files are named after, newest first. */
  List<Long> versions() throws IOException {
    List<Long> versions = new ArrayList<>();
    for (StoredFile file : store.list(ManifestLog.DIRECTORY)) {
      version(file.name()).ifPresent(versions::add);
    }
    versions.sort(Comparator.reverseOrder());
    return versions;
  }

  static OptionalLong version(String name) {
    if (!NAME.matcher(name).matches()) {
      return OptionalLong.empty();
    }
    try {
      long version = Long.parseLong(name.substring(0, name.indexOf('.')));
      return version < 1 ? OptionalLong.empty() : OptionalLong.of(version);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** The path of a version's file. */
  static String path(long version) {
    return path("%020d.json".formatted(version));
  }

  static String path(String name) {
    return ManifestLog.DIRECTORY + "/" + name;
  }

  String where(long version) {
    return store.location() + "/" + path(version);
  }

  /**
   * @throws FileNotFoundException if there is no such version
   * @throws CheckpointCorruptException if it or a part of it is damaged, or a part is missing
   * @throws CheckpointTooNewException if it needs a newer reader
   */
  Read read(long version) throws IOException {
    return read(version, this::readPart);
  }

  /** As {@link #read(long)}, with no other ranges of a large manifest than those around one. */
  Read read(long version, SampleRange range) throws IOException {
    return read(
        version,
        part -> part.lo() <= range.lo() && range.hi() <= part.hi() ? readPart(part) : List.of());
  }

  /**
   * Shows the ranges of a manifest part by part, keeping none, so that it needs little memory.
   *
   * @param skipped parts that are not read
   * @return all parts, those that were skipped as well
   */
  List<ManifestPart> visit(long version, Set<String> skipped, Consumer<List<RangeEntry>> visitor)
      throws IOException {
    Read read =
        read(
            version,
            part -> {
              if (!skipped.contains(part.file())) {
                visitor.accept(readPart(part));
              }
              return List.of();
            });
    visitor.accept(read.manifest().ranges());
    return read.parts();
  }

  private Read read(long version, ManifestCodec.PartReader parts) throws IOException {
    String where = where(version);
    byte[] bytes = bytes(path(version), where);
    List<ManifestPart> listed = new ArrayList<>();
    ManifestCodec.PartReader noting =
        part -> {
          listed.add(part);
          return parts.read(part);
        };
    try {
      Manifest manifest = ManifestCodec.decode(bytes, version, where, noting);
      return new Read(manifest, ManifestCodec.statedCrc(bytes), listed);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw damaged(where, e.getMessage(), e);
    }
  }

  private List<RangeEntry> readPart(ManifestPart part) throws IOException {
    String where = store.location() + "/" + path(part.file());
    byte[] bytes;
    try {
      bytes = bytes(path(part.file()), where);
    } catch (FileNotFoundException e) {
      throw damaged(where, "it is listed but missing", e);
    }
    try {
      return ManifestCodec.decodePart(bytes, part, where);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw damaged(where, e.getMessage(), e);
    }
  }

  private byte[] bytes(String path, String where) throws IOException {
    try (StoredInput input = store.open(path)) {
      if (input.length() > mostBytes) {
        throw damaged(where, "it has %d bytes".formatted(input.length()), null);
      }
      return input.stream().readNBytes((int) input.length());
    }
  }

  private static CheckpointCorruptException damaged(String where, String why, Exception cause) {
    return new CheckpointCorruptException(
        "%s is damaged: %s".formatted(where, why),
        "restore it from a copy, or resume the run, which falls back to the previous manifest",
        cause);
  }

  /**
   * Writes what a manifest is made of besides its own file, and gives the bytes of that.
   *
   * @param before the manifest that this one continues, whose parts serve again where nothing has
   *     changed; null if it is not known
   * @throws ManifestTooLargeException if a file of it would be larger than readers take
   */
  Prepared prepare(Manifest manifest, Read before) throws IOException {
    boolean whole = manifest.ranges().size() <= ManifestPart.MAX_RANGES_IN_ONE_FILE;
    List<List<RangeEntry>> slices = whole ? List.of(manifest.ranges()) : slices(manifest);
    for (List<RangeEntry> slice : slices) {
      // What is far too large is not even encoded, for there might be no memory for it.
      requireReadable(manifest, slice, ManifestCodec.leastBytes(slice));
    }
    if (whole) {
      byte[] bytes = ManifestCodec.encode(manifest);
      requireReadable(manifest, manifest.ranges(), bytes.length);
      return new Prepared(bytes, List.of());
    }
    List<ManifestPart> parts = new ArrayList<>();
    for (List<RangeEntry> slice : slices) {
      ManifestPart same = before == null ? null : unchanged(slice, before);
      parts.add(same == null ? writePart(manifest, slice) : same);
    }
    return new Prepared(ManifestCodec.encode(manifest, parts), parts);
  }

  private void requireReadable(Manifest manifest, List<RangeEntry> ranges, long bytes) {
    if (bytes <= mostBytes) {
      return;
    }
    long recordings = ranges.stream().mapToLong(entry -> entry.recordings().size()).sum();
    throw new ManifestTooLargeException(
        "%s was not committed: it would list %d recordings of %d ranges in one file of %d bytes or more, and %d are the most that anybody reads. What was committed before counts as it did. Begin again in another directory, with a longer --checkpoint-every, a larger --range-size, or fewer kinds to --record"
            .formatted(where(manifest.version()), recordings, ranges.size(), bytes, mostBytes));
  }

  /**
   * A manifest that is ready to be committed.
   *
   * @param bytes of its own file
   * @param parts that were written already
   */
  record Prepared(byte[] bytes, List<ManifestPart> parts) {
    Read asRead(Manifest manifest) {
      return new Read(manifest, ManifestCodec.statedCrc(bytes), parts);
    }
  }

  /** The ranges in slices whose bounds do not depend on which ranges have been saved. */
  private static List<List<RangeEntry>> slices(Manifest manifest) {
    List<List<RangeEntry>> slices = new ArrayList<>();
    List<RangeEntry> ranges = manifest.ranges();
    int from = 0;
    while (from < ranges.size()) {
      int number = ManifestPart.number(ranges.get(from).range(), manifest.rangeSize());
      int to = from;
      while (to < ranges.size()
          && ManifestPart.number(ranges.get(to).range(), manifest.rangeSize()) == number) {
        to++;
      }
      slices.add(ranges.subList(from, to));
      from = to;
    }
    return slices;
  }

  private static ManifestPart unchanged(List<RangeEntry> slice, Read before) {
    long lo = slice.get(0).range().lo();
    long hi = slice.get(slice.size() - 1).range().hi();
    int from = 0;
    for (ManifestPart part : before.parts()) {
      int to = from + part.ranges();
      if (part.lo() == lo && part.hi() == hi) {
        return slice.equals(before.manifest().ranges().subList(from, to)) ? part : null;
      }
      from = to;
    }
    return null;
  }

  /**
   * Writes a part under a number that no other writer of this version has taken. A part that is
   * there already with these very bytes, from an attempt whose answer was lost, serves as well.
   */
  private ManifestPart writePart(Manifest manifest, List<RangeEntry> slice) throws IOException {
    byte[] bytes = ManifestCodec.encodePart(slice);
    requireReadable(manifest, slice, bytes.length);
    int number = ManifestPart.number(slice.get(0).range(), manifest.rangeSize());
    IOException open = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String name = ManifestPart.name(manifest.version(), number);
      try {
        if (store.createExclusive(path(name), bytes) || holds(name, bytes)) {
          return new ManifestPart(
              name,
              bytes.length,
              ManifestCodec.statedCrc(bytes),
              slice.get(0).range().lo(),
              slice.get(slice.size() - 1).range().hi(),
              slice.size());
        }
        number = freeNumber(manifest.version());
      } catch (UnknownOutcomeException | FileNotFoundException e) {
        open = e;
      }
    }
    throw open != null
        ? open
        : new IOException(
            "No free name for a part of %s was found; other processes write the same manifest"
                .formatted(where(manifest.version())));
  }

  private boolean holds(String name, byte[] bytes) throws IOException {
    try (StoredInput input = store.open(path(name))) {
      return Arrays.equals(input.stream().readNBytes(bytes.length + 1), bytes);
    }
  }

  private int freeNumber(long version) throws IOException {
    String prefix = "%020d.part-".formatted(version);
    int highest = -1;
    for (StoredFile file : store.list(ManifestLog.DIRECTORY)) {
      if (file.name().startsWith(prefix) && ManifestPart.isName(file.name())) {
        int end = file.name().lastIndexOf('.');
        highest = Math.max(highest, Integer.parseInt(file.name(), prefix.length(), end, 10));
      }
    }
    // Far from the numbers that slices have, so that the next part does not meet it.
    int number = Math.max(highest + 1, MAX_SLICES);
    if (number > ManifestPart.MAX_NUMBER) {
      throw new IOException("%s has no free number for a part".formatted(where(version)));
    }
    return number;
  }
}
