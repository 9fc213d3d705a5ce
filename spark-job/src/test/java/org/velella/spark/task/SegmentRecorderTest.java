package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.checkpoint.SampleRange;
import org.velella.simulate.RecordSink;
import org.velella.spark.frame.FailureReason;
import org.velella.testkit.Seeded;

class SegmentRecorderTest {
  private static final Path FULL = Path.of("/dev/full");

  private final RowIds ids = new RowIds(new long[] {0}, new long[] {0});

  static boolean aFullDeviceIsHere() {
    return Files.isWritable(FULL);
  }

  private static Set<Path> scratch() throws IOException {
    try (Stream<Path> all = Files.list(Scratch.folder())) {
      return all.filter(path -> path.getFileName().toString().startsWith("velella-segment"))
          .collect(Collectors.toSet());
    }
  }

  /** Else the disk would stay full, and each attempt would add to it. */
  @Seeded(times = 1)
  @EnabledIf("aFullDeviceIsHere")
  void whatIsRecordedOnAFullDiskIsRemoved(SplittableRandom random) throws IOException {
    Set<Path> before = scratch();
    SegmentRecorder recorder = new SegmentRecorder(new SampleRange(0, 1));
    recorder.failures(List.of(failure()));
    Set<Path> made = scratch();
    made.removeAll(before);
    assertThat(made).hasSize(1);
    Path folder = made.iterator().next();
    Files.createSymbolicLink(folder.resolve("traces.parquet"), FULL);

    assertThatThrownBy(
            () -> {
              RecordSink sink = recorder.tile(ids);
              float[] values = new float[1 << 20];
              for (int step = 0; step < 100; step++) {
                for (int i = 0; i < values.length; i++) {
                  values[i] = random.nextFloat();
                }
                sink.trace("a", "v", 0, step, values, 0, values.length);
              }
            })
        .isInstanceOf(UncheckedIOException.class);
    recorder.close();
    assertThat(folder).doesNotExist();
    assertThat(FULL).exists();
  }

  @Seeded(times = 1)
  void whatIsNotWantedIsRemoved(SplittableRandom random) throws IOException {
    Set<Path> before = scratch();
    SegmentRecorder recorder = new SegmentRecorder(new SampleRange(0, 1));
    recorder.failures(List.of(failure()));
    recorder.tile(ids).trace("a", "v", 0, 0, new float[] {random.nextFloat()}, 0, 1);
    if (random.nextBoolean()) {
      recorder.complete();
    }
    recorder.close();
    assertThat(scratch()).isEqualTo(before);
  }

  private static RangeInput.Failure failure() {
    return new RangeInput.Failure(0, 7L, FailureReason.INVALID_PARAMETERS, "it is odd");
  }
}
