package org.velella.spark.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.velella.backend.Backend;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.MemoryEntry;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeFileName;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.SampleRange;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * W6: saving and restoring the state of eight layers through range files, beside a plain copy of
 * the same arrays through a {@link FileChannel} that is forced to disk alike. Reading finds the
 * file in the page cache, since Java cannot drop it; so checksums weigh most.
 */
final class CheckpointWorkload implements Workload {
  private static final int LAYERS = 8;
  private static final int SAMPLES = 1000;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int SEED = 6;

  @Override
  public void run(Backend backend, BenchOptions options, Consumer<Measurement> sink) {
    for (int megabytes : new int[] {10, 1000}) {
      String name = "%d MB".formatted(megabytes);
      if (options.wants(name)) {
        Path directory = null;
        try {
          directory = Files.createTempDirectory("velella-bench");
          new Case(megabytes, directory).measure(options.runs(), sink);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } finally {
          remove(directory);
        }
      }
    }
  }

  private static void remove(Path directory) {
    if (directory == null) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One size. */
  private static final class Case {
    private final int megabytes;
    private final int features;
    private final Path plain;
    private final Path directory;
    private final LocalCheckpointStore store;
    private final RunIdentity run;
    private final RangeEntry fresh = RangeEntry.fresh(new SampleRange(0, SAMPLES));
    private RangeState state;
    private RangeEntry saved;
    private List<float[]> copied;

    Case(int megabytes, Path directory) {
      this.megabytes = megabytes;
      this.directory = directory;
      features = (int) (megabytes * 1_000_000L / Float.BYTES / LAYERS / SAMPLES);
      plain = directory.resolve("plain");
      store = new LocalCheckpointStore(directory.resolve("run"));
      List<MemoryEntry> memories = new ArrayList<>();
      for (int layer = 0; layer < LAYERS; layer++) {
        memories.add(
            new MemoryEntry(
                "lif%d.v".formatted(layer),
                DType.FLOAT32,
                Shape.of(features),
                MemoryScope.PER_SAMPLE));
      }
      run = new RunIdentity("bench", new TreeMap<>(), 1e-3, 0, memories, List.of());
    }

    private float[] layer(int layer) {
      return Hash.floats(SAMPLES * features, SEED + layer, 1, 0);
    }

    void measure(int runs, Consumer<Measurement> sink) throws IOException {
      HeapPeak.reset();
      Map<String, Tensor> memories = new LinkedHashMap<>();
      for (int layer = 0; layer < LAYERS; layer++) {
        memories.put(
            run.memories().get(layer).name(), Tensor.of(Shape.of(SAMPLES, features), layer(layer)));
      }
      Tensor ids = Tensor.zeros(DType.INT64, Shape.of(SAMPLES));
      state = new RangeState(fresh.range(), 1, ids, memories, Map.of());
      double[][] save = alternately(runs, this::save, this::copyOut);
      report("save", save, sink);
      state = null;
      double[][] restore =
          alternately(
              runs,
              after(() -> state = null, this::restore),
              after(() -> copied = null, this::copyIn));
      for (int layer = 0; layer < LAYERS; layer++) {
        requireEqual(layer(layer), copied.get(layer), layer);
        String name = run.memories().get(layer).name();
        requireEqual(layer(layer), state.memories().get(name).floats(), layer);
      }
      report("restore", restore, sink);
    }

    private static void requireEqual(float[] expected, float[] found, int layer) {
      WrongAnswerException.require(
          "first differing element of layer " + layer,
          -1,
          java.util.Arrays.mismatch(expected, found));
    }

    private void report(String phase, double[][] seconds, Consumer<Measurement> sink) {
      double ratio = Ratios.median(seconds[1]) / Ratios.median(seconds[0]);
      sink.accept(
          new Measurement(
              "W6",
              "velella",
              1,
              Map.of("mb", "" + megabytes, "phase", phase),
              seconds[0],
              Map.of("bytes", megabytes * 1e6),
              "%d layers equal".formatted(LAYERS),
              Map.of("of_plain_copy", ratio, "plain_copy_s", Ratios.median(seconds[1]))));
    }

    /** One untimed run of each, then timed ones in turn, with nothing left over from the other. */
    private double[][] alternately(int runs, Task ours, Task theirs) throws IOException {
      double[][] seconds = new double[2][runs];
      for (int i = -1; i < runs; i++) {
        seconds[0][Math.max(i, 0)] = timed(ours);
        seconds[1][Math.max(i, 0)] = timed(theirs);
      }
      return seconds;
    }

    private static double timed(Task task) throws IOException {
      task.prepare();
      // A gigabyte of arrays that nobody needs any more would be collected at another's cost.
      System.gc();
      long begun = System.nanoTime();
      task.run();
      return (System.nanoTime() - begun) / 1e9;
    }

    private void save() throws IOException {
      if (saved != null) {
        store.delete(RangeFileName.DIRECTORY + "/" + saved.current().orElseThrow().file());
      }
      saved = RangeFile.write(store, run, fresh, state, List.of(), new TreeMap<>());
    }

    private void restore() throws IOException {
      state = RangeFile.read(store, run, saved.current().orElseThrow());
    }

    private void copyOut() throws IOException {
      Files.deleteIfExists(plain);
      ByteBuffer buffer = buffer();
      try (FileChannel channel =
              FileChannel.open(plain, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
        for (Tensor memory : state.memories().values()) {
          float[] floats = memory.floats();
          for (int from = 0; from < floats.length; from += BUFFER_BYTES / Float.BYTES) {
            int count = Math.min(BUFFER_BYTES / Float.BYTES, floats.length - from);
            buffer.clear().limit(count * Float.BYTES);
            buffer.asFloatBuffer().put(floats, from, count);
            while (buffer.hasRemaining()) {
              channel.write(buffer);
            }
          }
        }
        channel.force(true);
        parent.force(true);
      }
    }

    private void copyIn() throws IOException {
      List<float[]> arrays = new ArrayList<>();
      ByteBuffer buffer = buffer();
      try (FileChannel channel = FileChannel.open(plain, StandardOpenOption.READ)) {
        for (int layer = 0; layer < LAYERS; layer++) {
          float[] floats = new float[SAMPLES * features];
          int at = 0;
          while (at < floats.length) {
            buffer.clear();
            buffer.limit(Math.min(BUFFER_BYTES, (floats.length - at) * Float.BYTES));
            while (buffer.hasRemaining()) {
              if (channel.read(buffer) < 0) {
                throw new IOException("The plain copy is cut short");
              }
            }
            FloatBuffer read = buffer.flip().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            int count = read.remaining();
            read.get(floats, at, count);
            at += count;
          }
          arrays.add(floats);
        }
      }
      copied = arrays;
    }

    private static ByteBuffer buffer() {
      return ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What is timed, and before that, what makes it begin like the others. */
    private interface Task {
      void run() throws IOException;

      default void prepare() {}
    }

    /** Forgets what the last run of a task has given, so that both find the heap equally full. */
    private static Task after(Runnable forget, Task task) {
      return new Task() {
        @Override
        public void run() throws IOException {
          task.run();
        }

        @Override
        public void prepare() {
          forget.run();
        }
      };
    }
  }
}
