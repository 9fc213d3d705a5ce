package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.ChildJvm;
import org.velella.spark.TestSpark;

/** The whole command, on one file ten times as large as the heap, of which Spark has half. */
class ConvertSmallHeapIT {
  private static final int HEAP_MIB = 96;

  /** Of 16 bytes each. */
  private static final int EVENTS_OF_A_PACKET = 1 << 16;

  private static final int PACKETS = 10 * HEAP_MIB;
  private static final int SIDE = 34;

  @TempDir Path folder;

  /** A recording in AEDAT 4 whose packets are all the same: y 2, polarity 1, at tick i. */
  private void recording(Path file) throws IOException {
    ByteBuffer begin = ByteBuffer.allocate(14 + 4 + 24).order(ByteOrder.LITTLE_ENDIAN);
    begin.put("#!AER-DAT4.0\r\n".getBytes(StandardCharsets.US_ASCII)).putInt(24);
    table(begin, "IOHE").putInt(0);
    int bytes = 8 + 36 + 16 * EVENTS_OF_A_PACKET;
    ByteBuffer packet = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    packet.putInt(0).putInt(bytes - 8).putInt(bytes - 12);
    table(packet, "EVTS").putInt(8).putInt(0).putInt(EVENTS_OF_A_PACKET);
    for (int i = 0; i < EVENTS_OF_A_PACKET; i++) {
      packet.putLong(i).putShort((short) (i % SIDE)).putShort((short) 2).putInt(1);
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(begin.array());
      for (int i = 0; i < PACKETS; i++) {
        out.write(packet.array());
      }
    }
  }

  /** The beginning of a FlatBuffers message whose root has one field, which follows. */
  private static ByteBuffer table(ByteBuffer to, String name) {
    to.putInt(16).put(name.getBytes(StandardCharsets.US_ASCII));
    return to.putShort((short) 6).putShort((short) 8).putInt(4).putInt(8);
  }

  @Test
  void fileTenTimesTheHeapConverts() throws Exception {
    Path file = folder.resolve("large.aedat4");
    recording(file);
    assertThat(Files.size(file)).isGreaterThan((10L << 20) * HEAP_MIB);
    List<String> command = ChildJvm.shortLived();
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + HEAP_MIB + "m", "-cp"));
    command.add(ChildJvm.classPath());
    command.addAll(List.of(Velella.class.getName(), "convert", "data"));
    command.addAll(List.of(file.toString(), folder.resolve("t.parquet").toString()));
    command.addAll(List.of("--frames=2", "--split-by=time", "--size=34x34", "--master=local[1]"));
    // Spark sets 300 MB aside for itself, and does not start with less than half as much again.
    command.add("--conf=spark.testing.reservedMemory=" + (8 << 20));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    List<Row> rows =
        TestSpark.session().read().parquet(folder.resolve("t.parquet").toString()).collectAsList();
    assertThat(rows).hasSize(1);
    List<Float> values = rows.get(0).getList(rows.get(0).fieldIndex("input"));
    assertThat(values).isEqualTo(expected());
    JsonNode said = new ObjectMapper().readTree(folder.resolve("t.parquet/_dataset.json").toFile());
    assertThat(said.get("samples").asInt()).isEqualTo(1);
  }

  /** Two frames of 65,535 ticks: the first has 32,767, the second one all others. */
  private static List<Float> expected() {
    Float[] values = new Float[2 * 2 * SIDE * SIDE];
    Arrays.fill(values, 0f);
    for (int i = 0; i < EVENTS_OF_A_PACKET; i++) {
      int frame = i < 32_767 ? 0 : 1;
      values[((frame * 2 + 1) * SIDE + 2) * SIDE + i % SIDE] += PACKETS;
    }
    return List.of(values);
  }
}
