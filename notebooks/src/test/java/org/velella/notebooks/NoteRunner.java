package org.velella.notebooks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.velella.notebooks.Note.Paragraph;

/** Runs notes on a Spark of its own, two threads in this JVM. */
final class NoteRunner implements AutoCloseable {
  private final SparkSession session;
  private final Path classes;
  private Forms forms;
  private ScalaShell shell;

  /**
   * Starts Spark and a Scala shell.
   *
   * @param folder where the shell's classes and Spark's files go
   */
  NoteRunner(Path folder) throws IOException {
    classes = Files.createDirectories(folder.resolve("classes"));
    session =
        SparkSession.builder()
            .master("local[2]")
            .appName("notes")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            // Notes' queries are small: compiling and planning them anew would take most of the
            // time.
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.sql.adaptive.enabled", "false")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
            // From here executors fetch the classes that the shell compiles.
            .config("spark.repl.class.outputDir", classes.toString())
            .getOrCreate();
    open(new Forms(Map.of()));
  }

  /** A shell that knows of nothing but what Zeppelin gives to each. */
  private void open(Forms with) {
    forms = with;
    shell = new ScalaShell(classes);
    shell.bind("spark", SparkSession.class.getName(), session);
    shell.bind("sc", "org.apache.spark.SparkContext", session.sparkContext());
    shell.bind("z", NoteContext.class.getName(), new NoteContext(forms));
  }

  /** The Spark on which notes run. */
  SparkSession session() {
    return session;
  }

  /** As {@link #run(Note, Map)}, with the forms as they are in the note. */
  List<Outcome> run(Note note) {
    return run(note, Map.of());
  }

  /**
   * Runs a note's paragraphs in order in a fresh shell, up to the first that fails, as Zeppelin's
   * "run all" does.
   *
   * @param given what a user puts into the forms, by names as {@link Forms} has them
   * @throws IllegalArgumentException if the note ran to its end without a form of a name
   */
  List<Outcome> run(Note note, Map<String, String> given) {
    shell.close();
    open(new Forms(given));
    List<Outcome> outcomes = new ArrayList<>();
    for (Paragraph paragraph : note.paragraphs()) {
      forms.begin(outcomes.size() + 1);
      Outcome outcome = run(paragraph);
      outcomes.add(outcome);
      if (!outcome.finished()) {
        return outcomes;
      }
    }
    if (!forms.unused().isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no form %s; it has %s".formatted(note.name(), forms.unused(), forms.names()));
    }
    return outcomes;
  }

  /** Runs one paragraph in the present shell. */
  Outcome run(Paragraph paragraph) {
    return switch (paragraph.interpreter()) {
      case "md" -> new Outcome(paragraph, true, forms.expand(paragraph.code()));
      case "spark" -> {
        ScalaShell.Result result = shell.run(paragraph.code());
        yield new Outcome(paragraph, result.success(), result.output());
      }
      case "spark.sql", "sql" -> sql(paragraph);
      default -> new Outcome(paragraph, false, "No interpreter %" + paragraph.interpreter());
    };
  }

  private Outcome sql(Paragraph paragraph) {
    try {
      String query = forms.expand(paragraph.code());
      return new Outcome(paragraph, true, NoteContext.table(session.sql(query)));
    } catch (Exception e) { // Spark throws the checked AnalysisException undeclared.
      return new Outcome(paragraph, false, e.toString());
    }
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
  record Outcome(Paragraph paragraph, boolean finished, String output) {
    /** What the cell shows, piece by piece. */
    List<Message> messages() {
      return Message.split(output);
    }
  }
}
