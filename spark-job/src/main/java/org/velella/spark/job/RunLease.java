package org.velella.spark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CommitFailedException;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonException;

/**
 * Keeps a second driver from taking over a run by mistake while the first is at work. A driver that
 * was killed leaves its lease behind; the next one finds out that it is dead: on the same machine
 * by its process, elsewhere because it does not renew the lease.
 *
 * <p>This is a courtesy: what keeps two writers from harming each other are the commits.
 */
final class RunLease {
  private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);
  private static final String FOLDER = "_run/lease";
  private static final long RENEW_SECONDS = 10;

  /** Longer than any healthy driver goes without renewing. */
  private static final long PATIENCE_SECONDS = 3 * RENEW_SECONDS;

  private static final int LOOKS = 3;

  /** Runs that this process works on. */
  private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

  private final CheckpointStore store;
  private final String owner = UUID.randomUUID().toString();
  private final byte[] content;
  private final ScheduledExecutorService renewer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "velella-lease");
            thread.setDaemon(true);
            return thread;
          });

  /** Guarded by this: the file that holds the lease now. */
  private long renewals;

  private RunLease(CheckpointStore store, String application) {
    this.store = store;
    ProcessHandle process = ProcessHandle.current();
    ObjectNode json =
        CanonicalJson.object()
            .put("host", host())
            .put("pid", process.pid())
            .put("process_started", started(process))
            .put("application", application)
            .put("since", Instant.now().toString());
    content = CanonicalJson.bytes(json);
  }

  /**
   * The lease of a run, until it is closed.
   *
   * @param application Spark's id of it, for people
   * @throws CommitFailedException if another driver is at work there
   */
  static RunLease take(CheckpointStore store, String application, RunListener listener)
      throws IOException {
    return take(store, application, listener, PATIENCE_SECONDS);
  }

  /** As the other, with seconds to wait for a sign of life. */
  static RunLease take(
      CheckpointStore store, String application, RunListener listener, long patience)
      throws IOException {
    if (!OWN.add(store.location())) {
      throw new CommitFailedException(
          "This process works on %s already; wait until that has ended"
              .formatted(store.location()));
    }
    RunLease lease = new RunLease(store, application);
    try {
      lease.requireNoOther(listener, patience);
      lease.write();
      lease.renewer.scheduleWithFixedDelay(
          lease::renew, RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
      return lease;
    } catch (IOException | RuntimeException e) {
      lease.renewer.shutdownNow();
      OWN.remove(store.location());
      throw e;
    }
  }

  private void requireNoOther(RunListener listener, long patience) throws IOException {
    Map<String, JsonNode> found = leases();
    boolean elsewhere = false;
    for (JsonNode lease : found.values()) {
      if (!lease.path("host").asText().equals(host())) {
        elsewhere = true;
      } else if (isAlive(lease)) {
        throw held(lease);
      }
    }
    if (elsewhere) {
      listener.message(
          "Another driver has left a lease on %s; looking for %d s whether it is still at work"
              .formatted(store.location(), patience));
      waitForRenewal(found.keySet(), patience);
    }
    for (String file : found.keySet()) {
      store.delete(FOLDER + "/" + file);
    }
  }

  /** Clocks of other machines are not relied upon: alive is what writes a new file. */
  private void waitForRenewal(Set<String> known, long patience) throws IOException {
    for (long second = 0; second < patience; second++) {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RunFailedException("Interrupted; the same command goes on from there", e);
      }
      for (Map.Entry<String, JsonNode> lease : leases().entrySet()) {
        if (!known.contains(lease.getKey())) {
          throw held(lease.getValue());
        }
      }
    }
  }

  private CommitFailedException held(JsonNode lease) {
    return new CommitFailedException(
        "Another driver works on %s: process %s on %s, application %s, since %s; wait until it has ended, or stop it"
            .formatted(
                store.location(),
                lease.path("pid").asText(),
                lease.path("host").asText(),
                lease.path("application").asText(),
                lease.path("since").asText()));
  }

  /** All leases by the names of their files. */
  private Map<String, JsonNode> leases() throws IOException {
    Map<String, JsonNode> leases = new TreeMap<>();
    boolean renewed = true;
    // A file that vanishes while one looks has most likely been renewed.
    for (int look = 0; renewed && look < LOOKS; look++) {
      leases.clear();
      renewed = false;
      for (CheckpointStore.StoredFile file : store.list(FOLDER)) {
        try (CheckpointStore.StoredInput input = store.open(FOLDER + "/" + file.name())) {
          byte[] json = input.stream().readAllBytes();
          leases.put(file.name(), CanonicalJson.parse(json, file.name()));
        } catch (FileNotFoundException e) {
          renewed = true;
        } catch (JsonException e) {
          leases.put(file.name(), CanonicalJson.object());
        }
      }
    }
    return leases;
  }

  /** Whether it is another process of this machine; what this one works on is known anyway. */
  private static boolean isAlive(JsonNode lease) {
    return ProcessHandle.of(lease.path("pid").asLong())
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(ProcessHandle::isAlive)
        .filter(process -> started(process).equals(lease.path("process_started").asText()))
        .isPresent();
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  private String file(long number) {
    return "%s/%s-%08d.json".formatted(FOLDER, owner, number);
  }

  private void write() throws IOException {
    store.createExclusive(file(renewals), content);
  }

  /** There is a file at any moment: the new one comes before the old one goes. */
  private synchronized void renew() {
    try {
      store.createExclusive(file(renewals + 1), content);
      renewals++;
      store.delete(file(renewals - 1));
    } catch (IOException | RuntimeException e) {
      // An exception would end the renewals, and others would take this driver for dead.
      LOG.warn("Could not renew the lease on {}: {}", store.location(), e.getMessage());
    }
  }

  /** Lets others work on the run. */
  void close() {
    renewer.shutdownNow();
    synchronized (this) {
      try {
        store.delete(file(renewals));
      } catch (IOException e) {
        LOG.warn("Could not give back the lease on {}: {}", store.location(), e.getMessage());
      }
    }
    OWN.remove(store.location());
  }
}
