package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.checkpoint.CheckpointCorruptException;
import org.velella.checkpoint.CheckpointTooNewException;
import org.velella.checkpoint.Selection;
import org.velella.provenance.BackendChoice;
import org.velella.provenance.NumericEnvironment;
import org.velella.provenance.RunProvenance;
import org.velella.provenance.Software;
import org.velella.spark.task.SaveCost;
import org.velella.testkit.Seeded;

/** Who begins a run in a directory, and with which network. */
class RunDirectoryTest {
  @TempDir Path folder;

  private RunDirectory directory(String name) {
    return RunDirectory.of(folder.resolve(name).toString(), new Configuration());
  }

  private static RunProvenance provenance(String id, byte[] network) {
    TreeMap<String, String> configuration = new TreeMap<>();
    configuration.put("run.id", id);
    configuration.put("run.network-sha256", RunDirectory.digest(network));
    return new RunProvenance(
        Instant.EPOCH,
        Software.current(),
        NumericEnvironment.current(),
        new BackendChoice("scalar", "for the test", new TreeMap<>()),
        "norse",
        1e-4,
        0,
        new TreeMap<>(),
        configuration);
  }

  private static List<String> files(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theFirstRunStaysWhateverComesAfterIt() throws IOException {
    byte[] mine = {1, 2, 3};
    byte[] theirs = {4, 5};
    directory("run").create(provenance("mine", mine), mine);
    directory("run").create(provenance("theirs", theirs), theirs);
    RunDirectory run = directory("run");
    assertThat(run.spec().runId()).isEqualTo("mine");
    assertThat(run.networkBytes(run.spec().networkDigest())).isEqualTo(mine);
    // SHA-256 of the bytes 1, 2, 3.
    assertThat(files(folder.resolve("run/_run")))
        .containsExactly(
            "network-039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81.safetensors",
            "run.json");
  }

  /** A driver that stopped before there was a run leaves a network that disturbs nobody. */
  @Test
  void aNetworkWithoutARunIsNoRun() throws IOException {
    Path home = Files.createDirectories(folder.resolve("run/_run"));
    Files.write(home.resolve("network-" + "0".repeat(64) + ".safetensors"), new byte[] {9});
    RunDirectory run = directory("run");
    run.requireFree();
    assertThat(run.hasRun()).isFalse();
    byte[] network = {1};
    run.create(provenance("mine", network), network);
    assertThat(run.networkBytes(run.spec().networkDigest())).isEqualTo(network);
  }

  @Test
  void aDamagedOrLostNetworkIsRefused() throws IOException {
    byte[] network = {1, 2, 3};
    RunDirectory run = directory("run");
    run.create(provenance("mine", network), network);
    String digest = run.spec().networkDigest();
    Path file = folder.resolve("run/_run/network-" + digest + ".safetensors");
    Files.write(file, new byte[] {1, 2, 4});
    // SHA-256 of the bytes 1, 2, 4.
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> run.networkBytes(digest))
        .withMessageContainingAll(
            "damaged",
            file.getFileName().toString(),
            "SHA-256 d4b29a968c40173638ded8d174c86957afa211be479cee020dba5dfe127d91ca",
            "restore it from a copy");
    Files.delete(file);
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> run.networkBytes(digest))
        .withMessageContainingAll("lost", file.getFileName().toString(), "restore it from a copy");
  }

  @Test
  void aDamagedOrLostRunFileIsNoMistakeOfTheUser() throws IOException {
    byte[] network = {1, 2, 3};
    RunDirectory run = directory("run");
    run.create(provenance("mine", network), network);
    Path file = folder.resolve("run/_run/run.json");
    String sound = Files.readString(file);
    for (String changed : List.of(sound.replace("mine", "mime"), sound.substring(9), "")) {
      Files.writeString(file, changed);
      assertThatExceptionOfType(CheckpointCorruptException.class)
          .isThrownBy(run::spec)
          .withMessageContainingAll(run.location(), "restore _run/run.json from a copy");
    }
    Files.writeString(file, sound.replace("\"major\":1", "\"major\":2"));
    assertThatExceptionOfType(CheckpointTooNewException.class)
        .isThrownBy(run::spec)
        .withMessageContainingAll(run.location(), "version 2.", "use a newer Velella");

    // Without a checkpoint, it is a run that has not begun.
    Files.delete(file);
    assertThat(run.hasLostRun()).isFalse();
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(run::spec)
        .withMessageContaining("is not a run");
    Path manifests = Files.createDirectories(folder.resolve("run/checkpoint/manifests"));
    Files.write(manifests.resolve("any"), network);
    assertThat(run.hasLostRun()).isTrue();
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(run::spec)
        .withMessageContainingAll("lost its _run/run.json", "restore it from a copy");
    assertThatExceptionOfType(CheckpointCorruptException.class).isThrownBy(run::requireFree);
    assertThat(directory("none").hasLostRun()).isFalse();
    assertThat(directory("run/checkpoint/manifests/any").hasLostRun()).isFalse();
  }

  @Test
  void aDamagedStatusSaysSo() throws IOException {
    RunDirectory run = directory("run");
    assertThat(run.lastStatus()).isEmpty();
    Path file = Files.createDirectories(folder.resolve("run/_run")).resolve("status.json");
    for (String text : List.of("{\"state\":\"fin", "[]", "\u0000")) {
      Files.writeString(file, text);
      assertThat(run.lastStatus().orElseThrow().path("state").asText()).isEqualTo("unknown");
      assertThat(run.lastStatus().orElseThrow().path("detail").asText())
          .contains("_run/status.json is damaged");
    }
  }

  private Path status() throws IOException {
    return Files.createDirectories(folder.resolve("run/_run")).resolve("status.json");
  }

  private static String state(RunDirectory run) {
    return run.lastStatus().orElseThrow().path("state").asText();
  }

  /** With all else as it was. */
  @Test
  void aRunThatEndsSaysHow() throws IOException {
    RunDirectory run = directory("run");
    run.ended("interrupted", "the end");
    assertThat(run.lastStatus()).as("a status is a sign of a manifest").isEmpty();
    Path file = status();
    Files.writeString(file, "{\"state\":\"running\",\"ranges\":7,\"detail\":\"\"}");
    run.leave("the end");
    JsonNode status = run.lastStatus().orElseThrow();
    assertThat(status.path("state").asText()).isEqualTo("interrupted");
    assertThat(status.path("ranges").asInt()).isEqualTo(7);
    assertThat(status.path("detail").asText()).isEqualTo("the end");
    assertThat(Instant.parse(status.path("at").asText())).isBefore(Instant.now().plusSeconds(60));
    run.ended("failed", "what the process does before it ends");
    assertThat(state(run)).as("once it has left").isEqualTo("interrupted");
  }

  /** Numbers of a status that was read are of other types than those of one that was made. */
  @Test
  void aDriverThatLeavesSaysSoOverItsOwnStatus() throws IOException {
    status();
    RunDirectory run = directory("run");
    RunProgress.Work work = new RunProgress.Work("samples", 7, 2, 0, 0);
    RunProgress progress = new RunProgress(work, 4, 1, 700, 200, 0, 1);
    run.status(
        new RunStatus(
            "running",
            Instant.EPOCH,
            100,
            progress,
            "",
            RunStatus.UNKNOWN,
            SaveCost.NONE,
            new TreeMap<>()));
    run.leave("the end");
    assertThat(state(run)).isEqualTo("interrupted");
    assertThat(run.lastStatus().orElseThrow().path("target_steps").asLong()).isEqualTo(100);
  }

  /** Storage fails a thread that is interrupted, but not its last words. */
  @Test
  void aThreadThatIsInterruptedSaysSo() throws IOException {
    Files.writeString(status(), "{\"state\":\"running\"}");
    RunDirectory run = directory("run");
    Thread.currentThread().interrupt();
    run.ended("interrupted", "the end");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(state(run)).isEqualTo("interrupted");
  }

  @Test
  void whyThisProcessHasFailedStands() throws IOException {
    Files.writeString(status(), "{\"state\":\"running\"}");
    RunDirectory run = directory("run");
    run.ended("failed", "the reason");
    run.leave("the end");
    assertThat(state(run)).isEqualTo("failed");
    assertThat(run.lastStatus().orElseThrow().path("detail").asText()).isEqualTo("the reason");
    // What an earlier process has failed with is past.
    RunDirectory later = directory("run");
    later.ended("interrupted", "the end");
    assertThat(state(later)).isEqualTo("interrupted");
  }

  /** Its status says that it works, which is true. */
  @Test
  void whoWaitsForADriverAtWorkDoesNotSpeakForIt() throws IOException {
    Files.writeString(status(), "{\"state\":\"running\"}");
    RunDirectory other = directory("run");
    RunLease held = RunLease.take(other.store(), "app", Selection.all(), RunListener.SILENT);
    directory("run").ended("interrupted", "while it waited");
    assertThat(state(other)).isEqualTo("running");
    RunDirectory holder = directory("run");
    holder.leased(held);
    holder.ended("interrupted", "who works");
    assertThat(state(other)).isEqualTo("interrupted");
    Files.writeString(status(), "{\"state\":\"running\"}");
    held.close();
    directory("run").ended("interrupted", "nobody works");
    assertThat(state(other)).isEqualTo("interrupted");
  }

  @Test
  void whatOthersSayOfARunStands() throws IOException {
    Path file = status();
    RunDirectory run = directory("run");
    Files.writeString(file, "{\"state\":\"finished\"}");
    run.ended("failed", "before anything was done with it");
    assertThat(state(run)).isEqualTo("finished");
    Files.writeString(file, "{\"state\":\"running\"}");
    run.ended("failed", "by this process");
    Files.writeString(file, "{\"state\":\"running\",\"detail\":\"another driver\"}");
    run.leave("too late");
    assertThat(state(run)).isEqualTo("running");
  }

  @Test
  void onlyWhereNothingCanLieThereIsNoRunForSure() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[] {1});
    assertThat(directory("file").hasRun()).isFalse();
    assertThat(directory("file/below").hasRun()).isFalse();
    assertThat(directory("a".repeat(300)).hasRun()).isFalse();
    assertThat(directory("none").hasRun()).isFalse();
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> directory("loop").hasRun())
        .withMessageContaining("Cannot look into");
    assertThat(file).exists();
  }

  /** Whatever order they come in, the run that is there has the network it says. */
  @Seeded(times = 50)
  void ofManyDriversAtOnceOneBegins(SplittableRandom random) throws Exception {
    int drivers = 4;
    byte[][] networks = new byte[drivers][];
    for (int d = 0; d < drivers; d++) {
      networks[d] = new byte[] {(byte) random.nextInt(2)};
    }
    String name = "race" + random.nextInt(Integer.MAX_VALUE);
    CyclicBarrier together = new CyclicBarrier(drivers);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int d = 0; d < drivers; d++) {
      int driver = d;
      Thread thread =
          new Thread(
              () -> {
                try {
                  together.await();
                  directory(name)
                      .create(provenance("run" + driver, networks[driver]), networks[driver]);
                } catch (Exception e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    RunDirectory run = directory(name);
    int winner = Integer.parseInt(run.spec().runId().substring(3));
    byte[] network = run.networkBytes(run.spec().networkDigest());
    assertThat(network).isEqualTo(networks[winner]);
    assertThat(Arrays.stream(networks).anyMatch(one -> Arrays.equals(one, network))).isTrue();
    assertThat(files(folder.resolve(name).resolve("_run"))).hasSize(2);
  }
}
