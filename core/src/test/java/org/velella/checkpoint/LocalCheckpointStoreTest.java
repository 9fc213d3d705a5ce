package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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
    FileOps disk = new DiskFileOps();
    FileOps racing =
        (FileOps)
            Proxy.newProxyInstance(
                FileOps.class.getClassLoader(),
                new Class<?>[] {FileOps.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("isSameFile")) {
                    Files.delete((Path) arguments[1]);
                  }
                  try {
                    return method.invoke(disk, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    CheckpointStore store = new LocalCheckpointStore(directory.resolve("run"), racing);
    assertThat(store.createExclusive("a/file", new byte[2])).isFalse();
    assertThat(store.exists("a/file")).isFalse();
  }
}
