package org.velella.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Headers of range files that no manifest lists, each read once. */
final class RangeHeaders {
  private final CheckpointStore store;
  private final Map<String, SavedRange> read = new HashMap<>();
  private final Set<String> unusable = new HashSet<>();

  RangeHeaders(CheckpointStore store) {
    this.store = store;
  }

  /** The headers of files that belong to a run; others are warned of and left out. */
  RangeChains.Headers of(RunIdentity run, Consumer<String> warnings) {
    return file -> header(file, run, warnings);
  }

  private Optional<SavedRange> header(String file, RunIdentity run, Consumer<String> warnings)
      throws IOException {
    if (!read.containsKey(file) && !unusable.contains(file)) {
      try {
        SavedRange saved = RangeFile.readHeader(store, file);
        run.requireSame(saved.header().run(), RangeFile.where(store, file));
        read.put(file, saved.withRun(run));
      } catch (CheckpointException e) {
        unusable.add(file);
        warnings.accept("Ignored: " + e.getMessage());
      } catch (FileNotFoundException e) {
        // Not remembered: a listing may show a file before its parent.
        return Optional.empty();
      }
    }
    return Optional.ofNullable(read.get(file));
  }

  /** Drops a header that will not be asked for again. */
  void forget(String file) {
    read.remove(file);
  }
}
