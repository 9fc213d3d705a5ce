package org.velella.spark.task;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.velella.checkpoint.RangeFileName;
import org.velella.spark.FaultyBackend;
import org.velella.testkit.ForwardingCheckpointStore;
import org.velella.testkit.MemoryCheckpointStore;

/** A store in memory whose range files come only when they may, or fail. */
final class HeldStore extends ForwardingCheckpointStore {
  final MemoryCheckpointStore files;
  private final Semaphore allowed = new Semaphore(Integer.MAX_VALUE / 2);

  /** Counted down when the first range file wants to come. */
  final CountDownLatch arrived = new CountDownLatch(1);

  /** Chunks that the faulty backend had run when the first range file came; -1 before. */
  volatile long chunksAtFirstSave = -1;

  /** Which range file from now on fails first; 0: none. */
  volatile int failing;

  /** How many fail, one after the other. */
  volatile int failures = 1;

  HeldStore() {
    this(new MemoryCheckpointStore());
  }

  private HeldStore(MemoryCheckpointStore files) {
    super(files);
    this.files = files;
  }

  /** Lets only so many range files come from now on. */
  void allow(int count) {
    allowed.drainPermits();
    allowed.release(count);
  }

  /** Lets all come that wait and will come. */
  void allowAll() {
    allowed.release(Integer.MAX_VALUE / 4);
  }

  private void await() throws IOException {
    arrived.countDown();
    try {
      allowed.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (chunksAtFirstSave < 0) {
      chunksAtFirstSave = FaultyBackend.chunksRun();
    }
  }

  @Override
  public void createUnique(String path, Content content) throws IOException {
    if (path.startsWith(RangeFileName.DIRECTORY)) {
      if (failing > 0 && --failing == 0) {
        failing = --failures > 0 ? 1 : 0;
        throw new IOException("No space left on device");
      }
      await();
    }
    super.createUnique(path, content);
  }
}
