package org.velella.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.velella.checkpoint.MemoryEntry;
import org.velella.checkpoint.RangeEntry;
import org.velella.checkpoint.RangeFile;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.checkpoint.SampleRange;
import org.velella.module.MemoryList;
import org.velella.module.MemoryScope;
import org.velella.module.MemoryValue;
import org.velella.module.NamedMemory;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Memories that have been in the file of a range. */
public final class StoredMemories {
  private StoredMemories() {}

  /**
   * Writes the memories of a range into a file and reads them back.
   *
   * @param step steps done so far; at least 1
   * @param entries what the run has, in order
   * @param memories one for each entry: {@code [samples, *]}, shared ones {@code [*]}
   * @return what the file holds, in the same order
   */
  public static List<Tensor> reread(
      long step, int samples, List<MemoryEntry> entries, List<Tensor> memories) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      named.put(entries.get(i).name(), memories.get(i));
    }
    RunIdentity run = new RunIdentity("run", new TreeMap<>(), 1, 0, entries, List.of());
    SampleRange range = new SampleRange(0, samples);
    Tensor ids = Tensor.of(Shape.of(samples), new long[samples]);
    RangeState state = new RangeState(range, step, ids, named, Map.of());
    MemoryCheckpointStore store = new MemoryCheckpointStore();
    try {
      RangeEntry written =
          RangeFile.write(store, run, RangeEntry.fresh(range), state, List.of(), new TreeMap<>());
      return RangeFile.read(store, run, written.current().orElseThrow()).memoryList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a file can hold them: no memory is empty or a queue. */
  static boolean fit(MemoryList memories) {
    return memories.stream()
        .map(MemoryValue::kind)
        .noneMatch(kind -> kind == MemoryValue.Kind.EMPTY || kind == MemoryValue.Kind.QUEUE);
  }

  /**
   * The memories of modules, which {@link #fit}, after a file: all of them tensors, since a file
   * does not say what kind each was. Those with an axis for the samples are theirs, others shared
   * by all.
   *
   * @param samples how many, N
   */
  static MemoryList reread(long step, int samples, MemoryList memories) {
    List<MemoryEntry> entries = new ArrayList<>();
    List<Tensor> tensors = new ArrayList<>();
    for (NamedMemory memory : memories.named()) {
      Tensor tensor = memory.value().tensor();
      boolean own = tensor.shape().rank() > 0 && tensor.shape().dim(0) == samples;
      Shape shape = own ? tensor.shape().dropFirst(1) : tensor.shape();
      MemoryScope scope = own ? MemoryScope.PER_SAMPLE : MemoryScope.SHARED;
      entries.add(new MemoryEntry(memory.name(), tensor.dtype(), shape, scope));
      tensors.add(tensor);
    }
    List<Tensor> stored = reread(step, samples, entries, tensors);
    List<NamedMemory> values = new ArrayList<>();
    for (int i = 0; i < stored.size(); i++) {
      values.add(new NamedMemory(entries.get(i).name(), MemoryValue.tensor(stored.get(i))));
    }
    return MemoryList.of(values);
  }
}
