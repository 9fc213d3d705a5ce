package org.velella.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.Recording;
import org.velella.provenance.CanonicalJson;
import org.velella.spark.frame.RunTable;

/** Which files of a run are there, by what its newest manifest lists and without reading them. */
final class RunHealth {
  /** Looks at a run that a driver works on, after which what is missing is said to be. */
  private static final int MOST_LOOKS = 10;

  private final ManifestHead head;
  private final Manifest manifest;
  private final List<String> damaged;
  private final List<String> missing = new ArrayList<>();
  private final List<String> rangesWithoutState = new ArrayList<>();
  private final List<String> damagedEarlier = new ArrayList<>();
  private final ObjectNode sizes = CanonicalJson.object();
  private final RecordingPlaces places;
  private final ResultVerification results;
  private final CheckpointStore store;
  private long orphans;
  private long orphanBytes;

  private RunHealth(RunDirectory run, ManifestHead head) {
    store = run.store();
    places = new RecordingPlaces(store);
    this.head = head;
    manifest = head.manifest();
    damaged = new ArrayList<>(head.warnings());
    results = new ResultVerification(run, new Configuration(), manifest, places);
  }

  /**
   * By a manifest, or by a newer one if a driver at work has committed it and collected what this
   * one lists. What such a driver publishes meanwhile may be seen in neither of its places, so only
   * what is missing twice is.
   */
  static RunHealth of(RunDirectory run, ManifestHead head) throws IOException {
    ManifestLog log = new ManifestLog(run.store());
    RunHealth health = new RunHealth(run, head);
    health.look();
    for (int look = 1; look < MOST_LOOKS && !health.missing.isEmpty(); look++) {
      RunHealth before = health;
      health = new RunHealth(run, log.latest().orElse(before.head));
      health.look();
      if (health.manifest.version() == before.manifest.version()
          && health.missing.equals(before.missing)) {
        break;
      }
    }
    return health;
  }

  /** The manifest that this is about. */
  ManifestHead head() {
    return head;
  }

  private void look() throws IOException {
    size(ManifestLog.DIRECTORY);
    size(RangeFileName.DIRECTORY);
    for (RunTable table : RunTable.values()) {
      size(table.directory());
      size(table.attempts());
    }
    Set<String> listed = new HashSet<>();
    for (RangeEntry entry : manifest.ranges()) {
      boolean usable = false;
      for (RangeFileRef file : entry.files()) {
        listed.add(RangeFileName.DIRECTORY + "/" + file.file());
        usable |= isWhole(file);
      }
      if (!usable) {
        rangesWithoutState.add(entry.range().toString());
      }
      for (Recording recording : entry.recordings()) {
        list(listed, recording);
        String place = places.of(recording).orElse(null);
        if (place == null) {
          missing.add(recording.file());
        } else if (recording.isChecked() && places.length(place) != recording.bytes()) {
          damaged.add(
              "%s has %d bytes instead of %d"
                  .formatted(place, places.length(place), recording.bytes()));
        }
      }
    }
    listEarlier(listed);
    missing.addAll(results.gaps());
    countOrphans(RangeFileName.DIRECTORY, listed);
    for (RunTable table : RunTable.recorded()) {
      countOrphans(table.attempts(), listed);
      countOrphans(table.directory(), listed);
    }
  }

  /** Whether a state is there with its length; what is wrong is noted. */
  private boolean isWhole(RangeFileRef file) throws IOException {
    String path = RangeFileName.DIRECTORY + "/" + file.file();
    Long length = places.files(RangeFileName.DIRECTORY).get(file.file());
    if (length == null) {
      missing.add(path);
      return false;
    }
    if (length != file.bytes()) {
      damaged.add("%s has %d bytes instead of %d".formatted(path, length, file.bytes()));
      return false;
    }
    return true;
  }

  /** What only manifests before the newest list is there to fall back on. */
  private void listEarlier(Set<String> listed) throws IOException {
    ManifestLog log = new ManifestLog(store);
    boolean there = true;
    for (long version = manifest.version() - 1; version > 0 && there; version--) {
      try {
        for (RangeEntry entry : log.manifest(version).ranges()) {
          entry.files().forEach(file -> listed.add(RangeFileName.DIRECTORY + "/" + file.file()));
          entry.recordings().forEach(recording -> list(listed, recording));
        }
      } catch (FileNotFoundException e) {
        there = false;
      } catch (CheckpointException e) {
        // Perhaps just now: of a manifest that is collected the parts go first.
        damagedEarlier.add(e.getMessage());
      }
    }
  }

  private static void list(Set<String> listed, Recording recording) {
    listed.add(recording.file());
    listed.add(recording.publishedFile());
  }

  private void size(String directory) throws IOException {
    Map<String, Long> files = places.files(directory);
    if (!files.isEmpty()) {
      sizes
          .putObject(directory)
          .put("files", files.size())
          .put("bytes", files.values().stream().mapToLong(Long::longValue).sum());
    }
  }

  /** Where the run's recordings lie. */
  RecordingPlaces places() {
    return places;
  }

  private void countOrphans(String directory, Set<String> listed) throws IOException {
    for (Map.Entry<String, Long> file : places.files(directory).entrySet()) {
      if (!listed.contains(directory + "/" + file.getKey())) {
        orphans++;
        orphanBytes += file.getValue();
      }
    }
  }

  ObjectNode toJson() {
    ObjectNode json = CanonicalJson.object();
    json.set("size_on_disk", sizes);
    json.put("not_listed_files", orphans).put("not_listed_bytes", orphanBytes);
    add(json.putArray("missing"), missing);
    add(json.putArray("damaged"), damaged);
    add(json.putArray("damaged_earlier_manifests"), damagedEarlier);
    add(json.putArray("ranges_without_state"), rangesWithoutState);
    return json;
  }

  private static void add(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }
}
