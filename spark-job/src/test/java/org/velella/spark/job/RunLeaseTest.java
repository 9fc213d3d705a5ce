package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.LocalCheckpointStore;
import org.velella.checkpoint.SampleRange;
import org.velella.checkpoint.Selection;
import org.velella.spark.TestRuns;
import org.velella.testkit.MemoryCheckpointStore;
import org.velella.testkit.Seeded;

class RunLeaseTest {
  private static final String HERE = "_run/lease/00000000000000000007.json";
  private static final String NEXT = "00000000000000000008.json";

  @TempDir Path folder;

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final List<String> messages = new ArrayList<>();

  private RunLease take(long patience) throws IOException {
    return take(Selection.all(), patience);
  }

  private RunLease take(Selection selection, long patience) throws IOException {
    return RunLease.take(store, "app-1", selection, TestRuns.collecting(messages), patience);
  }

  private static Selection samples(long lo, long hi) {
    return Selection.of(List.of(new SampleRange(lo, hi)));
  }

  private static byte[] lease(String machine, long pid, long renewals, String more) {
    return ("{\"application\":\"app-0\",\"host\":\"samename\",\"machine\":\"%s\",\"owner\":\"o\",\"pid\":%d,"
            + "\"process_started\":\"\",\"released\":0,\"renewals\":%d%s,\"since\":\"noon\"}")
        .formatted(machine, pid, renewals, more)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Of this boot of this machine and these processes, where Linux tells; else its name. */
  private static String machine() throws IOException {
    if (!Files.exists(Path.of("/proc/sys/kernel/random/boot_id"))) {
      return java.net.InetAddress.getLocalHost().getHostName();
    }
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
        + " "
        + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
  }

  /** As of a container of the same name: that its process is not seen here says nothing. */
  @Test
  void hostsOfTheSameNameAreNotTakenForOne() throws IOException {
    String host = java.net.InetAddress.getLocalHost().getHostName();
    byte[] other = lease("another boot", 0, 0, "");
    store.createExclusive(
        HERE,
        new String(other, StandardCharsets.UTF_8)
            .replace("samename", host)
            .getBytes(StandardCharsets.UTF_8));
    take(0).close();
    assertThat(messages)
        .singleElement()
        .asString()
        .contains("looking for 0 s whether it is still at work");
  }

  private static byte[] elsewhere(long renewals) {
    return lease("elsewhere.example", 7, renewals, "");
  }

  private List<String> files() {
    return store.list("_run/lease").stream().map(file -> file.name()).toList();
  }

  @Test
  void oneHolderAtATime() throws IOException {
    RunLease first = take(0);
    assertThat(files()).containsExactly("00000000000000000001.json");
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> take(0))
        .withMessageContaining("already");
    first.close();
    // It stays, so that its number is not given again.
    assertThat(files()).containsExactly("00000000000000000001.json");
    take(0).close();
    assertThat(files()).containsExactly("00000000000000000002.json");
  }

