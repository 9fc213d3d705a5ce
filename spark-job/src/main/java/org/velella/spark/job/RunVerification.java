package org.velella.spark.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.ManifestHead;
import org.velella.checkpoint.ManifestLog;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeFileRef;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.RecordingFile;
import org.velella.provenance.CanonicalJson;
import org.velella.spark.frame.ResultFileName;
import org.velella.spark.frame.TableCheck;

/**
 * Reads every byte of every file that a manifest lists and of those that say what the run is, on
 * all cores of this machine. Reading is what takes the time, and one machine reads as fast as its
 * network lets it; it needs no cluster, and it works while none can be had.
 */
final class RunVerification {
  /** At a range that is gone on with, after which what is missing is said to be. */
  private static final int MOST_LOOKS = 10;

  private final RunDirectory run;
  private final Configuration conf;
  private final Manifest manifest;

  /** Of manifests that were passed over. */
  private final List<String> warnings;

  private final RecordingPlaces places;

  RunVerification(RunDirectory run, Configuration conf, ManifestHead head, RecordingPlaces places) {
    this.run = run;
    this.conf = conf;
    manifest = head.manifest();
    warnings = head.warnings();
    this.places = places;
  }

  /**
   * What reading came to.
   *
   * @param files that were read
   * @param damages what is wrong, one line for each file
   * @param lostRanges ranges of which no listed state is sound
   * @param ownDamages those of the damages without whose mending no range can go on
   */
  record Result(
      long files, List<String> damages, List<String> lostRanges, List<String> ownDamages) {
    Result {
      ownDamages = List.copyOf(ownDamages);
      damages = List.copyOf(damages);
      lostRanges = List.copyOf(lostRanges);
    }

    ObjectNode toJson() {
      ObjectNode json = CanonicalJson.object().put("files_read", files);
      ArrayNode damaged = json.putArray("unsound");
      damages.forEach(damaged::add);
      ArrayNode lost = json.putArray("ranges_without_sound_state");
      lostRanges.forEach(lost::add);
      ArrayNode own = json.putArray("unsound_files_of_run");
      ownDamages.forEach(own::add);
      return json;
    }
  }

  private record OfRange(long files, List<String> damages, boolean lost) {}

  /** Of a run that has no checkpoint yet. */
  static Result ofBegun(RunDirectory run) throws IOException {
    OwnFiles.Found own = OwnFiles.read(run, null);
    return new Result(own.files(), own.damages(), List.of(), own.damages());
  }

  Result run() throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            task -> {
              Thread thread = new Thread(task, "velella-verify");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<OfRange>> pending = new ArrayList<>();
      for (RangeEntry entry : manifest.ranges()) {
        Callable<OfRange> task = () -> verify(entry);
        pending.add(threads.submit(task));
      }
      List<Future<String>> results = new ArrayList<>();
      ResultVerification verification = new ResultVerification(run, conf, manifest, places);
      for (ResultFileName file : verification.files()) {
        results.add(threads.submit(() -> verification.problem(file)));
      }
      List<String> gaps = verification.gaps();
      OwnFiles.Found own = OwnFiles.read(run, manifest);
      long files = results.size() + own.files();
      List<String> damages = new ArrayList<>(own.damages());
      damages.addAll(warnings);
      damages.addAll(gaps);
      List<String> lost = new ArrayList<>();
      for (int i = 0; i < pending.size(); i++) {
        OfRange found = pending.get(i).get();
        files += found.files();
        damages.addAll(found.damages());
        if (found.lost()) {
          lost.add(manifest.ranges().get(i).range().toString());
        }
      }
      for (Future<String> result : results) {
        Optional.ofNullable(result.get()).ifPresent(damages::add);
      }
      return new Result(files, damages, lost, own.damages());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFailedException("Interrupted while it read the files; nothing was changed", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  /** A driver at work may have gone on and collected what was listed. */
  private OfRange verify(RangeEntry listed) throws IOException {
    RangeEntry entry = listed;
    OfRange found = read(entry);
    for (int look = 1; look < MOST_LOOKS && !found.damages().isEmpty(); look++) {
      RangeEntry now = newest(entry);
      if (now.equals(entry)) {
        break;
      }
      entry = now;
      found = read(entry);
    }
    return found;
  }

  private RangeEntry newest(RangeEntry entry) throws IOException {
    try {
      return new ManifestLog(run.store()).latestEntry(entry.range()).orElse(entry);
    } catch (CheckpointException e) {
      return entry;
    }
  }

  private OfRange read(RangeEntry entry) throws IOException {
    List<String> damages = new ArrayList<>();
    boolean sound = false;
    for (RangeFileRef file : entry.files()) {
      String problem = problem(file);
      if (problem == null) {
        sound = true;
      } else {
        damages.add(problem);
      }
    }
    for (Recording recording : entry.recordings()) {
      String problem = problem(recording);
      if (problem != null) {
        damages.add(problem);
      }
    }
    return new OfRange(entry.files().size() + entry.recordings().size(), damages, !sound);
  }

  private String problem(RangeFileRef file) {
    try {
      manifest.run().requireSame(RangeFile.verify(run.store(), file).header().run(), file.file());
      return null;
    } catch (CheckpointException e) {
      return e.getMessage();
    } catch (IOException e) {
      return "%s cannot be read: %s".formatted(file.file(), IoReason.of(e));
    }
  }

  private String problem(Recording recording) throws IOException {
    if (recording.isChecked()) {
      try {
        RecordingFile.verify(run.store(), recording);
        return null;
      } catch (CheckpointException e) {
        return e.getMessage();
      } catch (IOException e) {
        return "%s cannot be read: %s".formatted(recording.publishedFile(), IoReason.of(e));
      }
    }
    String path = place(recording).orElse(null);
    if (path == null) {
      return recording.file() + " is missing";
    }
    try {
      TableCheck.read(new Path(new Path(run.uri()), path), recording.rows(), conf);
      return null;
    } catch (FileNotFoundException e) {
      return path + " is missing";
    } catch (IOException e) {
      return "%s: %s".formatted(path, e.getMessage());
    }
  }

  private Optional<String> place(Recording recording) throws IOException {
    synchronized (places) {
      return places.of(recording);
    }
  }
}
