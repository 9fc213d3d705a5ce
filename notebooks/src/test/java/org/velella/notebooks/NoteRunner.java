package org.velella.notebooks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.velella.notebooks.Note.Paragraph;

/** Runs notes on a Spark of its own, two threads in this JVM. */
final class NoteRunner implements AutoCloseable {
  private final SparkSession session;
  private final ScalaShell shell;

  /**
   * Starts Spark and a Scala shell.
   *
   * @param folder where the shell's classes and Spark's files go
   */
  NoteRunner(Path folder) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    session =
        SparkSession.builder()
            .master("local[2]")
            .appName("notes")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
            // From here executors fetch the classes that the shell compiles.
            .config("spark.repl.class.outputDir", classes.toString())
            .getOrCreate();
    shell = new ScalaShell(classes);
    shell.bind("spark", SparkSession.class.getName(), session);
    shell.bind("sc", "org.apache.spark.SparkContext", session.sparkContext());
  }

  /**
   * Runs a note's paragraphs in order, up to the first that fails, as Zeppelin's "run all" does.
   */
  List<Outcome> run(Note note) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Paragraph paragraph : note.paragraphs()) {
      Outcome outcome = run(paragraph);
      outcomes.add(outcome);
      if (!outcome.finished()) {
        break;
      }
    }
    return outcomes;
  }

  Outcome run(Paragraph paragraph) {
    return switch (paragraph.interpreter()) {
      case "md" -> new Outcome(paragraph, true, paragraph.code());
      case "spark" -> {
        ScalaShell.Result result = shell.run(paragraph.code());
        yield new Outcome(paragraph, result.success(), result.output());
      }
      case "spark.sql" -> sql(paragraph);
      default -> new Outcome(paragraph, false, "No interpreter %" + paragraph.interpreter());
    };
  }

  private Outcome sql(Paragraph paragraph) {
    try {
      return new Outcome(paragraph, true, table(session.sql(paragraph.code())));
    } catch (Exception e) { // Spark throws the checked AnalysisException undeclared.
      return new Outcome(paragraph, false, e.toString());
    }
  }

  /** The form in which Zeppelin's interpreters hand tables to its display. */
  private static String table(Dataset<Row> rows) {
    StringBuilder text = new StringBuilder("%table ");
    text.append(String.join("\t", rows.columns())).append('\n');
    for (Row row : rows.collectAsList()) {
      text.append(row.mkString("\t")).append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    shell.close();
    session.stop();
  }

  /**
   * How a paragraph ended.
   *
   * @param finished false if it failed
   * @param output what the cell shows
   */
  record Outcome(Paragraph paragraph, boolean finished, String output) {}
}
