package org.velella.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.module.MemoryList;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A run's newest committed checkpoint, for reading from Java:
 *
 * <pre>{@code
 * MemoryList memories = Checkpoint.open(Path.of("run")).memories();
 * Memories.loadMemories(module, memories);
 * }</pre>
 */
public final class Checkpoint {
  private final CheckpointStore store;
  private final ManifestHead head;

  private Checkpoint(CheckpointStore store, ManifestHead head) {
    this.store = store;
    this.head = head;
  }

  /** As {@link #open(CheckpointStore)}, of a run in a local directory. */
  public static Checkpoint open(Path run) throws IOException {
    return open(new LocalCheckpointStore(run));
  }

  /**
   * The newest sound checkpoint of a run.
   *
   * @throws CheckpointCorruptException if there is none
   * @throws CheckpointTooNewException if it needs a newer Velella
   */
  public static Checkpoint open(CheckpointStore store) throws IOException {
    ManifestHead head =
        new ManifestLog(store)
            .latest()
            .orElseThrow(
                () ->
                    new CheckpointCorruptException(
                        "%s holds no checkpoint: there is no manifest in %s; give the directory that was the run's --output"
                            .formatted(store.location(), ManifestLog.DIRECTORY)));
    return new Checkpoint(store, head);
  }

  public Manifest manifest() {
    return head.manifest();
  }

  /** Damaged manifests that were passed over, in words. */
  public List<String> warnings() {
    return head.warnings();
  }

  /**
   * The state of one range, verified.
   *
   * @param entry one of {@link Manifest#ranges()}
   */
  public RangeState state(RangeEntry entry) throws IOException {
    RangeFileRef file =
        entry
            .current()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Nothing of range %s has been saved yet".formatted(entry.range())));
    return RangeFile.read(store, manifest().run(), file);
  }

  /**
   * The memories of all samples, in the order of {@code extract_memories}: {@code [N, *]}.
   *
   * @throws IllegalStateException if ranges stand at different steps, nothing has been saved, or a
   *     memory of all samples is larger than an array
   */
  public MemoryList memories() throws IOException {
    return MemoryList.of(whole().memories());
  }

  /**
   * The state of all samples as if they were one range.
   *
   * @throws IllegalStateException if ranges stand at different steps, nothing has been saved, or a
   *     memory of all samples is larger than an array
   */
  public RangeState whole() throws IOException {
    requireFitsArrays();
    List<RangeEntry> ranges = manifest().allRanges();
    long step = commonStep(ranges);
    SampleRange range = new SampleRange(0, manifest().samples());
    Map<String, Tensor> memories = allocate(manifest().run().memories(), range.size());
    Map<String, Tensor> accumulators = allocate(manifest().run().accumulators(), range.size());
    Tensor ids = Tensor.zeros(DType.INT64, Shape.of(range.size()));
    for (RangeEntry entry : ranges) {
      RangeState part = state(entry);
      int at = (int) entry.range().lo();
      ids.setRows(at, part.sampleIds());
      copy(manifest().run().memories(), part.memories(), memories, at);
      copy(manifest().run().accumulators(), part.accumulators(), accumulators, at);
    }
    return new RangeState(range, step, ids, memories, accumulators);
  }

  /** Ranges are small enough by themselves; all of them together need not be. */
  private void requireFitsArrays() {
    long samples = manifest().samples();
    List<MemoryEntry> entries = new ArrayList<>(manifest().run().memories());
    entries.addAll(manifest().run().accumulators());
    for (MemoryEntry entry : entries) {
      long most = Integer.MAX_VALUE / Math.max(1, entry.shape().size());
      if (entry.scope() == MemoryScope.PER_SAMPLE && samples > most
          || samples > Integer.MAX_VALUE) {
        throw new IllegalStateException(
            "%s of all %d samples is larger than an array of Java; read range by range, with state()"
                .formatted(entry, samples));
      }
    }
  }

  private long commonStep(List<RangeEntry> ranges) {
    if (ranges.isEmpty()) {
      throw new IllegalStateException(store.location() + " is a run without samples");
    }
    RangeEntry first = ranges.get(0);
    for (RangeEntry entry : ranges) {
      if (entry.step() != first.step() || entry.step() == 0) {
        throw new IllegalStateException(
            "In %s, range %s is at step %d and range %s at step %d; resume the run so that all ranges reach the same step"
                .formatted(
                    store.location(), first.range(), first.step(), entry.range(), entry.step()));
      }
    }
    return first.step();
  }

  private static Map<String, Tensor> allocate(List<MemoryEntry> entries, int samples) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (MemoryEntry entry : entries) {
      tensors.put(entry.name(), Tensor.zeros(entry.dtype(), entry.storedShape(samples)));
    }
    return tensors;
  }

  /** Shared memories are equal in all ranges, as the manifest has checked; any copy will do. */
  private static void copy(
      List<MemoryEntry> entries, Map<String, Tensor> from, Map<String, Tensor> to, int at) {
    for (MemoryEntry entry : entries) {
      Tensor part = from.get(entry.name());
      if (entry.scope() == MemoryScope.PER_SAMPLE) {
        to.get(entry.name()).setRows(at, part);
      } else {
        to.put(entry.name(), part);
      }
    }
  }
}
