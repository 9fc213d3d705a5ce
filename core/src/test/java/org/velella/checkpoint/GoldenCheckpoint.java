package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * Makes the golden checkpoint of format version 1: 5 samples in ranges of 3, the first range at
 * step 4 by way of step 2, the second at step 2. Its {@code main} writes it into a directory; it is
 * run once per released version, and files of earlier versions stay as they are.
 */
final class GoldenCheckpoint {
  static final RunIdentity RUN =
      new RunIdentity(
          "golden-1",
          new TreeMap<>(Map.of("network", "0123456789abcdef".repeat(4), "weights", "f".repeat(64))),
          1e-4,
          42,
          List.of(
              new MemoryEntry("lif.v", DType.FLOAT32, Shape.of(2), MemoryScope.PER_SAMPLE),
              new MemoryEntry("synapse.i", DType.FLOAT64, Shape.SCALAR, MemoryScope.PER_SAMPLE),
              new MemoryEntry("delay.line", DType.UINT8, Shape.of(1, 3), MemoryScope.PER_SAMPLE),
              new MemoryEntry("clock.step", DType.INT64, Shape.SCALAR, MemoryScope.SHARED)),
          List.of(
              new MemoryEntry("spike_counts", DType.INT32, Shape.of(2), MemoryScope.PER_SAMPLE),
              new MemoryEntry(
                  "first_spike_step", DType.INT32, Shape.of(2), MemoryScope.PER_SAMPLE)));

  static final SampleRange FIRST = new SampleRange(0, 3);
  static final SampleRange SECOND = new SampleRange(3, 5);

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final Minor minor;

  /** What later minor versions of the formats have brought. */
  private enum Minor {
    FIRST,
    RECORDINGS,
    DEVICES
  }

  private GoldenCheckpoint(Minor minor) {
    this.minor = minor;
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    for (Map.Entry<String, byte[]> file : write().files().entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
  }

  static MemoryCheckpointStore write() throws IOException {
    return new GoldenCheckpoint(Minor.FIRST).checkpoint();
  }

  /** With recordings of which length and checksum are known, one of them published. */
  static MemoryCheckpointStore writeWithRecordings() throws IOException {
    return new GoldenCheckpoint(Minor.RECORDINGS).checkpoint();
  }

  /**
   * With what devices have done: attempts 1, 2 and 3 have launched 10, 20 and 30 kernels on device
   * A, and attempt 2 one on device B.
   */
  static MemoryCheckpointStore writeWithDevices() throws IOException {
    return new GoldenCheckpoint(Minor.DEVICES).checkpoint();
  }

  /** Of an attempt and those before it. */
  private DeviceCounts devices(RangeEntry before, long attempt) {
    if (minor != Minor.DEVICES) {
      return DeviceCounts.NONE;
    }
    DeviceCounts own = DeviceCounts.of("A (GPU-1)", 10 * attempt, 500 * attempt, 7, 8, 9);
    if (attempt == 2) {
      own = own.plus(DeviceCounts.of("B (GPU-2)", 1, 2, 3, 4, 5));
    }
    return before.current().map(RangeFileRef::devices).orElse(DeviceCounts.NONE).plus(own);
  }

  private MemoryCheckpointStore checkpoint() throws IOException {
    ManifestLog log = new ManifestLog(store);
    TreeMap<String, String> writer =
        new TreeMap<>(Map.of("attempt", "golden", "time", "2026-01-01T00:00:00Z"));
    ManifestHead head = log.commit(Manifest.first(RUN, 5, 4, 3, writer));
    RangeEntry first = save(RangeEntry.fresh(FIRST), 2, 1);
    first = save(first, 4, 2);
    RangeEntry second = save(RangeEntry.fresh(SECOND), 2, 3);
    log.commit(head.successor(List.of(first, second), 4, writer));
    return store;
  }

  private RangeEntry save(RangeEntry before, long step, long attempt) throws IOException {
    SampleRange range = before.range();
    String file = "_attempts/spikes/part-%d.parquet".formatted(attempt);
    Recording recording = new Recording("spikes", file, before.step(), step, 10 + attempt);
    if (minor != Minor.FIRST) {
      byte[] rows = "the %d rows of part %d".formatted(10 + attempt, attempt).getBytes(US_ASCII);
      store.replace(attempt == 1 ? recording.publishedFile() : file, rows);
      recording = recording.checked(rows.length, Checksums.crc32c(rows, 0, rows.length));
    }
    List<Recording> recordings = List.of(recording);
    RangeState state = state(range, step);
    RangeHeader header =
        new RangeHeader(
            new RangeFileName(range, step, new UUID(0, attempt)),
            RUN,
            before.step(),
            RangeHeader.Parent.of(before),
            RangeFile.sharedDigest(RUN, state),
            recordings,
            new TreeMap<>(Map.of("backend", "scalar")),
            devices(before, attempt));
    return before.append(RangeFile.write(store, header, state), recordings);
  }

  static RangeState state(SampleRange range, long step) {
    int n = range.size();
    Map<String, Tensor> memories = new LinkedHashMap<>();
    float[] v = new float[2 * n];
    double[] current = new double[n];
    byte[] line = new byte[3 * n];
    long[] ids = new long[n];
    int[] counts = new int[2 * n];
    int[] firsts = new int[2 * n];
    for (int i = 0; i < n; i++) {
      long sample = range.lo() + i;
      ids[i] = 100 + sample;
      current[i] = step / 10.0 + sample;
      v[2 * i] = sample + step / 8f;
      v[2 * i + 1] = sample == 1 ? Float.NaN : -Float.MIN_VALUE;
      line[3 * i] = (byte) (250 + sample);
      counts[2 * i] = (int) (step * sample);
      firsts[2 * i] = sample == 0 ? -1 : (int) sample;
      firsts[2 * i + 1] = -1;
    }
    memories.put("lif.v", Tensor.of(Shape.of(n, 2), v));
    memories.put("synapse.i", Tensor.of(Shape.of(n), current));
    memories.put("delay.line", Tensor.of(DType.UINT8, Shape.of(n, 1, 3), line));
    memories.put("clock.step", Tensor.of(Shape.SCALAR, new long[] {step}));
    Map<String, Tensor> accumulators = new LinkedHashMap<>();
    accumulators.put("spike_counts", Tensor.of(Shape.of(n, 2), counts));
    accumulators.put("first_spike_step", Tensor.of(Shape.of(n, 2), firsts));
    return new RangeState(range, step, Tensor.of(Shape.of(n), ids), memories, accumulators);
  }
}