  /** Its process lives on, so others on this machine would wait for it. */
  @Test
  void aThreadThatIsInterruptedLeavesNoLease(@TempDir Path folder) throws IOException {
    CheckpointStore disk = new LocalCheckpointStore(folder);
    RunLease lease = RunLease.take(disk, "app", Selection.all(), RunListener.SILENT);
    assertThat(RunLease.isHeldByOthers(disk, null)).isTrue();
    assertThat(RunLease.isHeldByOthers(disk, lease)).isFalse();
    Thread.currentThread().interrupt();
    lease.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(RunLease.holders(disk)).isEmpty();
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> RunLease.take(disk, "app", Selection.all(), RunListener.SILENT));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(RunLease.holders(disk)).isEmpty();
  }

  /** As a retried call does whose first try took effect and whose answer was lost. */
  @Test
  void whoFindsItsOwnLeaseHasIt() throws IOException {
    CheckpointStore forgetful =
        (CheckpointStore)
            Proxy.newProxyInstance(
                CheckpointStore.class.getClassLoader(),
                new Class<?>[] {CheckpointStore.class},
                (proxy, method, values) -> {
                  try {
                    Object result = method.invoke(store, values);
                    return method.getName().equals("createExclusive") ? (Object) false : result;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    RunLease lease = RunLease.take(forgetful, "app-1", Selection.all(), RunListener.SILENT, 0);
    assertThat(files()).hasSize(1);
    assertThat(RunLease.holders(store)).hasSize(1);
    lease.close();
    assertThat(RunLease.holders(store)).isEmpty();
  }

  /** A renewal that comes late would make a lease look alive that nobody holds. */
  @Test
  void onlyWhatIsHeldIsRenewed() throws IOException {
    RunLease lease = take(0);
    String file = "_run/lease/" + files().get(0);
    byte[] taken = content(file);
    lease.renew();
    byte[] renewed = content(file);
    assertThat(renewed).isNotEqualTo(taken);
    lease.close();
    byte[] released = content(file);
    assertThat(released).isNotEqualTo(renewed);
    lease.renew();
    assertThat(content(file)).isEqualTo(released);
  }

  private byte[] content(String file) throws IOException {
    try (CheckpointStore.StoredInput input = store.open(file)) {
      return input.stream().readAllBytes();
    }
  }

  @Test
  void driversOfDifferentSamplesHoldTheRunTogether() throws IOException {
    RunLease first = take(samples(0, 8), 0);
    RunLease second = take(samples(8, 12), 0);
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> take(samples(4, 9), 0))
        .withMessageContaining("works on samples [0, 8)");
    assertThatExceptionOfType(CommitFailedException.class).isThrownBy(() -> take(0));
    first.close();
    RunLease third = take(samples(0, 4), 0);
    second.close();
    third.close();
    take(0).close();
    assertThat(files()).hasSize(1);
  }

  /** Process 0 is nobody's that a driver could be. */
  @Test
  void deadProcessOfThisMachineHoldsNothing() throws IOException {
    store.createExclusive(HERE, lease(machine(), 0, 0, ""));
    RunLease lease = take(1000);
    assertThat(files()).containsExactly(NEXT);
    assertThat(messages).isEmpty();
    lease.close();
  }

  /** A process lives in which the clock has jumped since, or in which it has not. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void clockThatJumpsMakesNobodyDead(int days) throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")), "Only Linux tells ticks");
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    String state = Files.readString(Path.of("/proc/" + parent.pid() + "/stat"));
    String ticks = state.replaceFirst("(?s).*\\) ", "").split(" ")[19];
    String started = parent.info().startInstant().orElseThrow().plus(Duration.ofDays(days)) + "";
    String lease =
        new String(lease(machine(), parent.pid(), 0, ""), StandardCharsets.UTF_8)
            .replace(
                "\"process_started\":\"\"",
                "\"process_started\":\"%s\",\"process_ticks\":\"%s\"".formatted(started, ticks));
    store.createExclusive(HERE, lease.getBytes(StandardCharsets.UTF_8));
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> take(0))
        .withMessageContaining("process " + parent.pid());
    // Another process of the same number, which began a tick later.
    String other = lease.replace("\"" + ticks + "\"", "\"" + (Long.parseLong(ticks) + 1) + "\"");
    store.replace(HERE, other.getBytes(StandardCharsets.UTF_8));
    take(0).close();
    assertThat(messages).isEmpty();
  }

  @Test
  void silentDriverOfAnotherMachineIsTakenForDead() throws IOException {
    store.createExclusive(HERE, elsewhere(4));
    RunLease lease = take(1);
    assertThat(messages).singleElement().asString().contains("still at work");
    assertThat(files()).containsExactly(NEXT);
    lease.close();
  }

  /** What cannot be read may be a living driver's, of any samples. */
  @Test
  void unreadableLeaseIsLookedAtForAWhile() throws IOException {
    store.createExclusive(HERE, new byte[] {'{', 7});
    RunLease lease = take(samples(3, 4), 1);
    assertThat(messages).singleElement().asString().contains("still at work");
    assertThat(files()).containsExactly(NEXT);
    lease.close();
  }

  @Test
  void driverOfAnotherMachineAndOtherSamplesIsLeftAlone() throws IOException {
    store.createExclusive(HERE, lease("elsewhere.example", 7, 0, ",\"selection\":[[0,4],[8,12]]"));
    RunLease lease = take(samples(4, 8), 1000);
    assertThat(messages).isEmpty();
    assertThat(files()).hasSize(2);
    lease.close();
    assertThat(files()).hasSize(2);
  }

  /** The other driver renews its lease while this one looks. */
  @Test
  void livingDriverOfAnotherMachineIsLeftAlone() throws IOException {
    store.createExclusive(HERE, elsewhere(4));
    RunListener renewing =
        new RunListener() {
          @Override
          public void message(String line) {
            store.replace(HERE, elsewhere(5));
          }
        };
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> RunLease.take(store, "app-1", Selection.all(), renewing, 1000))
        .withMessageContainingAll("process 7 on samename", "app-0", "since noon");
    assertThat(files()).containsExactly("00000000000000000007.json");
  }

  /** Somebody comes while this one still looks whether an old lease is dead. */
  @Test
  void whoComesFirstToADeadDriversRunHasIt() throws IOException {
    store.createExclusive(HERE, elsewhere(4));
    List<RunLease> taken = new ArrayList<>();
    RunListener overtaking =
        new RunListener() {
          @Override
          public void message(String line) {
            try {
              taken.add(RunLease.take(store, "app-2", Selection.all(), RunListener.SILENT, 0));
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> RunLease.take(store, "app-1", Selection.all(), overtaking, 0))
        .withMessageContaining("already");
    assertThat(files()).containsExactly(NEXT);
    taken.get(0).close();
  }

  @Seeded(times = 3)
  void neverDoTwoHoldTheSameSamples(SplittableRandom random) throws Exception {
    contend(new MemoryCheckpointStore(), random, 300);
    contend(new LocalCheckpointStore(folder.resolve("run" + random.nextInt())), random, 30);
  }

  private static void contend(CheckpointStore store, SplittableRandom random, int rounds)
      throws Exception {
    int drivers = 4;
    int slots = 6;
    AtomicIntegerArray holders = new AtomicIntegerArray(slots);
    AtomicInteger successes = new AtomicInteger();
    AtomicInteger refusals = new AtomicInteger();
    List<Throwable> failures = new ArrayList<>();
    CyclicBarrier together = new CyclicBarrier(drivers);
    List<Thread> threads = new ArrayList<>();
    for (int d = 0; d < drivers; d++) {
      SplittableRandom own = random.split();
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int round = 0; round < rounds; round++) {
                    together.await();
                    int lo = own.nextInt(slots);
                    int hi = lo + 1 + own.nextInt(slots - lo);
                    hold(store, lo, hi, holders, successes, refusals);
                  }
                } catch (Exception | AssertionError e) {
                  together.reset();
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
    assertThat(successes.get()).isGreaterThan(rounds / 2);
    assertThat(refusals.get()).isPositive();
    assertThat(store.list("_run/lease").size()).isLessThan(2 * drivers);
    RunLease.take(store, "last", Selection.all(), RunListener.SILENT, 0).close();
  }

  private static void hold(
      CheckpointStore store,
      int lo,
      int hi,
      AtomicIntegerArray holders,
      AtomicInteger successes,
      AtomicInteger refusals)
      throws IOException {
    RunLease lease;
    try {
      lease = RunLease.take(store, "app", samples(lo, hi), RunListener.SILENT, 0);
    } catch (CommitFailedException e) {
      refusals.incrementAndGet();
      return;
    }
    successes.incrementAndGet();
    for (int slot = lo; slot < hi; slot++) {
      assertThat(holders.incrementAndGet(slot)).isEqualTo(1);
    }
    Thread.yield();
    for (int slot = lo; slot < hi; slot++) {
      holders.decrementAndGet(slot);
    }
    lease.close();
  }
}
