package org.velella.spark.task;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.Recording;
import org.velella.checkpoint.RecordingFile;
import org.velella.checkpoint.RecordingName;
import org.velella.checkpoint.SampleRange;
import org.velella.simulate.RecordSink;
import org.velella.spark.frame.RunTable;
import org.velella.spark.frame.TableFile;
import org.velella.spark.frame.TableRow;

/**
 * Writes what one range records between two checkpoints: Parquet on this machine's disk while the
 * tiles run, then whole into the run's directory. Nobody reads the files before a checkpoint lists
 * them.
 */
final class SegmentRecorder implements Closeable {
  private final SampleRange range;
  private Path scratch;
  private final Map<RunTable, TableFile> open = new EnumMap<>(RunTable.class);

  private TileRecords tile;

  SegmentRecorder(SampleRange range) {
    this.range = range;
  }

  /** Receives the records of a tile; what the tile before recorded is written first. */
  RecordSink tile(RowIds ids) {
    flush();
    tile = new TileRecords(ids, this::write);
    return tile;
  }

  /** Forgets what the last tile recorded; false if some of it is written already. */
  boolean forgetTile() {
    boolean forgotten = tile == null || !tile.isHandedOn();
    tile = null;
    return forgotten;
  }

  private void flush() {
    if (tile != null) {
      tile.flush();
      tile = null;
    }
  }

  void failures(List<RangeInput.Failure> failures) {
    for (RangeInput.Failure failure : failures) {
      write(
          RunTable.FAILURES,
          cells -> {
            cells.put(0, failure.trialId());
            if (failure.sampleId() != null) {
              cells.put(1, failure.sampleId());
            }
            cells.put(2, failure.reason().text());
            cells.put(3, failure.detail());
          });
    }
  }

  private void write(RunTable table, TableRow row) {
    try {
      TableFile file = open.get(table);
      if (file == null) {
        if (scratch == null) {
          scratch = Scratch.directory("velella-segment");
        }
        file = TableFile.create(table, scratch(table));
        open.put(table, file);
      }
      file.write(row);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path scratch(RunTable table) {
    return scratch.resolve(table.text() + ".parquet");
  }

  /** Completes the files on this machine's disk; nothing can be recorded afterwards. */
  void complete() throws IOException {
    flush();
    for (TableFile file : open.values()) {
      file.close();
    }
  }

  /**
   * Copies what was recorded, in the steps {@code [fromStep, toStep)}, into the run's directory,
   * under new names each time; gives what a checkpoint lists of it.
   */
  List<Recording> copy(CheckpointStore store, long fromStep, long toStep) throws IOException {
    List<Recording> recordings = new ArrayList<>();
    for (Map.Entry<RunTable, TableFile> entry : open.entrySet()) {
      RunTable table = entry.getKey();
      String path = table.attempts() + "/" + RecordingName.create(range, fromStep, toStep);
      long rows = entry.getValue().rows();
      Recording recording = new Recording(table.text(), path, fromStep, toStep, rows);
      recordings.add(RecordingFile.write(store, recording, scratch(table)));
    }
    return recordings;
  }

  /** Removes the files from this machine's disk, which may be full. */
  @Override
  public void close() {
    open.values().forEach(TableFile::abandon);
    if (scratch != null) {
      Scratch.remove(scratch);
    }
  }
}
