package org.velella.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.spark.TestSpark;
import org.velella.spark.job.ExitCode;

/** Folders of classes get the labels that a file says, so that data sets agree about them. */
class ConvertClassesIT {
  private static final Path IMAGE =
      Path.of("..", "core", "src", "test", "resources", "golden", "datasets", "colour.png");

  @TempDir Path folder;

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private void images(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.copy(IMAGE, folder.resolve(name));
    }
  }

  private CommandLineRun convert(String source, String out, String... more) {
    TestSpark.session();
    List<String> all = new ArrayList<>(List.of("convert", "data", at(source), at(out)));
    all.addAll(List.of(more));
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  private List<Integer> labels(String table) {
    List<Row> rows =
        TestSpark.session().read().parquet(at(table)).sort("sample_id").collectAsList();
    return rows.stream().map(row -> row.<Integer>getAs("label")).toList();
  }

  private void refused(String source, String classes, String... says) {
    CommandLineRun run = convert(source, "refused.parquet", "--classes", at(classes));
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains(says);
    assertThat(folder.resolve("refused.parquet")).doesNotExist();
  }

  /** The test set lacks a class of the training set; its own numbers would be others. */
  @Test
  void testSetHasTheLabelsOfItsTrainingSet() throws IOException {
    images("train/ape/1.png", "train/bee/1.png", "train/cat/1.png");
    images("test/cat/1.png", "test/ape/2.png", "test/cat/3.png");
    assertThat(convert("train", "train.parquet").err()).isEmpty();
    assertThat(folder.resolve("train.parquet/_classes.txt")).hasContent("ape\nbee\ncat\n");
    assertThat(convert("test", "own.parquet").err()).isEmpty();
    assertThat(labels("own.parquet")).containsExactly(0, 1, 1);

    CommandLineRun run = convert("test", "table.parquet", "--classes", at("train.parquet"));

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("labels    3 classes, 3 samples with one")
        .contains("classes   0 ape, 1 bee, 2 cat\n");
    assertThat(labels("table.parquet")).containsExactly(0, 2, 2);
    String file = at("table.parquet/_classes.txt");
    CommandLineRun again = convert("test", "file.parquet", "--classes", file);
    assertThat(again.err()).isEmpty();
    assertThat(labels("file.parquet")).containsExactly(0, 2, 2);
    JsonNode said =
        new ObjectMapper().readTree(folder.resolve("file.parquet/_dataset.json").toFile());
    assertThat(said.get("classes").toString()).isEqualTo("[\"ape\",\"bee\",\"cat\"]");
  }

  /** As editors leave it: with a mark, ends of lines of Windows, an empty line at the end. */
  @Test
  void fileOfOnesOwnSaysTheOrder() throws IOException {
    images("words/10/a.png", "words/9/a.png", "words/zoë/a.png");
    Files.writeString(folder.resolve("classes.txt"), "\ufeffzoë\r\n9\r\nnobody\r\n 10 \r\n\r\n");

    assertThat(convert("words", "t.parquet", "--classes", at("classes.txt")).err()).isEmpty();

    assertThat(labels("t.parquet")).containsExactly(3, 1, 0);
  }

  @Test
  void whatIsNoClassOrNoFileOfClassesIsRefusedByName() throws IOException {
    images("set/ape/1.png", "set/bat/1.png", "flat/1.png");
    Files.writeString(folder.resolve("few.txt"), "ape\n");
    Files.writeString(folder.resolve("twice.txt"), "ape\nbat\nape\n");
    Files.writeString(folder.resolve("gap.txt"), "ape\n\nbat\n");
    Files.writeString(folder.resolve("none.txt"), "\n\n");
    Files.write(folder.resolve("latin.txt"), "ré\n".getBytes(StandardCharsets.ISO_8859_1));
    Files.createDirectory(folder.resolve("table.parquet"));
    refused("set", "few.txt", "set/bat/1.png lies in the folder 'bat', which is no class of ");
    refused("set", "twice.txt", "twice.txt has the class 'ape' in line 1 and in line 3");
    refused("set", "gap.txt", "line 2 of ", "gap.txt is empty");
    refused("set", "none.txt", "none.txt is empty; give one class a line");
    refused("set", "latin.txt", "latin.txt is no text in UTF-8");
    refused("set", "missing.txt", "--classes: there is no ", "missing.txt");
    refused("set", "table.parquet", "table.parquet has no _classes.txt");
    refused("flat", "few.txt", "flat/1.png lies in no folder of a class");
    Files.writeString(folder.resolve("events.csv"), "sample,t,neuron\n0,0,1\n");
    refused("events.csv", "few.txt", "--classes is for files in folders of classes");
  }
}
