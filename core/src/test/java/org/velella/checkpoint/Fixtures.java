package org.velella.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsFile;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** A small run and states of it. */
final class Fixtures {
  static final SampleRange FIRST = new SampleRange(0, 3);
  static final SampleRange SECOND = new SampleRange(3, 5);
  static final SortedMap<String, String> NO_PROVENANCE = new TreeMap<>();
  static final SortedMap<String, String> WRITER = new TreeMap<>(Map.of("attempt", "driver-1"));

  static final List<MemoryEntry> MEMORIES =
      List.of(
          new MemoryEntry("lif.v", DType.FLOAT32, Shape.of(2), MemoryScope.PER_SAMPLE),
          new MemoryEntry("filter.i", DType.FLOAT64, Shape.SCALAR, MemoryScope.PER_SAMPLE),
          new MemoryEntry("clock.steps", DType.INT64, Shape.SCALAR, MemoryScope.SHARED));
  static final List<MemoryEntry> ACCUMULATORS =
      List.of(
          new MemoryEntry("spike_counts", DType.INT32, Shape.of(2), MemoryScope.PER_SAMPLE),
          new MemoryEntry("alive", DType.BOOL, Shape.SCALAR, MemoryScope.PER_SAMPLE));

  static final RunIdentity RUN = run(MEMORIES, ACCUMULATORS);

  private Fixtures() {}

  static RunIdentity run(List<MemoryEntry> memories, List<MemoryEntry> accumulators) {
    SortedMap<String, String> digests = new TreeMap<>();
    digests.put("network", "ab".repeat(32));
    digests.put("weights", "01".repeat(32));
    return new RunIdentity("run-7", digests, 1e-4, 42, memories, accumulators);
  }

  static Manifest firstManifest() {
    return Manifest.first(RUN, 5, 10, 3, WRITER);
  }

  /** A state whose every number tells its range, step and place. */
  static RangeState state(SampleRange range, long step) {
    Map<String, Tensor> memories = new LinkedHashMap<>();
    int n = range.size();
    float[] v = new float[2 * n];
    double[] current = new double[n];
    long[] ids = new long[n];
    int[] counts = new int[2 * n];
    byte[] alive = new byte[n];
    for (int i = 0; i < 2 * n; i++) {
      v[i] = 100 * step + 2 * range.lo() + i + 0.25f;
      counts[i] = (int) (1000 * step + i);
    }
    for (int i = 0; i < n; i++) {
      current[i] = -step - 0.1 * i;
      ids[i] = 10 * (range.lo() + i);
      alive[i] = (byte) (i & 1);
    }
    memories.put("lif.v", Tensor.of(Shape.of(n, 2), v));
    memories.put("filter.i", Tensor.of(Shape.of(n), current));
    memories.put("clock.steps", Tensor.of(Shape.SCALAR, new long[] {step}));
    Map<String, Tensor> accumulators = new LinkedHashMap<>();
    accumulators.put("spike_counts", Tensor.of(Shape.of(n, 2), counts));
    accumulators.put("alive", Tensor.of(DType.BOOL, Shape.of(n), alive));
    return new RangeState(range, step, Tensor.of(Shape.of(n), ids), memories, accumulators);
  }

  /** Saves the state of {@link #state} with one recording for the interval. */
  static RangeEntry save(CheckpointStore store, RangeEntry before, long step) throws IOException {
    String file = "_attempts/spikes/" + java.util.UUID.randomUUID() + ".parquet";
    Recording recording = new Recording("spikes", file, before.step(), step, 17);
    return RangeFile.write(
        store, RUN, before, state(before.range(), step), List.of(recording), NO_PROVENANCE);
  }

  /** A chain of files at the given steps. */
  static RangeEntry saveChain(CheckpointStore store, SampleRange range, long... steps)
      throws IOException {
    RangeEntry entry = RangeEntry.fresh(range);
    for (long step : steps) {
      entry = save(store, entry, step);
    }
    return entry;
  }

  static RangeFileRef newest(RangeEntry entry) {
    return entry.current().orElseThrow();
  }

