package org.velella.spark.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.store.HadoopConf;
import org.velella.spark.store.InputFile;
import org.velella.tensor.Npy;
import org.velella.testkit.Seeded;

class NpySamplesTest {
  private static final Configuration CONF = new Configuration();

  @TempDir Path folder;

  /** Element (t, n, c, y) holds a number that says its place; the file is written by hand. */
  @Seeded(times = 20)
  void readsAnySamplesOfAnyOrder(SplittableRandom random) throws IOException {
    int[] dims = new int[4];
    Arrays.setAll(dims, axis -> 1 + random.nextInt(4));
    boolean series = random.nextBoolean();
    boolean fortran = random.nextBoolean();
    boolean bigEndian = random.nextBoolean();
    if (!series) {
      dims[0] = 1;
    }
    Path file = folder.resolve("a.npy");
    Files.write(file, npy(dims, series, fortran, bigEndian));
    try (InputFile input = InputFile.open(file.toString(), CONF)) {
      Npy.Header header = Npy.header(input.fromStart(), "a.npy");
      NpySamples reader = new NpySamples(input, header, series ? NpyLayout.SERIES : NpyLayout.HELD);
      int first = random.nextInt(dims[1]);
      int count = 1 + random.nextInt(dims[1] - first);
      float[][] values = reader.read(first, count);
      assertThat(values).hasNumberOfRows(count);
      int width = dims[2] * dims[3];
      for (int n = 0; n < count; n++) {
        for (int i = 0; i < dims[0] * width; i++) {
          int place = i / width * 1000 + (first + n) * 100 + i % width / dims[3] * 10;
          assertThat(values[n][i]).isEqualTo(place + i % dims[3]);
        }
      }
    }
  }

  private static byte[] npy(int[] dims, boolean series, boolean fortran, boolean bigEndian)
      throws IOException {
    String shape =
        "(%s%d, %d, %d)".formatted(series ? dims[0] + ", " : "", dims[1], dims[2], dims[3]);
    String header =
        "{'descr': '%sf4', 'fortran_order': %s, 'shape': %s, }\n"
            .formatted(bigEndian ? ">" : "<", fortran ? "True" : "False", shape);
    int size = dims[0] * dims[1] * dims[2] * dims[3];
    ByteBuffer data = ByteBuffer.allocate(4 * size);
    data.order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      int[] at = new int[4];
      int rest = i;
      for (int k = 0; k < 4; k++) {
        int axis = fortran ? k : 3 - k;
        at[axis] = rest % dims[axis];
        rest /= dims[axis];
      }
      data.putFloat(at[0] * 1000 + at[1] * 100 + at[2] * 10 + at[3]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length());
    out.write(header.length() >> 8);
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    out.write(data.array());
    return out.toByteArray();
  }

  /** Rows come back whichever axis is contiguous in the file. */
  @Seeded(times = 4)
  void eventRowsAreTheSameInBothOrders(SplittableRandom random) throws IOException {
    boolean fortran = random.nextBoolean();
    long[][] rows = {{0, 5, 2}, {1, 6, 3}, {-1, 7, 4}, {9, 8, 5}};
    ByteBuffer data = ByteBuffer.allocate(8 * 12).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 12; i++) {
      data.putLong(fortran ? rows[i % 4][i / 4] : rows[i / 3][i % 3]);
    }
    String header =
        "{'descr': '<i8', 'fortran_order': %s, 'shape': (4, 3), }"
            .formatted(fortran ? "True" : "False");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    out.write(data.array());
    Path file = folder.resolve("e.npy");
    Files.write(file, out.toByteArray());
    NpyEvents events = NpyEvents.read(file.toString(), new HadoopConf(CONF), 0, 1);
    assertThat(events.count()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      assertThat(new long[] {events.sample(i), events.step(i), events.index(i)}).isEqualTo(rows[i]);
    }
    assertThat(events.lastSampleAndOutside(4)).containsExactly(9, 2);
  }
}
