package org.velella.spark.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.SampleRange;
import org.velella.spark.frame.ResultFileName;
import org.velella.spark.frame.RunTable;
import org.velella.sweep.TrialList;

/** Which files of a run's tables count, by the run's newest manifest; others are never read. */
final class ListedFiles {
  private final RunDirectory directory;

  /** Null before the first commit. */
  private final Manifest manifest;

  ListedFiles(RunDirectory directory, Manifest manifest) {
    this.directory = directory;
    this.manifest = manifest;
  }

  /**
   * The files of a table, relative to the run's directory.
   *
   * @throws RunFailedException if a recording that the manifest lists is missing, or the results of
   *     its steps have given way to those of later ones
   */
  List<String> of(RunTable table) throws IOException {
    return table == RunTable.RESULTS ? resultFiles() : recorded(table, range -> true);
  }

  /**
   * The files of what some ranges have recorded, relative to the run's directory.
   *
   * @throws RunFailedException if one that the manifest lists is missing
   */
  List<String> recorded(RunTable table, Predicate<SampleRange> ranges) throws IOException {
    if (manifest == null) {
      return List.of();
    }
    RecordingPlaces places = new RecordingPlaces(directory.store());
    List<String> files = new ArrayList<>();
    for (RangeEntry entry : manifest.ranges()) {
      for (Recording recording : entry.recordings()) {
        if (recording.kind().equals(table.text()) && ranges.test(entry.range())) {
          files.add(place(recording, places));
        }
      }
    }
    return files;
  }

  private String place(Recording recording, RecordingPlaces places) throws IOException {
    Optional<String> place = places.of(recording);
    if (place.isEmpty()) {
      // A driver may have published it after the one directory was listed and before the other.
      place = new RecordingPlaces(directory.store()).of(recording);
    }
    return place.orElseThrow(
        () ->
            new RunFailedException(
                "%s is missing in %s, and there is no %s either; velella resume %2$s goes on from the state before it"
                    .formatted(recording.file(), directory.location(), recording.publishedFile()),
                null));
  }

  /** The samples at which all of them end, or all of a sweep before it was extended. */
  private Set<Long> ends() throws IOException {
    Set<Long> ends = new HashSet<>(Set.of(manifest.samples()));
    RunSpec.SweepShape shape = directory.spec().sweep().orElse(null);
    if (shape != null) {
      TrialList trials = new TrialsFile(directory.store()).trials();
      for (int first : shape.layout(trials).firstRanges()) {
        ends.add((long) first * manifest.rangeSize());
      }
    }
    return ends;
  }

  /**
   * The files of the highest step for which they cover all samples; while a sweep is extended,
   * those of the trials that were there before. Once the run has gone on, files of steps that it
   * had not come to by this manifest do not count.
   */
  private List<String> resultFiles() throws IOException {
    if (manifest == null) {
      return List.of();
    }
    CheckpointStore store = directory.store();
    long step = -1;
    long end = 0;
    List<String> files = new ArrayList<>();
    List<String> complete = List.of();
    long covered = 0;
    Set<Long> ends = ends();
    boolean goneOn = goneOn();
    boolean later = false;
    // Names sort by step, then by samples.
    for (StoredFile file : store.list(RunTable.RESULTS.directory())) {
      ResultFileName name = ResultFileName.parse(file.name()).orElse(null);
      if (name == null) {
        continue;
      }
      if (goneOn && !reached(name)) {
        later = true;
        continue;
      }
      if (name.step() != step) {
        step = name.step();
        end = 0;
        files = new ArrayList<>();
      }
      if (name.lo() == end) {
        end = name.hi();
        files.add(RunTable.RESULTS.directory() + "/" + file.name());
      }
      if (ends.contains(end) && end >= covered) {
        covered = end;
        complete = List.copyOf(files);
      }
    }
    if (complete.isEmpty() && later) {
      throw new RunFailedException(
          "%s has gone on since its tables were opened, and has results of later steps only; open it again"
              .formatted(directory.location()),
          null);
    }
    return complete;
  }

  /** Whether more has been committed since this manifest was read. */
  private boolean goneOn() throws IOException {
    return new ManifestLog(directory.store())
        .latest()
        .map(newest -> newest.manifest().version() > manifest.version())
        .orElse(false);
  }

  /** Whether all samples of a file have come to its step by this manifest. */
  private boolean reached(ResultFileName name) {
    if (name.hi() > manifest.samples()) {
      return false;
    }
    return manifest.allRanges().stream()
        .filter(entry -> entry.range().lo() < name.hi() && name.lo() < entry.range().hi())
        .allMatch(entry -> entry.step() >= name.step());
  }
}
