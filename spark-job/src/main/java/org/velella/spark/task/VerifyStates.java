package org.velella.spark.task;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.velella.checkpoint.Adoption;
import org.velella.checkpoint.CheckpointException;
import org.velella.checkpoint.CheckpointStore;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RunIdentity;
import org.velella.spark.store.RunStores;

/**
 * Of ranges as {@link RangeEntry#bytes} has them, the first samples of those that cannot be gone on
 * from as they are, by all bytes of their newest file and their recordings; why, the driver finds
 * out.
 */
public final class VerifyStates implements FlatMapFunction<Iterator<byte[]>, Long> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<TaskSpec> run;

  public VerifyStates(Broadcast<TaskSpec> run) {
    this.run = run;
  }

  @Override
  public Iterator<Long> call(Iterator<byte[]> ranges) throws IOException {
    TaskSpec spec = run.value();
    CheckpointStore store =
        RunStores.open(URI.create(spec.runDirectory()), spec.conf().toConfiguration());
    RunIdentity identity = ExecutorRuntime.of(spec).identity();
    List<Long> damaged = new ArrayList<>();
    while (ranges.hasNext()) {
      RangeEntry range = RangeEntry.of(ranges.next());
      try {
        Adoption.verify(store, identity, range);
      } catch (CheckpointException e) {
        damaged.add(range.range().lo());
      }
    }
    return damaged.iterator();
  }
}
