package org.velella.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files that Python has made, and what it says is in them. */
final class GoldenFiles {
  static final Path FOLDER = Path.of("src", "test", "resources", "golden", "datasets");

  /** Decompresses nothing. */
  static final PacketDecoder NO_ZSTANDARD =
      packet -> {
        throw new IOException("there is no Zstandard library here");
      };

  private GoldenFiles() {}

  static DataFile file(String name) {
    return DataFile.of(FOLDER.resolve(name));
  }

  static JsonNode expected(String name) throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve("expected.json").toFile()).get(name);
  }

  /** Events as lists of time, x, y and polarity. */
  static List<List<Long>> events(EventFile file) throws IOException {
    List<List<Long>> events = new ArrayList<>();
    file.read(
        0, Long.MAX_VALUE, (t, x, y, p) -> events.add(List.of(t, (long) x, (long) y, (long) p)));
    return events;
  }

  static List<List<Long>> rows(JsonNode table) {
    List<List<Long>> rows = new ArrayList<>();
    for (JsonNode row : table) {
      List<Long> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(cell.asLong()));
      rows.add(cells);
    }
    return rows;
  }

  /** An array of which its shape and what is not 0 was written down. */
  static float[] dense(JsonNode sparse) {
    int size = 1;
    for (JsonNode dim : sparse.get("shape")) {
      size *= dim.asInt();
    }
    float[] values = new float[size];
    for (int i = 0; i < sparse.get("at").size(); i++) {
      values[sparse.get("at").get(i).asInt()] = (float) sparse.get("values").get(i).asDouble();
    }
    return values;
  }

  static List<Sample> all(SampleReader reader) throws IOException {
    return some(reader, 0, reader.samples());
  }

  static List<Sample> some(SampleReader reader, long first, long count) throws IOException {
    List<Sample> all = new ArrayList<>();
    try (SampleReader.Samples samples = reader.read(first, count)) {
      for (Optional<Sample> next = samples.next(); next.isPresent(); next = samples.next()) {
        all.add(next.get());
      }
    }
    return all;
  }

  static float[] values(Sample sample) {
    return ((SampleData.Frames) sample.data()).values();
  }

  /** Events of a sample as lists of step and index. */
  static List<List<Long>> steps(Sample sample) {
    SampleData.EventList list = (SampleData.EventList) sample.data();
    List<List<Long>> events = new ArrayList<>();
    for (int i = 0; i < list.steps().length; i++) {
      events.add(List.of((long) list.steps()[i], (long) list.indices()[i]));
    }
    return events;
  }
}