  static String path(RangeFileRef ref) {
    return RangeFileName.path(ref.file());
  }

  static boolean sameState(RangeState a, RangeState b) {
    return a.range().equals(b.range())
        && a.step() == b.step()
        && a.sampleIds().bitEquals(b.sampleIds())
        && sameTensors(a.memories(), b.memories())
        && sameTensors(a.accumulators(), b.accumulators());
  }

  private static boolean sameTensors(Map<String, Tensor> a, Map<String, Tensor> b) {
    return List.copyOf(a.keySet()).equals(List.copyOf(b.keySet()))
        && a.entrySet().stream().allMatch(e -> e.getValue().bitEquals(b.get(e.getKey())));
  }

  /** A range file with other metadata and a header checksum that is right for it. */
  static byte[] withMetadata(byte[] file, UnaryOperator<Map<String, String>> edit) {
    SafetensorsFile read = Safetensors.read(file);
    return sealed(read.tensors(), edit.apply(new TreeMap<>(read.metadata())));
  }

  /** A range file with other tensors, whose data has the same block checksums. */
  static byte[] sealed(Map<String, Tensor> tensors, Map<String, String> metadata) {
    metadata.put(RangeMetadata.HEADER_CRC, "00000000");
    byte[] bytes = Safetensors.toBytes(tensors, metadata);
    byte[] header = Safetensors.headerBytes(tensors, metadata);
    OpenedRangeFile.seal(header);
    System.arraycopy(header, 0, bytes, 0, header.length);
    return bytes;
  }

  /** Any run with any memories of any type, and a state of it. */
  static RunIdentity randomRun(SplittableRandom random) {
    List<MemoryEntry> memories = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      memories.add(randomEntry(random, "m" + i + "·\"ü", MemoryScope.values()[random.nextInt(2)]));
    }
    List<MemoryEntry> accumulators = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      accumulators.add(randomEntry(random, "a:" + i, MemoryScope.PER_SAMPLE));
    }
    return new RunIdentity(
        "r" + random.nextLong(Long.MAX_VALUE),
        new TreeMap<>(),
        random.nextDouble() + Double.MIN_VALUE,
        random.nextLong(),
        memories,
        accumulators);
  }

  private static MemoryEntry randomEntry(SplittableRandom random, String name, MemoryScope scope) {
    int[] dims = random.ints(random.nextInt(3), 0, 4).toArray();
    return new MemoryEntry(name, DType.values()[random.nextInt(6)], Shape.of(dims), scope);
  }

  static RangeState randomState(
      SplittableRandom random, RunIdentity run, SampleRange range, long step) {
    int n = range.size();
    Map<String, Tensor> memories = new LinkedHashMap<>();
    run.memories().forEach(e -> memories.put(e.name(), randomTensor(random, e, n)));
    Map<String, Tensor> accumulators = new LinkedHashMap<>();
    run.accumulators().forEach(e -> accumulators.put(e.name(), randomTensor(random, e, n)));
    Tensor ids = Tensor.of(Shape.of(n), random.longs(n).toArray());
    return new RangeState(range, step, ids, memories, accumulators);
  }

  private static Tensor randomTensor(SplittableRandom random, MemoryEntry entry, int n) {
    Shape shape = entry.storedShape(n);
    Tensor tensor = Tensor.zeros(entry.dtype(), shape);
    for (int i = 0; i < tensor.size(); i++) {
      switch (entry.dtype()) {
        case FLOAT32 -> tensor.floats()[i] = Float.intBitsToFloat(random.nextInt());
        case FLOAT64 -> tensor.doubles()[i] = Double.longBitsToDouble(random.nextLong());
        case INT32 -> tensor.ints()[i] = random.nextInt();
        case INT64 -> tensor.longs()[i] = random.nextLong();
        case UINT8 -> tensor.bytes()[i] = (byte) random.nextInt();
        case BOOL -> tensor.bytes()[i] = (byte) random.nextInt(2);
      }
    }
    return tensor;
  }
}
