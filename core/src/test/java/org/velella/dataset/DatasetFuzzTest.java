package org.velella.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.velella.testkit.Fuzz;
import org.velella.testkit.Seeded;

/** Whatever is in a file, it is read, or refused with the one documented exception. */
@Tag("files")
class DatasetFuzzTest {
  private static final List<Class<? extends Exception>> DOCUMENTED =
      List.of(DatasetException.class);
  private static final EventConsumer NOBODY = (time, x, y, polarity) -> {};
  private static final Binning STEPS = new Binning.Steps(new BigDecimal("0.001"));

  /** Enough for the slow ones, whose libraries have fuzzers of their own. */
  private static final int FEW = Fuzz.COUNT / 40;

  @TempDir Path folder;

  private static byte[] golden(String name) throws IOException {
    return Files.readAllBytes(GoldenFiles.FOLDER.resolve(name));
  }

  private static DataFile file(byte[] bytes) {
    return DataFile.of("damaged", bytes);
  }

  private static void events(EventFile file) throws IOException {
    file.shape();
    file.read(0, Long.MAX_VALUE, NOBODY);
  }

  private static void samples(SampleReader reader) throws IOException {
    reader.samples();
    try (SampleReader.Samples samples = reader.read(0, 3)) {
      while (samples.next().isPresent()) {
        continue;
      }
    }
  }

  @Seeded
  void aedat3(SplittableRandom random) throws IOException {
    // Three whole packets, so that most changes leave something to read.
    byte[] short3 = Arrays.copyOf(golden("gesture.aedat"), 969);
    int read =
        Fuzz.run(random, List.of(short3), bytes -> events(new Aedat3File(file(bytes))), DOCUMENTED);
    assertThat(read).isPositive();
  }

  @Seeded
  void aedat4(SplittableRandom random) throws IOException {
    int read =
        Fuzz.run(
            random,
            List.of(golden("none.aedat4"), golden("lz4_small.aedat4"), golden("zstd.aedat4")),
            bytes -> events(new Aedat4File(file(bytes), GoldenFiles.NO_ZSTANDARD)),
            DOCUMENTED);
    assertThat(read).isPositive();
  }

  @Seeded
  void arrays(SplittableRandom random) throws IOException {
    int read =
        Fuzz.run(
            random,
            List.of(golden("events_small.npz"), golden("frames.npz"), golden("dense.npy")),
            bytes -> {
              DataFile file = file(bytes);
              if (bytes.length > 0 && bytes[0] != 'P') {
                samples(ArraySamples.npy(file));
              } else if (NpzEventFile.isOne(file)) {
                events(new NpzEventFile(file));
              } else {
                samples(ArraySamples.npz(file, 0));
              }
            },
            DOCUMENTED);
    assertThat(read).isPositive();
  }

  @Seeded
  void texts(SplittableRandom random) throws IOException {
    String csv = "sample,t,neuron,label\n0,0.001,2,1\n0,0.0025,0,1\n1,1e-3,1,0\n7,0.5,2,0\n";
    List<byte[]> files = new ArrayList<>(List.of(csv.getBytes(UTF_8)));
    files.add(golden("gesture_labels.csv"));
    int read =
        Fuzz.run(
            random,
            files,
            bytes -> {
              if (bytes.length > 0 && bytes[0] == 'c') {
                GestureLabels.read(file(bytes));
              } else {
                samples(new CsvSamples(file(bytes), STEPS, EventShape.neurons(3)));
              }
            },
            DOCUMENTED);
    assertThat(read).isPositive();
  }

  @Seeded
  void idx(SplittableRandom random) throws IOException {
    DataFile labels = file(golden("digits-idx1-ubyte"));
    int read =
        Fuzz.run(
            random,
            List.of(golden("digits-idx3-ubyte.gz")),
            bytes -> samples(new IdxSamples(file(bytes), labels)),
            DOCUMENTED);
    assertThat(read).isPositive();
  }

  @Seeded
  void images(SplittableRandom random) throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (String name : List.of("grey.png", "colour.png", "palette.png", "flat.jpg")) {
      files.add(golden(name));
    }
    int read =
        Fuzz.run(random, files, bytes -> samples(new ImageSample(file(bytes), 0)), DOCUMENTED, FEW);
    assertThat(read).isPositive();
  }

  /**
   * What the library takes for itself is not ours to bound, so only what it throws is looked at.
   */
  @Seeded
  void hdf5(SplittableRandom random) throws IOException {
    Path damaged = folder.resolve("damaged.h5");
    List<byte[]> good = List.of(golden("ssc.h5"), golden("shd.h5"));
    int read = 0;
    for (int i = 0; i < FEW; i++) {
      byte[] bytes = good.get(random.nextInt(2)).clone();
      for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(8) == 0 ? random.nextInt(bytes.length) : bytes.length;
      Files.write(damaged, Arrays.copyOf(bytes, length));
      try {
        samples(new ShdSamples(DataFile.of(damaged), STEPS, EventShape.neurons(700)));
        read++;
      } catch (DatasetException e) {
        assertThat(e).hasMessageContaining("damaged.h5");
      }
    }
    assertThat(read).isBetween(1, FEW - 1);
  }
}
