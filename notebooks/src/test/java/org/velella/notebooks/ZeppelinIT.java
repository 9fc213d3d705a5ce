package org.velella.notebooks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.velella.notebooks.NoteRunner.Outcome;

/**
 * All notes in a real Zeppelin, if {@code ZEPPELIN_URL} says where one is; {@code
 * ZEPPELIN_NOTES_FOLDER} says where its Spark may write.
 */
@EnabledIfEnvironmentVariable(named = "ZEPPELIN_URL", matches = "https?://.+")
class ZeppelinIT {
  static Iterable<Path> notes() {
    return NoteFiles.all();
  }

  @ParameterizedTest
  @MethodSource("notes")
  void everyParagraphRuns(Path file) throws Exception {
    String folder =
        Optional.ofNullable(System.getenv("ZEPPELIN_NOTES_FOLDER")).orElse("velella-notes");
    String once = UUID.randomUUID().toString();
    String name = file.getFileName().toString().replace(".zpln", "");
    List<Outcome> outcomes =
        new ZeppelinClient(System.getenv("ZEPPELIN_URL"))
            .run(
                // Its interface sets no forms of a note as a whole, but cells say the default.
                Files.readString(file).replace("velella-notes", folder + "/" + once),
                "/velella-" + once + "/" + name,
                Map.of());
    NoteFiles.requireGood(Note.read(file), outcomes);
    NoteExpectations.require(name, outcomes);
  }
}
