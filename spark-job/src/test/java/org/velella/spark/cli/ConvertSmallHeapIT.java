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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.ChildJvm;
import org.velella.spark.TestSpark;

/**
 * The whole command, on a data set ten times as large as the heap. Spark itself needs more than
 * half of it.
 */
class ConvertSmallHeapIT {
  private static final int HEAP_MIB = 96;

  /** Of 16 bytes each. */
  private static final int EVENTS_OF_A_PACKET = 1 << 16;

  private static final int PACKETS = 80;
  private static final int RECORDINGS = 12;

  @TempDir Path folder;

  /** A recording in AEDAT 4 whose packets are all the same: x 3, y 2, polarity 1, at tick i. */
  private void recording(Path file) throws IOException {
    ByteBuffer begin = ByteBuffer.allocate(14 + 4 + 24).order(ByteOrder.LITTLE_ENDIAN);
    begin.put("#!AER-DAT4.0\r\n".getBytes(StandardCharsets.US_ASCII)).putInt(24);
    table(begin, "IOHE").putInt(0);
    int bytes = 8 + 36 + 16 * EVENTS_OF_A_PACKET;
    ByteBuffer packet = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    packet.putInt(0).putInt(bytes - 8).putInt(bytes - 12);
    table(packet, "EVTS").putInt(8).putInt(0).putInt(EVENTS_OF_A_PACKET);
    for (int i = 0; i < EVENTS_OF_A_PACKET; i++) {
      packet.putLong(i).putShort((short) 3).putShort((short) 2).putInt(1);
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

  private Path dataSet() throws IOException {
    Path set = Files.createDirectory(folder.resolve("set"));
    Path first = set.resolve("0.aedat4");
    recording(first);
    for (int i = 1; i < RECORDINGS; i++) {
      // Under another name, without room of its own.
      Files.createLink(set.resolve(i + ".aedat4"), first);
    }
    assertThat(RECORDINGS * Files.size(first)).isGreaterThan((10L << 20) * HEAP_MIB);
    return set;
  }

  @Test
  void dataSetTenTimesTheHeapConverts() throws Exception {
    Path set = dataSet();
    List<String> command = ChildJvm.shortLived();
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + HEAP_MIB + "m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(Velella.class.getName(), "convert", "data"));
    command.addAll(List.of(set.toString(), folder.resolve("t.parquet").toString()));
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
        TestSpark.session()
            .read()
            .parquet(folder.resolve("t.parquet").toString())
            .sort("sample_id")
            .collectAsList();
    assertThat(rows).hasSize(RECORDINGS);
    for (Row row : rows) {
      List<Float> values = row.getList(row.fieldIndex("input"));
      assertThat(values).hasSize(2 * 2 * 34 * 34);
      // 65,535 ticks in two frames: one of 32,767 events a packet, the other of the rest.
      int at = 34 * 34 + 2 * 34 + 3;
      assertThat(values.get(at)).isEqualTo(PACKETS * 32_767);
      assertThat(values.get(2 * 34 * 34 + at)).isEqualTo(PACKETS * 32_769);
      assertThat(values.stream().filter(value -> value != 0)).hasSize(2);
    }
    JsonNode said = new ObjectMapper().readTree(folder.resolve("t.parquet/_dataset.json").toFile());
    assertThat(said.get("samples").asInt()).isEqualTo(RECORDINGS);
  }
}
