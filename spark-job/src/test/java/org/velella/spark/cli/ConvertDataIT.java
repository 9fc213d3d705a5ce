package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestNetwork;
import org.velella.spark.TestSpark;
import org.velella.spark.job.ExitCode;

/** Data sets that Python has made, converted from the command line, against what Python says. */
class ConvertDataIT {
  private static final Path GOLDEN =
      Path.of("..", "core", "src", "test", "resources", "golden", "datasets");

  @TempDir Path folder;

  private CommandLineRun convert(String... args) {
    TestSpark.session();
    String[] all =
        Stream.concat(Stream.of("convert", "data"), Stream.of(args)).toArray(String[]::new);
    return CommandLineRun.of(all);
  }

  private String golden(String name) {
    return GOLDEN.resolve(name).toString();
  }

  private static JsonNode expected(String name) throws IOException {
    return new ObjectMapper().readTree(GOLDEN.resolve("expected.json").toFile()).get(name);
  }

  private String out(String name) {
    return folder.resolve(name).toString();
  }

  private static List<Row> rows(String table) {
    return TestSpark.session().read().parquet(table).sort("sample_id").collectAsList();
  }

  private static float[] values(Row row) {
    List<Float> list = row.getList(row.fieldIndex("input"));
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }

  private static List<List<Integer>> events(Row row) {
    List<List<Integer>> events = new ArrayList<>();
    for (Row event : row.<Row>getList(row.fieldIndex("events"))) {
      events.add(List.of(event.getInt(0), event.getInt(1)));
    }
    return events;
  }

  private static List<List<Integer>> pairs(JsonNode table) {
    List<List<Integer>> pairs = new ArrayList<>();
    table.forEach(pair -> pairs.add(List.of(pair.get(0).asInt(), pair.get(1).asInt())));
    return pairs;
  }

