package org.velella.notebooks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.velella.notebooks.NoteRunner.Outcome;

/** What tests of notes share: one Spark and one shell for the notes of a class. */
abstract class RunNotes {
  @TempDir static Path folder;
  static NoteRunner runner;

  @BeforeAll
  static void start() throws IOException {
    runner = new NoteRunner(folder);
  }

  @AfterAll
  static void stop() {
    runner.close();
  }

  static List<Outcome> run(String file, Map<String, String> forms) throws IOException {
    Note note = Note.read(NoteFiles.FOLDER.resolve(file + ".zpln"));
    Map<String, String> given = new HashMap<>(forms);
    given.put("folder", folder.resolve("notes").toString());
    List<Outcome> outcomes = runner.run(note, given);
    NoteFiles.requireGood(note, outcomes);
    return outcomes;
  }

  static Dataset<Row> view(String name) {
    return runner.session().table(name);
  }

  static List<Outcome> runAsItIs(String file) throws IOException {
    List<Outcome> outcomes = run(file, Map.of());
    NoteExpectations.require(file, outcomes);
    return outcomes;
  }
}
