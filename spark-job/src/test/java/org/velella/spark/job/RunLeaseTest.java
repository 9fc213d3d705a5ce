package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.velella.checkpoint.CommitFailedException;
import org.velella.spark.TestRuns;
import org.velella.testkit.MemoryCheckpointStore;

class RunLeaseTest {
  private static final String HERE = "_run/lease/0-00000000.json";

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final List<String> messages = new ArrayList<>();

  private RunLease take(long patience) throws IOException {
    return RunLease.take(store, "app-1", TestRuns.collecting(messages), patience);
  }

  private static byte[] lease(String host, long pid) {
    return "{\"application\":\"app-0\",\"host\":\"%s\",\"pid\":%d,\"since\":\"noon\"}"
        .formatted(host, pid)
        .getBytes(StandardCharsets.UTF_8);
  }

  private List<String> files() throws IOException {
    return store.list("_run/lease").stream().map(file -> file.name()).toList();
  }

  @Test
  void oneHolderAtATime() throws IOException {
    RunLease first = take(0);
    assertThat(files()).hasSize(1);
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> take(0))
        .withMessageContaining("already");
    first.close();
    assertThat(files()).isEmpty();
    take(0).close();
  }

  /** Process 0 is nobody's that a driver could be. */
  @Test
  void deadProcessOfThisMachineHoldsNothing() throws IOException {
    store.createExclusive(HERE, lease(java.net.InetAddress.getLocalHost().getHostName(), 0));
    RunLease lease = take(1000);
    assertThat(files()).hasSize(1).noneMatch(HERE::endsWith);
    assertThat(messages).isEmpty();
    lease.close();
  }

  @Test
  void silentDriverOfAnotherMachineIsTakenForDead() throws IOException {
    store.createExclusive(HERE, lease("elsewhere.example", 7));
    RunLease lease = take(1);
    assertThat(messages).singleElement().asString().contains("still at work");
    assertThat(files()).hasSize(1).noneMatch(HERE::endsWith);
    lease.close();
  }

  /** The other driver renews its lease while this one looks. */
  @Test
  void livingDriverOfAnotherMachineIsLeftAlone() throws IOException {
    store.createExclusive(HERE, lease("elsewhere.example", 7));
    RunListener renewing =
        new RunListener() {
          @Override
          public void message(String line) {
            store.createExclusive("_run/lease/0-00000001.json", lease("elsewhere.example", 7));
            store.delete(HERE);
          }
        };
    assertThatExceptionOfType(CommitFailedException.class)
        .isThrownBy(() -> RunLease.take(store, "app-1", renewing, 1000))
        .withMessageContainingAll("process 7 on elsewhere.example", "app-0", "since noon");
    assertThat(files()).containsExactly("0-00000001.json");
  }
}
