package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.CommitFailedException;
import org.velella.checkpoint.Selection;
import org.velella.checkpoint.UnknownOutcomeException;
import org.velella.provenance.Secrets;

/**
 * Keeps a second driver from working on samples that a first one works on. Leases are numbered
 * files, each created only if absent, under the number after the highest. The file with the highest
 * number is never removed, only marked as released; so whoever finds its own number to be the
 * highest after creating it has seen every lease that was taken before, and every one that is taken
 * later sees this one. Of drivers that come at the same moment, one gets the number and the others
 * look again.
 *
 * <p>A driver that was killed leaves its lease behind; the next one finds out that it is dead: on
 * the same machine by its process, elsewhere because it does not renew the lease. A driver that
 * lives but cannot renew for that long is taken for dead, too. Then two work on the same samples,
 * and the commits, which only one of them can win, keep the run whole.
 */
final class RunLease {
  private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);
  static final String FOLDER = "_run/lease";
  private static final Pattern NAME = Pattern.compile("\\d{20}\\.json");
  private static final long RENEW_SECONDS = 10;

  /** Longer than any healthy driver goes without renewing. */
  private static final long PATIENCE_SECONDS = 3 * RENEW_SECONDS;

  private static final int ATTEMPTS = 100;

  /** Owners of the leases that this process holds. */
  private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

  private final CheckpointStore store;
  private final RunListener listener;

  /** Leases that were looked at for long enough, as {@link #sign} has them. */
  private final Set<String> silent = new HashSet<>();

  private final ScheduledExecutorService renewer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "velella-lease");
            thread.setDaemon(true);
            return thread;
          });

  private final String owner;

  /** Guarded by this, as are its number and whether it was given back. */
  private LeaseRecord own;

  private long number;
  private boolean closed;

  private RunLease(CheckpointStore store, LeaseRecord own, RunListener listener) {
    this.store = store;
    this.own = own;
    owner = own.owner();
    this.listener = listener;
  }

  /**
   * The lease of some samples of a run, until it is closed.
   *
   * @param application Spark's id of it, for people
   * @throws CommitFailedException if another driver is at work on some of the samples
   */
  static RunLease take(
      CheckpointStore store, String application, Selection selection, RunListener listener)
      throws IOException {
    return take(store, application, selection, listener, PATIENCE_SECONDS);
  }

  /** As the other, with seconds to wait for a sign of life. */
  static RunLease take(
      CheckpointStore store,
      String application,
      Selection selection,
      RunListener listener,
      long patience)
      throws IOException {
    RunLease lease = new RunLease(store, LeaseRecord.own(application, selection), listener);
    OWN.add(lease.owner);
    try {
      lease.take(patience);
      lease.renewer.scheduleWithFixedDelay(
          lease::renew, RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
      return lease;
    } catch (IOException | RuntimeException e) {
      // It may be there by now, and others would take it for that of a driver at work.
      lease.close();
      throw e;
    }
  }

  private synchronized void take(long patience) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      SortedMap<Long, LeaseRecord> found = leases();
      requireNoOther(found, patience);
      number = found.isEmpty() ? 1 : found.lastKey() + 1;
      if (!create()) {
        continue;
      }
      if (leases().lastKey() == number) {
        removeEnded(found);
        return;
      }
      // What was found had been overtaken already, so it says nothing.
      store.delete(file(number));
    }
    throw new CommitFailedException(
        "Too many drivers begin to work on %s at once; run the same command again"
            .formatted(store.location()));
  }

  private boolean create() throws IOException {
    try {
      if (store.createExclusive(file(number), own.bytes())) {
        return true;
      }
    } catch (UnknownOutcomeException e) {
      // It may be there all the same.
    }
    // A call that was tried again may have found what it had made itself.
    LeaseRecord there = leases().get(number);
    return there != null && there.owner().equals(owner);
  }

  /** Throws if somebody works on these samples; returns once nobody can be any more. */
  private void requireNoOther(SortedMap<Long, LeaseRecord> found, long patience)
      throws IOException {
    SortedMap<Long, LeaseRecord> doubtful = new TreeMap<>();
    for (Map.Entry<Long, LeaseRecord> entry : found.entrySet()) {
      LeaseRecord lease = entry.getValue();
      if (!concerns(lease) || silent.contains(sign(lease))) {
        continue;
      }
      if (!lease.isOfThisHost()) {
        doubtful.put(entry.getKey(), lease);
      } else if (isAlive(lease)) {
        throw held(lease);
      }
    }
    if (!doubtful.isEmpty()) {
      listener.message(
          "Another driver has left a lease on %s; looking for %d s whether it is still at work"
              .formatted(store.location(), patience));
      waitForRenewal(doubtful, patience);
      doubtful.values().forEach(lease -> silent.add(sign(lease)));
    }
  }

  private boolean concerns(LeaseRecord lease) {
    return !lease.released() && lease.selection().intersects(own.selection());
  }

  private static boolean isAlive(LeaseRecord lease) {
    return lease.isOfThisProcess() ? OWN.contains(lease.owner()) : lease.isRunning();
  }

  private static String sign(LeaseRecord lease) {
    return lease.owner() + " " + lease.renewals();
  }

  /** Clocks of other machines are not relied upon: alive is what renews its lease. */
  private void waitForRenewal(SortedMap<Long, LeaseRecord> known, long patience)
      throws IOException {
    for (long second = 0; second < patience; second++) {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RunFailedException("Interrupted; the same command goes on from there", e);
      }
      SortedMap<Long, LeaseRecord> now = leases();
      for (Map.Entry<Long, LeaseRecord> entry : known.entrySet()) {
        LeaseRecord lease = now.get(entry.getKey());
        if (lease != null && !lease.released() && !sign(lease).equals(sign(entry.getValue()))) {
          throw held(lease);
        }
      }
    }
  }

  private CommitFailedException held(LeaseRecord lease) {
    if (lease.isOfThisProcess()) {
      return new CommitFailedException(
          "This process works on %s of %s already; wait until that has ended"
              .formatted(lease.selection(), store.location()));
    }
    return new CommitFailedException(
        "Another driver works on %s of %s: %s; wait until it has ended, or stop it"
            .formatted(lease.selection(), store.location(), lease.text()));
  }

  /** All leases by their numbers. */
  private SortedMap<Long, LeaseRecord> leases() throws IOException {
    SortedMap<Long, LeaseRecord> leases = new TreeMap<>();
    for (CheckpointStore.StoredFile file : store.list(FOLDER)) {
      if (NAME.matcher(file.name()).matches()) {
        LeaseRecord lease = read(FOLDER + "/" + file.name());
        if (lease != null) {
          leases.put(Long.parseLong(file.name().substring(1, 20)), lease);
        }
      }
    }
    return leases;
  }

  private LeaseRecord read(String file) throws IOException {
    try (CheckpointStore.StoredInput input = store.open(file)) {
      return LeaseRecord.of(input.stream().readAllBytes(), file);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  private static String file(long number) {
    return "%s/%020d.json".formatted(FOLDER, number);
  }

  /** Those below the own number are no longer needed once nobody holds them. */
  private void removeEnded(SortedMap<Long, LeaseRecord> found) throws IOException {
    for (Map.Entry<Long, LeaseRecord> entry : found.entrySet()) {
      LeaseRecord lease = entry.getValue();
      boolean dead = lease.isOfThisHost() && !isAlive(lease);
      if (lease.released() || dead || silent.contains(sign(lease))) {
        store.delete(file(entry.getKey()));
      }
    }
  }

  /** Shows that this driver is alive, if it has not given the lease back. */
  synchronized void renew() {
    if (closed) {
      return;
    }
    try {
      LeaseRecord there = read(file(number));
      if (there == null || !there.owner().equals(owner)) {
        LOG.warn(
            "The lease on {} is gone: this driver was taken for dead. If another one works on the same samples, one of the two will stop",
            where());
        renewer.shutdown();
        return;
      }
      own = own.renewed();
      store.replace(file(number), own.bytes());
    } catch (IOException | RuntimeException e) {
      // An exception would end the renewals, and others would take this driver for dead.
      LOG.warn("Could not renew the lease on {}: {}", where(), hidden(e));
    }
  }

  /** The drivers that hold leases of a run or have left them behind, in words. */
  static List<String> holders(CheckpointStore store) throws IOException {
    return left(store).map(LeaseRecord::text).toList();
  }

  /**
   * Whether another driver may be at work on a run: it has a lease, and is not known to be dead.
   *
   * @param mine null if there is none
   */
  static boolean isHeldByOthers(CheckpointStore store, RunLease mine) throws IOException {
    return left(store)
        .filter(lease -> mine == null || !lease.owner().equals(mine.owner))
        .anyMatch(lease -> !lease.isOfThisHost() || isAlive(lease));
  }

  private static Stream<LeaseRecord> left(CheckpointStore store) throws IOException {
    RunLease onlooker =
        new RunLease(store, LeaseRecord.own("", Selection.all()), RunListener.SILENT);
    onlooker.renewer.shutdownNow();
    return onlooker.leases().values().stream().filter(lease -> !lease.released());
  }

  /**
   * The lease of all samples, if nobody holds a lease of this run, of whatever samples, or has left
   * one.
   */
  static Optional<RunLease> takeAlone(CheckpointStore store, String application)
      throws IOException {
    if (!holders(store).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(take(store, application, Selection.all(), RunListener.SILENT));
    } catch (CommitFailedException e) {
      return Optional.empty();
    }
  }

  /** Lets others work on the samples. */
  void close() {
    renewer.shutdown();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      try {
        Uninterrupted.run(this::giveBack);
      } catch (IOException | RuntimeException e) {
        LOG.warn("Could not give back the lease on {}: {}", where(), hidden(e));
      }
    }
    OWN.remove(owner);
  }

  private void giveBack() throws IOException {
    LeaseRecord there = read(file(number));
    if (there != null && there.owner().equals(owner)) {
      release();
    }
  }

  private String where() {
    return Secrets.hide(store.location());
  }

  private static String hidden(Exception e) {
    return Secrets.hide(String.valueOf(e.getMessage()));
  }

  private void release() throws IOException {
    if (leases().lastKey() > number) {
      store.delete(file(number));
    } else {
      store.replace(file(number), own.ended().bytes());
    }
  }
}
