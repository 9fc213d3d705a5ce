package org.velella.spark.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.SampleRange;

/** What the range files of a run say has been done, by their names. */
final class SavedWork {
  private SavedWork() {}

  /** Steps of samples that the newest state of each range has done. */
  static long sampleSteps(Path run) {
    Map<SampleRange, Long> newest = new HashMap<>();
    Path ranges = run.resolve(RangeFileName.DIRECTORY);
    if (!Files.isDirectory(ranges)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(ranges)) {
      files
          .map(file -> RangeFileName.parse(file.getFileName().toString()))
          .flatMap(name -> name.stream())
          .forEach(name -> newest.merge(name.range(), name.step(), Math::max));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return newest.entrySet().stream().mapToLong(e -> e.getKey().size() * e.getValue()).sum();
  }
}
