package org.velella.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.checkpoint.UnfinishedFile;

/** What every {@link CheckpointStore} must do. */
public abstract class CheckpointStoreContract {
  private static final int THREADS = 8;

  private CheckpointStore store;

  /** A store over a fresh, empty place. */
  protected abstract CheckpointStore emptyStore() throws IOException;

  /** Rounds of the race for one name; fewer for a store with slow calls. */
  protected int raceRounds() {
    return 200;
  }

  @BeforeEach
  void open() throws IOException {
    store = emptyStore();
  }

  @Test
  void missingDirectoryListsEmpty() throws IOException {
    assertThat(store.list("checkpoint/ranges")).isEmpty();
  }

  @Test
  void listsFilesOfOneDirectoryByNameWithTheirLengths() throws IOException {
    write("a/two", "22");
    write("a/one", "1");
    write("a/b/below", "333");
    write("other", "4444");

    assertThat(store.list("a")).containsExactly(new StoredFile("one", 1), new StoredFile("two", 2));
  }

  @Test
  void listsOnlyNamesThatAreWanted() throws IOException {
    write("a/one", "1");
    write("a/two", "22");
    write("a/three", "333");
    write("a/t/below", "4444");

    assertThat(store.list("a", name -> name.startsWith("t")))
        .containsExactly(new StoredFile("three", 3), new StoredFile("two", 2));
    assertThat(store.list("a", name -> false)).isEmpty();
    assertThat(store.list("nowhere", name -> true)).isEmpty();
  }

