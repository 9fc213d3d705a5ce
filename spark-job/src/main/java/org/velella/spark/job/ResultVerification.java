package org.velella.spark.job;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.Manifest;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFileRef;
import org.velella.spark.frame.ResultFileName;
import org.velella.spark.frame.RunTable;
import org.velella.spark.frame.TableCheck;
import org.velella.spark.task.RangeTrials;
import org.velella.spark.task.ResultFile;
import org.velella.spark.task.Scratch;
import org.velella.spark.task.TaskSweep;

/** Whether the results of a complete run are what its saved states give. */
final class ResultVerification {
  private static final String FOLDER = RunTable.RESULTS.directory();

  private final RunDirectory run;
  private final Configuration conf;
  private final Manifest manifest;
  private final RecordingPlaces places;

  ResultVerification(
      RunDirectory run, Configuration conf, Manifest manifest, RecordingPlaces places) {
    this.run = run;
    this.conf = conf;
    this.manifest = manifest;
    this.places = places;
  }

  /** Files of the results of the last step, in order; none while the run is not complete. */
  List<ResultFileName> files() throws IOException {
    List<ResultFileName> files = new ArrayList<>();
    if (manifest.isComplete()) {
      for (String file : new TreeSet<>(places.files(FOLDER).keySet())) {
        ResultFileName.parse(file)
            .filter(name -> name.step() == manifest.targetSteps())
            .ifPresent(files::add);
      }
    }
    return files;
  }

  /** Says which samples of a complete run have no results; empty if all have. */
  List<String> gaps() throws IOException {
    List<String> gaps = new ArrayList<>();
    long from = 0;
    for (ResultFileName file : files()) {
      if (file.lo() > from) {
        gaps.add(gap(from, file.lo()));
      }
      from = Math.max(from, file.hi());
    }
    if (manifest.isComplete() && from < manifest.samples()) {
      gaps.add(gap(from, manifest.samples()));
    }
    return gaps;
  }

  private static String gap(long from, long to) {
    return "%s has nothing of samples [%d, %d); velella resume writes it again"
        .formatted(FOLDER, from, to);
  }

  /** What is wrong with a file; null if nothing is. */
  String problem(ResultFileName file) throws IOException {
    String path = FOLDER + "/" + file;
    java.nio.file.Path scratch = Scratch.file("velella-verify", ".parquet");
    try {
      List<RangeFileRef> states = states(file);
      int first = Math.toIntExact(file.lo() / manifest.rangeSize());
      new ResultFile(
              run.store(),
              manifest.run(),
              new RangeTrials(sweep(), manifest.run().seed(), run.spec().metrics()))
          .make(first, states, scratch);
      return TableCheck.isSame(new Path(new Path(run.uri()), path), scratch, conf)
          ? null
          : path + " is not what the saved states give; velella resume writes it again";
    } catch (CheckpointException e) {
      // It is the state that is unsound, which is said of the state.
      return null;
    } catch (IOException e) {
      return "%s cannot be read: %s".formatted(path, IoReason.of(e));
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private List<RangeFileRef> states(ResultFileName file) {
    return manifest.ranges().stream()
        .filter(entry -> entry.range().lo() >= file.lo() && entry.range().hi() <= file.hi())
        .map(RangeEntry::current)
        .map(current -> current.orElseThrow())
        .toList();
  }

  private TaskSweep sweep() throws IOException {
    RunSpec.SweepShape shape = run.spec().sweep().orElse(null);
    return shape == null ? null : shape.forTasks(new TrialsFile(run.store()).trials());
  }
}
