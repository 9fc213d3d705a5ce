package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.testkit.MemoryCheckpointStore;

/**
 * Each variant of the golden checkpoint is loaded, or refused for its reason. What is expected
 * stands in a file beside them, which the reader in Python is held to as well.
 */
class GoldenVariantsTest {
  private static Path root() throws URISyntaxException {
    return Path.of(GoldenVariantsTest.class.getResource("/golden/checkpoint-v1-variants").toURI());
  }

  private static Map<String, String> expected() throws IOException, URISyntaxException {
    JsonNode json =
        new ObjectMapper().readTree(Files.readAllBytes(root().resolve("expected.json")));
    Map<String, String> expected = new TreeMap<>();
    json.fieldNames().forEachRemaining(name -> expected.put(name, json.get(name).textValue()));
    return expected;
  }

  private static MemoryCheckpointStore read(Path run) throws IOException {
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    try (Stream<Path> paths = Files.walk(run)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        store.replace(run.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
      }
    }
    return store;
  }

  /** What a user sees who reads the newest states. */
  private static String outcome(CheckpointStore store) throws IOException {
    try {
      ManifestHead head = new ManifestLog(store).latest().orElseThrow();
      List<RangeState> states = new ArrayList<>();
      for (RangeEntry entry : head.manifest().ranges()) {
        states.add(RangeFile.read(store, head.manifest().run(), Fixtures.newest(entry)));
        for (Recording recording : entry.recordings()) {
          RecordingFile.verify(store, recording);
        }
      }
      for (RangeState state : states) {
        RangeState golden = GoldenCheckpoint.state(state.range(), state.step());
        assertThat(Fixtures.sameState(state, golden)).isTrue();
      }
      return head.warnings().isEmpty() && states.size() == 2
          ? "loads"
          : "falls back to version " + head.manifest().version();
    } catch (CheckpointTooNewException e) {
      return "too new";
    } catch (CheckpointMismatchException e) {
      return "made for something else";
    } catch (CheckpointCorruptException e) {
      return "damaged";
    }
  }

  @Test
  void everyVariantHasItsOutcome() throws IOException, URISyntaxException {
    Map<String, String> found = new TreeMap<>();
    for (String name : expected().keySet()) {
      found.put(name, outcome(read(root().resolve(name))));
    }

    assertThat(found).isEqualTo(expected());
  }

  @Test
  void writingAgainGivesTheSameBytes() throws IOException, URISyntaxException {
    Map<String, MemoryCheckpointStore> written = GoldenVariants.write();

    assertThat(written.keySet()).isEqualTo(expected().keySet());
    for (String name : written.keySet()) {
      Map<String, byte[]> golden = read(root().resolve(name)).files();
      assertThat(written.get(name).files().keySet()).as(name).isEqualTo(golden.keySet());
      written
          .get(name)
          .files()
          .forEach((path, bytes) -> assertThat(bytes).as(name + path).isEqualTo(golden.get(path)));
    }
  }

  @Test
  void damagedFilesFallBackToTheRangesEarlierState() throws IOException, URISyntaxException {
    for (String name :
        List.of(
            "truncated",
            "bit-flipped",
            "bit-flipped-header",
            "swapped",
            "missing",
            "recordings-missing",
            "recordings-bit-flipped")) {
      MemoryCheckpointStore store = read(root().resolve(name));
      Manifest manifest = new ManifestLog(store).manifest(2);

      Adoption.Result found = new Adoption(store).adopt(manifest, Verification.DATA);

      assertThat(found.ranges()).as(name).extracting(RangeEntry::step).containsExactly(2L, 2L);
      assertThat(found.warnings()).as(name).anyMatch(w -> w.contains("goes on from step 2"));
      assertThat(found.ranges().get(0).recordings()).as(name).hasSize(1);
    }
  }
}
