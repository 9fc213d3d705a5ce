package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.velella.module.MemoryScope;
import org.velella.provenance.Checksums;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.MemoryCheckpointStore;

/**
 * Golden checkpoints whose range files hold other rows than one for each place of their ranges:
 * where samples have failed, and of a sweep. Run it with the directory {@code
 * golden/checkpoint-v1-rows} to write them again.
 */
final class GoldenRows {
  static final String FAILED = "failed";
  static final String SWEEP = "sweep";

  /** Each trial of the sweep is a hash. */
  static final long TRIAL_A = 7_402_846_713_255_881_023L;

  static final long TRIAL_B = -2_218_845_102_874_655_090L;
  static final long TRIAL_C = -9_007_199_254_740_993L;

  static final RunIdentity SWEEP_RUN =
      new RunIdentity(
          "golden-sweep",
          GoldenCheckpoint.RUN.digests(),
          GoldenCheckpoint.RUN.dt(),
          GoldenCheckpoint.RUN.seed(),
          GoldenCheckpoint.RUN.memories(),
          withTrialIds(GoldenCheckpoint.RUN.accumulators()));

  private static final TreeMap<String, String> WRITER =
      new TreeMap<>(Map.of("attempt", "golden", "time", "2026-01-01T00:00:00Z"));

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final RunIdentity run;

  private GoldenRows(RunIdentity run) {
    this.run = run;
  }

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    for (Map.Entry<String, MemoryCheckpointStore> checkpoint : write().entrySet()) {
      for (Map.Entry<String, byte[]> file : checkpoint.getValue().files().entrySet()) {
        Path path = root.resolve(checkpoint.getKey()).resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
    }
  }

  static Map<String, MemoryCheckpointStore> write() throws IOException {
    return new TreeMap<>(
        Map.of(
            FAILED,
            new GoldenRows(GoldenCheckpoint.RUN).failed(),
            SWEEP,
            new GoldenRows(SWEEP_RUN).sweep()));
  }

  private static List<MemoryEntry> withTrialIds(List<MemoryEntry> accumulators) {
    List<MemoryEntry> all = new ArrayList<>();
    all.add(new MemoryEntry("trial_id", DType.INT64, Shape.SCALAR, MemoryScope.PER_SAMPLE));
    all.addAll(accumulators);
    return all;
  }

  /** Sample 101 has failed beyond step 2, samples 103 and 104 before the first step. */
  private MemoryCheckpointStore failed() throws IOException {
    SampleRange one = GoldenCheckpoint.FIRST;
    SampleRange other = GoldenCheckpoint.SECOND;
    ManifestHead head = new ManifestLog(store).commit(Manifest.first(run, 5, 4, 3, WRITER));
    RangeEntry first = save(RangeEntry.fresh(one), GoldenCheckpoint.state(one, 2), 1, 0);
    first = save(first, rows(GoldenCheckpoint.state(one, 4), 0, 2), 2, 1);
    RangeEntry second = save(RangeEntry.fresh(other), rows(GoldenCheckpoint.state(other, 4)), 3, 2);
    new ManifestLog(store).commit(head.successor(List.of(first, second), 4, WRITER));
    return store;
  }

  /**
   * Trials A, B and C on samples 100 and 101, two trials a range, so that the second range has room
   * for one more; sample 100 of trial B has failed beyond step 2.
   */
  private MemoryCheckpointStore sweep() throws IOException {
    SampleRange one = new SampleRange(0, 4);
    SampleRange other = new SampleRange(4, 8);
    ManifestHead head = new ManifestLog(store).commit(Manifest.first(run, 8, 4, 4, WRITER));
    RangeState begun =
        ofTrials(
            GoldenCheckpoint.state(one, 2),
            new long[] {TRIAL_A, TRIAL_A, TRIAL_B, TRIAL_B},
            new long[] {100, 101, 100, 101});
    RangeEntry first = save(RangeEntry.fresh(one), begun, 1, 0);
    RangeState left =
        ofTrials(
            rows(GoldenCheckpoint.state(one, 4), 0, 1, 3),
            new long[] {TRIAL_A, TRIAL_A, TRIAL_B},
            new long[] {100, 101, 101});
    first = save(first, left, 2, 1);
    RangeState last =
        ofTrials(
            rows(GoldenCheckpoint.state(other, 4), 0, 1),
            new long[] {TRIAL_C, TRIAL_C},
            new long[] {100, 101});
    RangeEntry second = save(RangeEntry.fresh(other), last, 3, 0);
    new ManifestLog(store).commit(head.successor(List.of(first, second), 4, WRITER));
    return store;
  }

  private RangeEntry save(RangeEntry before, RangeState state, long attempt, int failures)
      throws IOException {
    List<Recording> recordings = new ArrayList<>();
    if (failures > 0) {
      String file = "_attempts/failures/part-%d.parquet".formatted(attempt);
      byte[] bytes = "the %d failures of part %d".formatted(failures, attempt).getBytes(US_ASCII);
      store.replace(file, bytes);
      recordings.add(
          new Recording("failures", file, before.step(), state.step(), failures)
              .checked(bytes.length, Checksums.crc32c(bytes, 0, bytes.length)));
    }
    RangeHeader header =
        new RangeHeader(
            new RangeFileName(state.range(), state.step(), new UUID(0, attempt)),
            run,
            before.step(),
            RangeHeader.Parent.of(before),
            RangeFile.sharedDigest(run, state),
            recordings,
            new TreeMap<>(Map.of("backend", "scalar")),
            DeviceCounts.NONE);
    return before.append(RangeFile.write(store, header, state), recordings);
  }

  /** Some rows of a state of the golden checkpoint's network. */
  private static RangeState rows(RangeState all, int... rows) {
    Map<String, Tensor> memories = new LinkedHashMap<>();
    for (MemoryEntry entry : GoldenCheckpoint.RUN.memories()) {
      Tensor tensor = all.memories().get(entry.name());
      boolean shared = entry.scope() == MemoryScope.SHARED;
      memories.put(entry.name(), shared ? tensor : rows(tensor, rows));
    }
    Map<String, Tensor> accumulators = new LinkedHashMap<>();
    all.accumulators().forEach((name, tensor) -> accumulators.put(name, rows(tensor, rows)));
    return new RangeState(
        all.range(), all.step(), rows(all.sampleIds(), rows), memories, accumulators);
  }

  private static Tensor rows(Tensor all, int... rows) {
    Tensor some = Tensor.zeros(all.dtype(), all.shape().dropFirst(1).prepend(rows.length));
    for (int i = 0; i < rows.length; i++) {
      some.setRows(i, all.rows(rows[i], rows[i] + 1));
    }
    return some;
  }

  private static RangeState ofTrials(RangeState state, long[] trials, long[] samples) {
    Shape rows = Shape.of(samples.length);
    Map<String, Tensor> accumulators = new LinkedHashMap<>();
    accumulators.put("trial_id", Tensor.of(rows, trials));
    accumulators.putAll(state.accumulators());
    return new RangeState(
        state.range(), state.step(), Tensor.of(rows, samples), state.memories(), accumulators);
  }
}
