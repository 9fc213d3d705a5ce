package org.velella.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.Checksums;
import org.velella.provenance.JsonException;
import org.velella.provenance.JsonFields;

/**
 * A file that holds a slice of a large manifest's ranges, and what it must be.
 *
 * @param file its name in {@link ManifestLog#DIRECTORY}
 * @param bytes its length
 * @param crc32c its checksum
 * @param lo its ranges begin at this sample or later
 * @param hi and end at this one or earlier
 * @param ranges how many it holds
 */
record ManifestPart(String file, long bytes, String crc32c, long lo, long hi, int ranges) {
  /** Ranges of the run, saved or not, that one part covers. */
  static final int RANGES = Manifest.RANGES_OF_A_FILE;

  /**
   * Up to this many ranges a manifest is one file. Tasks ask it for single ranges, so they read and
   * parse as much of a small manifest as of a large one's parts, and never more.
   */
  static final int MAX_RANGES_IN_ONE_FILE = RANGES;

  /** The highest number that five digits give. */
  static final int MAX_NUMBER = 99_999;

  private static final Pattern NAME = Pattern.compile("\\d{20}\\.part-\\d{5}\\.json");

  ManifestPart {
    Checksums.requireHex(crc32c);
    if (!isName(file)) {
      throw new JsonException("'" + file + "' is not the name of a part of a manifest");
    }
    if (bytes < 1 || lo < 0 || hi <= lo || ranges < 1) {
      throw new JsonException(
          "part '%s' cannot have %d bytes and %d ranges of samples %d to %d"
              .formatted(file, bytes, ranges, lo, hi));
    }
  }

  static boolean isName(String file) {
    return NAME.matcher(file).matches();
  }

  static String name(long version, int number) {
    return "%020d.part-%05d.json".formatted(version, number);
  }

  /** The number of the part that a range belongs to. */
  static int number(SampleRange range, int rangeSize) {
    return (int) (range.lo() / rangeSize / RANGES);
  }

  /** Checks that the entries are what the part is listed for. */
  List<RangeEntry> requireHolds(List<RangeEntry> entries) {
    boolean outside = entries.stream().anyMatch(e -> e.range().lo() < lo || e.range().hi() > hi);
    if (entries.size() != ranges || outside) {
      throw new JsonException(
          "part '%s' does not hold %d ranges of samples %d to %d".formatted(file, ranges, lo, hi));
    }
    return entries;
  }

  ObjectNode toJson() {
    ObjectNode json = CanonicalJson.object().put("file", file).put("bytes", bytes);
    json.put("crc32c", crc32c).put("lo", lo).put("hi", hi).put("ranges", ranges);
    return json;
  }

  static ManifestPart fromJson(JsonFields json) {
    return new ManifestPart(
        json.text("file"),
        json.number("bytes"),
        json.text("crc32c"),
        json.number("lo"),
        json.number("hi"),
        Math.toIntExact(json.number("ranges")));
  }
}
