package org.velella.testkit;

import org.velella.checkpoint.CheckpointStore;

class MemoryCheckpointStoreTest extends CheckpointStoreContract {
  @Override
  protected CheckpointStore emptyStore() {
    return new MemoryCheckpointStore();
  }
}
