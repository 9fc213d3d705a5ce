package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.testkit.CheckpointStoreContract;

class LocalCheckpointStoreTest extends CheckpointStoreContract {
  @TempDir Path directory;

  @Override
  protected CheckpointStore emptyStore() {
    return new LocalCheckpointStore(directory.resolve("run"));
  }

  @Test
  void leavesNoTemporaryFiles() throws IOException {
    CheckpointStore store = emptyStore();
    store.createUnique("a/one", out -> out.write(1));
    store.createExclusive("a/two", new byte[1]);
    store.createExclusive("a/two", new byte[1]);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                store.createUnique(
                    "a/three",
                    out -> {
                      throw new IOException("full");
                    }));

    try (Stream<Path> files = Files.list(directory.resolve("run/a"))) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(names).containsExactly("one", "two");
    }
  }

  @Test
  void ignoresWhatACrashLeftBehind() throws IOException {
    CheckpointStore store = emptyStore();
    store.createUnique("a/whole", out -> out.write(1));
    Files.write(directory.resolve("run/a/.tmp-0c5b8b1e"), new byte[7]);

    assertThat(store.list("a"))
        .extracting(CheckpointStore.StoredFile::name)
        .containsExactly("whole");
  }

  @Test
  void whatAKilledWriterLeftIsToldByItsAgeAndRemoved() throws IOException {
    CheckpointStore store = emptyStore();
    store.createUnique("a/whole", out -> out.write(1));
    String left = UnfinishedFile.create();
    Path file = Files.write(directory.resolve("run/a").resolve(left), new byte[7]);
    Files.write(directory.resolve("run/a/.nfs0001"), new byte[7]);
    Instant then = Instant.parse("2026-01-01T00:00:00Z");
    Files.setLastModifiedTime(file, FileTime.from(then));

    assertThat(store.unfinished("a", then)).isEmpty();
    assertThat(store.unfinished("a", then.plusSeconds(1)))
        .containsExactly(new CheckpointStore.StoredFile(left, 7));
    assertThat(store.deleteUnfinished("a/" + left)).isTrue();
    assertThat(store.deleteUnfinished("a/" + left)).isFalse();
    assertThat(file).doesNotExist();
    assertThat(directory.resolve("run/a/.nfs0001")).exists();
    assertThat(store.exists("a/whole")).isTrue();
  }

  @Test
  void tellsTheAgeOfAFile() throws IOException {
    CheckpointStore store = emptyStore();
    store.createUnique("a/whole", out -> out.write(1));
    Instant then = Instant.parse("2026-01-01T00:00:00Z");
    Files.setLastModifiedTime(directory.resolve("run/a/whole"), FileTime.from(then));

    assertThat(store.modified("a/whole")).contains(then);
  }

  @Test
  void doesNotFollowSymbolicLinks() throws IOException {
    CheckpointStore store = emptyStore();
    store.createUnique("a/whole", out -> out.write(1));
    Path secret = Files.write(directory.resolve("secret"), new byte[3]);
    Files.createSymbolicLink(directory.resolve("run/a/link"), secret);

    assertThat(store.list("a"))
        .extracting(CheckpointStore.StoredFile::name)
        .containsExactly("whole");
    assertThat(store.exists("a/link")).isFalse();
    assertThatExceptionOfType(FileNotFoundException.class)
        .isThrownBy(() -> store.open("a/link").close());
  }

  /** Two drivers begin a run; one finds the other's file, which goes while it looks at it. */
  @Test
  void aFileThatGoesWhileItIsLookedAtWasSomebodyElses() throws IOException {
    emptyStore().createExclusive("a/file", new byte[1]);
    CheckpointStore store =
        disturbed(
            (call, arguments) -> {
              if (call.equals("isSameFile")) {
                Files.delete((Path) arguments[1]);
              }
            });
    assertThat(store.createExclusive("a/file", new byte[2])).isFalse();
    assertThat(store.exists("a/file")).isFalse();
  }

  /** Does something before a call of the file system. */
  @FunctionalInterface
  private interface Disturbance {
    void before(String call, Object[] arguments) throws IOException;
  }

  private CheckpointStore disturbed(Disturbance disturbance) {
    FileOps disk = new DiskFileOps();
    FileOps files =
        (FileOps)
            Proxy.newProxyInstance(
                FileOps.class.getClassLoader(),
                new Class<?>[] {FileOps.class},
                (proxy, method, arguments) -> {
                  disturbance.before(method.getName(), arguments);
                  try {
                    return method.invoke(disk, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new LocalCheckpointStore(directory.resolve("run"), files);
  }

  /**
   * Whoever cleans up has a clock that has jumped a day, and finds what is being written too old.
   */
  @Test
  void whatACleanerTakesFromALivingDriverIsWrittenAgain() throws IOException {
    LocalCheckpointStore cleaner = new LocalCheckpointStore(directory.resolve("run"));
    int[] left = new int[1];
    CheckpointStore store =
        disturbed(
            (call, arguments) -> {
              if ((call.equals("link") || call.equals("replace")) && left[0]-- > 0) {
                Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
                for (CheckpointStore.StoredFile file : cleaner.unfinished("a", tomorrow)) {
                  assertThat(cleaner.deleteUnfinished("a/" + file.name())).isTrue();
                }
              }
            });
    left[0] = 2;
    assertThat(store.createExclusive("a/lease", new byte[] {1})).isTrue();
    left[0] = 2;
    store.replace("a/lease", new byte[] {2});
    assertThat(Files.readAllBytes(directory.resolve("run/a/lease"))).containsExactly(2);
    left[0] = 3;
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.createExclusive("a/other", new byte[1]));
    // What an attempt saves is removed only when nobody wants it, and should not come back.
    left[0] = 1;
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.createUnique("a/state", out -> out.write(1)));
    assertThat(cleaner.list("a")).hasSize(1);
  }

  /** Some file systems tell only then that there was no room. */
  @Test
  void aFileThatCannotBeClosedIsNamed() {
    FileOps disk = new DiskFileOps();
    CheckpointStore store =
        new LocalCheckpointStore(
            directory.resolve("run"),
            (FileOps)
                Proxy.newProxyInstance(
                    FileOps.class.getClassLoader(),
                    new Class<?>[] {FileOps.class},
                    (proxy, method, arguments) -> {
                      Object answer = method.invoke(disk, arguments);
                      return answer instanceof FileOps.NewFile file ? unclosable(file) : answer;
                    }));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> store.createUnique("a/state", out -> out.write(new byte[5])))
        .withMessageContainingAll("a/state", "quota exceeded", "after 5 bytes handed over");
  }

  private static FileOps.NewFile unclosable(FileOps.NewFile file) {
    return new FileOps.NewFile() {
      @Override
      public OutputStream out() {
        return file.out();
      }

      @Override
      public void force() throws IOException {
        file.force();
      }

      @Override
      public void close() throws IOException {
        file.close();
        throw new IOException("quota exceeded");
      }
    };
  }
}