  @Test
  void readsBackWhatWasWrittenWithItsLength() throws IOException {
    byte[] large = new byte[300_000];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i * 31);
    }
    store.createUnique("large", out -> out.write(large));
    store.createExclusive("empty", new byte[0]);

    try (StoredInput input = store.open("large")) {
      assertThat(input.length()).isEqualTo(large.length);
      assertThat(input.stream().readAllBytes()).isEqualTo(large);
    }
    assertThat(read("empty")).isEmpty();
  }

  @Test
  void tellsWhenAFileWasWrittenOrThatItCannotTell() throws IOException {
    write("a/file", "1");

    assertThat(store.modified("a/missing")).isEmpty();
    store.modified("a/file").ifPresent(time -> assertThat(time).isBefore(Instant.MAX));
  }

  @Test
  void openingAMissingFileSaysSo() {
    assertThatExceptionOfType(FileNotFoundException.class)
        .isThrownBy(() -> store.open("a/missing").close())
        .withMessageContaining("missing");
  }

  @Test
  void fileIsInvisibleUntilItIsComplete() throws IOException {
    store.createUnique(
        "dir/file",
        out -> {
          out.write(new byte[100_000]);
          out.flush();
          assertThat(store.exists("dir/file")).isFalse();
          assertThat(store.list("dir")).isEmpty();
        });

    assertThat(store.exists("dir/file")).isTrue();
    assertThat(store.list("dir")).containsExactly(new StoredFile("file", 100_000));
  }

  @Test
  void whatIsBegunIsToldAndCanBeRemovedOnlyByItsHiddenName() throws IOException {
    List<StoredFile> begun = new ArrayList<>();
    store.createUnique(
        "dir/file",
        out -> {
          out.write(new byte[100_000]);
          out.flush();
          begun.addAll(store.unfinished("dir", Instant.MAX));
          assertThat(store.unfinished("dir", Instant.now().minusSeconds(3600))).isEmpty();
        });

    // Where a file is made under its own name, there is nothing to tell.
    assertThat(begun).hasSizeLessThanOrEqualTo(1);
    assertThat(begun).allMatch(file -> UnfinishedFile.isName(file.name()));
    assertThat(store.unfinished("dir", Instant.MAX)).isEmpty();
    assertThat(store.unfinished("nowhere", Instant.MAX)).isEmpty();
    assertThat(store.deleteUnfinished("dir/" + UnfinishedFile.create())).isFalse();
    assertThat(read("dir/file")).hasSize(100_000);
  }

  @Test
  void failedContentLeavesNoFile() throws IOException {
    IOException failure = new IOException("disk full");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                store.createUnique(
                    "dir/file",
                    out -> {
                      out.write(new byte[100_000]);
                      throw failure;
                    }))
        .withMessageContaining("disk full");
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                store.createUnique(
                    "dir/file",
                    out -> {
                      throw new IllegalStateException("content");
                    }));

    assertThat(store.exists("dir/file")).isFalse();
    assertThat(store.list("dir")).isEmpty();
    write("dir/file", "now");
    assertThat(read("dir/file")).isEqualTo("now");
  }

  @Test
  void uniqueFileIsNeverReplaced() throws IOException {
    write("dir/file", "first");

    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> write("dir/file", "second"));
    assertThat(read("dir/file")).isEqualTo("first");
    assertThat(store.list("dir")).hasSize(1);
  }

  @Test
  void exclusiveCreationSucceedsOnce() throws IOException {
    assertThat(store.createExclusive("m/1", bytes("first"))).isTrue();
    assertThat(store.createExclusive("m/1", bytes("second"))).isFalse();
    assertThat(store.createExclusive("m/1", bytes("first"))).isFalse();

    assertThat(read("m/1")).isEqualTo("first");
    assertThat(store.list("m")).containsExactly(new StoredFile("1", 5));
  }

  @Test
  void exactlyOneOfManyThreadsCreatesAFile() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < raceRounds(); round++) {
        String name = "race/" + round;
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          byte[] mine = bytes("written by " + thread);
          calls.add(
              () -> {
                start.await();
                return store.createExclusive(name, mine);
              });
        }
        int winner = -1;
        int winners = 0;
        List<Future<Boolean>> results = pool.invokeAll(calls);
        for (int thread = 0; thread < THREADS; thread++) {
          if (results.get(thread).get()) {
            winner = thread;
            winners++;
          }
        }
        assertThat(winners).as("winners of round %d", round).isEqualTo(1);
        assertThat(read(name)).isEqualTo("written by " + winner);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(store.list("race")).hasSize(raceRounds());
  }

  @Test
  void replacingWritesWhatIsThereAndWhatIsNot() throws IOException {
    store.replace("dir/state", bytes("first"));
    assertThat(read("dir/state")).isEqualTo("first");
    store.replace("dir/state", bytes("second, longer"));
    store.replace("dir/state", bytes("third"));

    assertThat(read("dir/state")).isEqualTo("third");
    assertThat(store.list("dir")).containsExactly(new StoredFile("state", 5));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> store.replace("../state", new byte[1]));
  }

  /** Every reader sees one content or the other, whole. */
  @Test
  void readersNeverMissAFileThatIsBeingReplaced() throws Exception {
    String[] contents = {"a".repeat(3000), "b".repeat(50)};
    store.replace("dir/state", bytes(contents[0]));
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<?> writer =
          pool.submit(
              () -> {
                for (int round = 1; round <= raceRounds(); round++) {
                  store.replace("dir/state", bytes(contents[round % 2]));
                }
                return null;
              });
      do {
        try (StoredInput input = store.open("dir/state")) {
          String found = new String(input.stream().readAllBytes(), UTF_8);
          assertThat(found).isIn((Object[]) contents);
        }
      } while (!writer.isDone());
      writer.get();
    } finally {
      pool.shutdownNow();
    }
    assertThat(read("dir/state")).isEqualTo(contents[raceRounds() % 2]);
    assertThat(store.list("dir")).hasSize(1);
  }

  @Test
  void deletesWhatIsThere() throws IOException {
    write("dir/file", "x");

    assertThat(store.delete("dir/file")).isTrue();
    assertThat(store.delete("dir/file")).isFalse();
    assertThat(store.exists("dir/file")).isFalse();
    assertThat(store.list("dir")).isEmpty();
  }

  @Test
  void existsMeansAFileNotADirectory() throws IOException {
    write("dir/file", "x");

    assertThat(store.exists("dir/file")).isTrue();
    assertThat(store.exists("dir")).isFalse();
    assertThat(store.exists("nothing")).isFalse();
  }

  @Test
  void renamesToAFreeNameOnly() throws IOException {
    write("attempts/file", "mine");
    write("results/taken", "theirs");

    store.rename("attempts/file", "results/new/file");

    assertThat(read("results/new/file")).isEqualTo("mine");
    assertThat(store.exists("attempts/file")).isFalse();
    assertThatExceptionOfType(FileNotFoundException.class)
        .isThrownBy(() -> store.rename("attempts/file", "results/again"));
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> store.rename("results/new/file", "results/taken"));
    assertThat(read("results/taken")).isEqualTo("theirs");
    assertThat(read("results/new/file")).isEqualTo("mine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dir/file",
        "dir/.hidden",
        "../.tmp-0c5b8b1e-0000-4000-8000-000000000000",
        "/etc/.tmp-0c5b8b1e-0000-4000-8000-000000000000",
        ".tmp-0c5b8b1e-0000-4000-8000-000000000000",
        "dir/.tmp-0c5b8b1e-0000-4000-8000-000000000000/file"
      })
  void onlyUnfinishedFilesOfARunAreRemovedAsSuch(String path) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> UnfinishedFile.requirePath(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "../up",
        "a/../b",
        "a//b",
        "a/",
        ".hidden",
        "a/.b",
        "a b",
        "file:x",
        "s3://b/x",
        "a\\b",
        "ü",
        "a\nb"
      })
  void refusesPathsThatCouldLeaveTheRun(String path) {
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> store.open(path));
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> store.list(path));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> write(path, "content"));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> store.createExclusive(path, new byte[1]));
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> store.exists(path));
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> store.delete(path));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> store.rename("a", path));
  }

  private void write(String path, String content) throws IOException {
    store.createUnique(path, out -> out.write(bytes(content)));
  }

  private String read(String path) throws IOException {
    try (StoredInput input = store.open(path)) {
      byte[] bytes = input.stream().readAllBytes();
      assertThat(input.length()).isEqualTo(bytes.length);
      return new String(bytes, UTF_8);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
