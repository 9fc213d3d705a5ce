package org.velella.spark.job;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.GarbageCollector;
import org.velella.provenance.Secrets;

/** Keeps a run's directory small while a driver works on it. Used by one thread. */
final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /** Of the driver's time, so that a large run is not held up by cleaning. */
  private static final double MOST_CLEANING = 0.1;

  private final CheckpointStore store;
  private final GarbageCollector collector;
  private final List<String> passed = new ArrayList<>();

  /**
   * What the newest commit has left behind. It leads from the states of the manifest before to
   * those of the newest, and stays as long as that one may turn out to be damaged.
   */
  private List<String> newest = List.of();

  private long notBefore = System.nanoTime();

  Retention(CheckpointStore store, int keep) {
    this.store = store;
    collector = new GarbageCollector(store, keep);
  }

  /**
   * After a commit: removes what was listed and no longer is, unless it just did.
   *
   * @param files what else the commit has left behind; it goes after the next one
   */
  void afterCommit(List<String> files) {
    passed.addAll(newest);
    newest = files;
    long begun = System.nanoTime();
    if (begun - notBefore >= 0) {
      superseded();
      long taken = System.nanoTime() - begun;
      notBefore = System.nanoTime() + (long) (taken / MOST_CLEANING);
    }
  }

  /** Removes what was listed and no longer is. */
  void superseded() {
    try {
      collector.remove(collector.superseded(passed));
      passed.clear();
    } catch (IOException | CheckpointException e) {
      tell(e);
    }
  }

  /**
   * When the run is complete and this driver has given its lease back: removes what lost attempts
   * have left, unless another driver may be at work, whose tasks save what no manifest lists yet.
   * None begins meanwhile.
   */
  void everything(String application) {
    try {
      RunLease lease = RunLease.takeAlone(store, application + " (cleaning)").orElse(null);
      if (lease != null) {
        try {
          collector.remove(RunCleaning.everything(collector, Instant.MAX));
        } finally {
          lease.close();
        }
      }
    } catch (IOException | CheckpointException e) {
      tell(e);
    }
  }

  /** What is not removed now costs space and nothing else. */
  private static void tell(Exception e) {
    LOG.warn("Could not remove old files: {}", Secrets.hide(String.valueOf(e.getMessage())));
  }
}