  private static float[] dense(JsonNode sparse) {
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

  @Test
  void gesturesByTheirLabels() throws IOException {
    CommandLineRun run =
        convert(
            golden("gesture.aedat"), out("frames.parquet"), "--frames", "3", "--split-by", "time");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("3 samples of 1 file, a step [2, 128, 128]")
        .contains("steps     3")
        .contains("labels    11 classes, 3 samples with one");
    assertThat(convert(golden("gesture.aedat"), out("events.parquet"), "--dt", "1e-3").exitCode())
        .isZero();
    JsonNode samples = expected("gesture").get("samples");
    List<Row> frames = rows(out("frames.parquet"));
    List<Row> events = rows(out("events.parquet"));
    for (int i = 0; i < samples.size(); i++) {
      assertThat(frames.get(i).getLong(0)).isEqualTo(i);
      assertThat(frames.get(i).<Integer>getAs("label"))
          .isEqualTo(samples.get(i).get("label").asInt());
      assertThat(values(frames.get(i))).isEqualTo(dense(samples.get(i).get("time")));
      assertThat(events(events.get(i))).isEqualTo(pairs(samples.get(i).get("steps")));
    }
    JsonNode said =
        new ObjectMapper().readTree(folder.resolve("frames.parquet/_dataset.json").toFile());
    assertThat(said.get("samples").asInt()).isEqualTo(3);
    assertThat(said.get("shape").toString()).isEqualTo("[2,128,128]");
  }

  @Test
  void foldersAreClasses() throws IOException {
    for (String name : List.of("Test/10/b.bin", "Test/2/a.bin", "Test/2/c.bin")) {
      Path copy = folder.resolve(name);
      Files.createDirectories(copy.getParent());
      Files.copy(GOLDEN.resolve("00002.bin"), copy);
    }
    CommandLineRun run =
        convert(out("Test"), out("n.parquet"), "--dt", "1e-6", "--merge-polarities");
    assertThat(run.err()).isEmpty();
    List<Row> rows = rows(out("n.parquet"));
    assertThat(rows).extracting(row -> row.<Integer>getAs("label")).containsExactly(10, 2, 2);
    List<List<Integer>> wanted = new ArrayList<>();
    for (JsonNode event : expected("saccade")) {
      wanted.add(List.of(event.get(0).asInt(), event.get(2).asInt() * 34 + event.get(1).asInt()));
    }
    for (Row row : rows) {
      assertThat(events(row)).isEqualTo(wanted);
    }
    assertThat(run.out()).contains("labels    11 classes");
  }

  /** With the Zstandard that Spark brings. */
  @Test
  void compressedAedat4() throws IOException {
    CommandLineRun run = convert(golden("zstd.aedat4"), out("z.parquet"), "--dt", "0.000001");
    assertThat(run.err()).isEmpty();
    JsonNode few = expected("few");
    List<List<Integer>> wanted = new ArrayList<>();
    for (JsonNode e : few) {
      int step = (int) (e.get(0).asLong() - few.get(0).get(0).asLong());
      int index = (e.get(3).asInt() * 30 + e.get(2).asInt()) * 40 + e.get(1).asInt();
      wanted.add(List.of(step, index));
    }
    assertThat(events(rows(out("z.parquet")).get(0))).isEqualTo(wanted);
    assertThat(run.out()).contains("a step [2, 30, 40]").contains("labels    none");
  }

  @Test
  void spikesOfHdf5() throws IOException {
    CommandLineRun run =
        convert(golden("shd.h5"), golden("ssc.h5"), out("shd.parquet"), "--dt", "0.001");
    assertThat(run.err()).isEmpty();
    JsonNode samples = expected("shd");
    List<Row> rows = rows(out("shd.parquet"));
    assertThat(rows).hasSize(2 * samples.size());
    for (int i = 0; i < rows.size(); i++) {
      JsonNode wanted = samples.get(i % samples.size());
      assertThat(events(rows.get(i))).isEqualTo(pairs(wanted.get("steps")));
      assertThat(rows.get(i).<Integer>getAs("label")).isEqualTo(wanted.get("label").asInt());
    }
  }

  @Test
  void imagesAndArrays() throws IOException {
    assertThat(convert(golden("digits-idx3-ubyte.gz"), out("idx.parquet")).err()).isEmpty();
    assertThat(convert(golden("dense.npy"), out("npy.parquet")).err()).isEmpty();
    JsonNode digits = expected("digits");
    List<Row> images = rows(out("idx.parquet"));
    List<Row> arrays = rows(out("npy.parquet"));
    for (int i = 0; i < 4; i++) {
      JsonNode pixels = digits.get("pixels").get(i);
      for (int k = 0; k < pixels.size(); k++) {
        assertThat(values(images.get(i))[k]).isEqualTo(pixels.get(k).asInt() / 255f);
        assertThat(values(arrays.get(i))[k]).isEqualTo(pixels.get(k).asInt());
      }
      int label = digits.get("labels").get(i).asInt();
      assertThat(images.get(i).<Integer>getAs("label")).isEqualTo(label);
      assertThat(arrays.get(i).<Integer>getAs("label")).isEqualTo(label);
    }
    CommandLineRun mixed =
        convert(golden("grey.png"), golden("colour.png"), golden("alpha.png"), out("i.parquet"));
    assertThat(mixed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(mixed.err())
        .contains("grey.png: a sample has the shape [1, 5, 7], in ")
        .contains("alpha.png it is [3, 5, 7]; all of a data set have one shape");
  }

  @Test
  void wrongThingsAreRefusedAndLeaveNothing() throws IOException {
    byte[] whole = Files.readAllBytes(GOLDEN.resolve("gesture.aedat"));
    Path cut = folder.resolve("cut.aedat");
    Files.write(cut, Arrays.copyOf(whole, whole.length - 5));
    CommandLineRun damaged = convert(cut.toString(), out("cut.parquet"), "--frames", "4");
    assertThat(damaged.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(damaged.err()).contains("cut.aedat, byte ").contains("it is cut short");
    assertThat(damaged.err().lines()).hasSize(1);
    Files.writeString(folder.resolve("wrong.aedat"), "#!AER-DAT2.0\r\n");
    assertThat(convert(out("wrong.aedat"), out("x.parquet"), "--frames=1").err())
        .contains("say which format it is (--format NAME)");
    Files.delete(folder.resolve("wrong.aedat"));
    CommandLineRun outside =
        convert(golden("gesture.aedat"), out("x.parquet"), "--frames=1", "--size=8x8");
    assertThat(outside.err()).contains("give the sensor's size (--size), or check the file");
    CommandLineRun noBinning = convert(golden("gesture.aedat"), out("x.parquet"));
    assertThat(noBinning.err()).contains("say how they become steps: --frames T");
    CommandLineRun noSize = convert(golden("events.npz"), out("x.parquet"), "--frames", "2");
    assertThat(noSize.err()).contains("give --size WIDTHxHEIGHT");
    CommandLineRun useless = convert(golden("dense.npy"), out("x.parquet"), "--frames", "2");
    assertThat(useless.err()).contains("are for events; npy holds values");
    assertThat(convert(golden("nothing.npy"), out("x.parquet")).err()).contains("There is no ");
    assertThat(convert(golden("dense.npy"), out("x.csv")).err())
        .contains("end the name with .parquet");
    Files.writeString(folder.resolve("neurons.csv"), "sample,t,neuron\n0,0,1\n");
    CommandLineRun rows =
        convert(out("neurons.csv"), out("x.parquet"), "--size", "2x2", "--frames", "1");
    assertThat(rows.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(rows.err()).contains("neurons.csv has the column neuron; give --size NEURONS");
    CommandLineRun flat =
        convert(out("neurons.csv"), out("x.parquet"), "--size", "700x1", "--frames", "1");
    assertThat(flat.err()).contains("neurons.csv has the column neuron; give --size NEURONS");
    CommandLineRun units =
        convert(golden("shd.h5"), out("x.parquet"), "--size", "34x34", "--frames", "1");
    assertThat(units.err()).contains("shd.h5 has lists of units; give --size NEURONS");
    Files.writeString(folder.resolve("camera.csv"), "sample,t,x,y,p\n0,0,1,1,0\n");
    CommandLineRun mixed =
        convert(
            out("camera.csv"), out("neurons.csv"), out("x.parquet"), "--size=2x2", "--frames=1");
    assertThat(mixed.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(mixed.err()).contains("neurons.csv", "where other files have places");
    Files.createDirectory(folder.resolve("there.parquet"));
    CommandLineRun there = convert(golden("dense.npy"), out("there.parquet"));
    assertThat(there.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(there.err()).contains("there.parquet is there already");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("cut.aedat", "neurons.csv", "camera.csv", "there.parquet");
    }
  }

  private void npy(String name, String type, int[] shape, byte[] data) throws IOException {
    StringBuilder dims = new StringBuilder();
    for (int dim : shape) {
      dims.append(dim).append(',');
    }
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(type, dims);
    header = header + " ".repeat(117 - header.length()) + "\n";
    ByteBuffer file = ByteBuffer.allocate(10 + header.length() + data.length);
    file.order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x93);
    file.put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
    file.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    Files.write(folder.resolve(name), file.put(data).array());
  }

  /** Files are sorted by name, and their labels go with them. */
  @Test
  void labelsStayWithTheirFiles() throws IOException {
    npy("b.npy", "|u1", new int[] {1, 2}, new byte[] {1, 2});
    npy("a.npy", "|u1", new int[] {1, 2}, new byte[] {3, 4});
    npy("x.npy", "|u1", new int[] {1}, new byte[] {7});
    npy("y.npy", "|u1", new int[] {1}, new byte[] {8});
    String pairs = out("y.npy") + "," + out("x.npy");
    CommandLineRun run = convert(out("b.npy"), out("a.npy"), out("in.parquet"), "--labels", pairs);
    assertThat(run.err()).isEmpty();
    List<Row> rows = rows(out("in.parquet"));
    assertThat(rows).extracting(row -> row.<Integer>getAs("label")).containsExactly(7, 8);
    assertThat(values(rows.get(0))).containsExactly(3, 4);
    assertThat(convert(out("[ab].npy"), out("c.parquet"), "--labels", out("x.npy")).err())
        .contains("is 2 files; with --labels, name every file of data itself");
    assertThat(convert(out("a.npy"), out("c.parquet"), "--labels", pairs).err())
        .contains("2 files of --labels for 1 sources");
    assertThat(convert(out("a.npy"), out("[a].npy"), out("c.parquet")).err())
        .contains("a.npy is named twice by the sources");
  }

  @Test
  void shapesAreNotMixed() throws IOException {
    npy("a.npy", "|u1", new int[] {1, 2, 3}, new byte[6]);
    npy("b.npy", "|u1", new int[] {1, 3, 2}, new byte[6]);
    assertThat(convert(out("a.npy"), out("b.npy"), out("c.parquet")).err())
        .contains("b.npy: a sample has the shape [3, 2], in ")
        .contains("a.npy it is [2, 3]; all of a data set have one shape");
  }

  /** 0.1 and 2^24 + 1 are no floats, 0.5 and 2^24 + 2 are. */
  @Test
  void roundedValuesAreCounted() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.1).putDouble(0.5).putDouble(16777217).putDouble(16777218);
    npy("d.npy", "<f8", new int[] {2, 2}, data.array());
    CommandLineRun run = convert(out("d.npy"), out("d.parquet"));
    assertThat(run.out()).contains("rounded   2 values, which no float32 is");
    JsonNode said = new ObjectMapper().readTree(folder.resolve("d.parquet/_dataset.json").toFile());
    assertThat(said.get("rounded_values").asInt()).isEqualTo(2);
  }

  private void copy(String source, String to) throws IOException {
    Files.createDirectories(folder.resolve(to).getParent());
    Files.copy(GOLDEN.resolve(source), folder.resolve(to));
  }

  @Test
  void whatLiesAmongClassesIsNotedOrRefused() throws IOException {
    copy("colour.png", "tree/cat/1.png");
    copy("colour.png", "tree/dog/1.png");
    copy("colour.png", "tree/.cache/1.png");
    copy("colour.png", "tree/_old/more/1.png");
    Files.writeString(folder.resolve("tree/cat/notes.txt"), "none");
    CommandLineRun run = convert(out("tree"), out("t.parquet"));
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("2 samples of 2 files")
        .contains("classes   0 cat, 1 dog\n")
        .contains("left out  1 file of other endings, the first is ")
        .contains("tree/cat/notes.txt");
    copy("colour.png", "tree/stray.png");
    CommandLineRun stray = convert(out("tree"), out("s.parquet"));
    assertThat(stray.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(stray.err())
        .contains("tree/stray.png lies in no folder of a class, others lie in dog");
  }

  /** From a table of events to the confusion matrix, which is counted here from the results. */
  @Test
  void labelsBecomeAccuracyAndConfusionMatrix() throws IOException {
    StringBuilder csv = new StringBuilder("sample,t,neuron,label\n");
    for (int sample = 0; sample < 12; sample++) {
      for (int event = 0; event < 5 + 6 * sample; event++) {
        int neuron = (event * (sample + 1)) % TestNetwork.INPUTS;
        csv.append("%d,%.4f,%d,%d\n".formatted(sample, 1e-4 * (event % 40), neuron, sample % 3));
      }
    }
    Files.writeString(folder.resolve("events.csv"), csv);
    assertThat(convert(out("events.csv"), out("in.parquet"), "--size", "6", "--dt", "1e-4").err())
        .isEmpty();
    String network = TestNetwork.write(folder).toString();
    CommandLineRun run =
        CommandLineRun.of(
            "simulate",
            "--network",
            network,
            "--input",
            out("in.parquet"),
            "--steps",
            "50",
            "--output",
            out("run"),
            "-q");
    assertThat(run.exitCode()).isZero();
    Dataset<Row> results =
        org.velella.spark.job.RunTables.open(TestSpark.session(), out("run")).results();
    TreeMap<String, Integer> counted = new TreeMap<>();
    int correct = 0;
    for (Row row : results.collectAsList()) {
      long sample = row.getAs("sample_id");
      assertThat(row.<Integer>getAs("label")).isEqualTo((int) (sample % 3));
      Integer prediction = row.getAs("prediction");
      correct += prediction != null && prediction == sample % 3 ? 1 : 0;
      counted.merge(sample % 3 + "," + (prediction == null ? "" : prediction), 1, Integer::sum);
    }
    assertThat(correct).isBetween(1, 11);
    assertThat(run.out())
        .contains("accuracy %.2f %%, %d of 12 samples".formatted(100.0 * correct / 12, correct));
    CommandLineRun sql =
        CommandLineRun.of(
            "sql",
            out("run"),
            "SELECT label, prediction, samples FROM confusion",
            "--csv",
            out("c.csv"));
    assertThat(sql.exitCode()).isZero();
    TreeMap<String, Integer> found = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve("c.csv")).subList(1, counted.size() + 1)) {
      int comma = line.lastIndexOf(',');
      found.put(line.substring(0, comma), Integer.parseInt(line.substring(comma + 1)));
    }
    assertThat(found).isEqualTo(counted);
    // The run keeps them, whatever becomes of the input.
    assertThat(folder.resolve("run/labels")).isDirectory();
    // A driver that was lost before it had listed them leaves files that do not count.
    Path own = Files.writeString(folder.resolve("run/labels/own.txt"), "of a user");
    Files.delete(folder.resolve("run/_run/labels-table.json"));
    assertThat(CommandLineRun.of("resume", out("run"), "-q").exitCode()).isZero();
    assertThat(own).exists();
    Files.delete(own);
    assertThat(TestSpark.session().read().parquet(out("run/labels")).count()).isEqualTo(12);
  }
}
