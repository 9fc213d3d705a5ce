package org.velella.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.velella.checkpoint.CheckpointStore.StoredInput;
import org.velella.module.MemoryScope;
import org.velella.tensor.Safetensors;
import org.velella.tensor.Tensor;

/**
 * Writes and reads the file that holds a range's state after a step: a safetensors file whose
 * metadata says everything that is needed to use it without a manifest. One CRC32C covers all bytes
 * before the data, among them the CRC32Cs of the data's blocks, so that one number stands for the
 * whole file.
 */
public final class RangeFile {
  private RangeFile() {}

  /**
   * As {@link #write(CheckpointStore, RunIdentity, RangeEntry, RangeState, List, SortedMap,
   * DeviceCounts)}, of a state that no device has computed.
   */
  public static RangeEntry write(
      CheckpointStore store,
      RunIdentity run,
      RangeEntry before,
      RangeState state,
      List<Recording> recordings,
      SortedMap<String, String> provenance)
      throws IOException {
    return write(store, run, before, state, recordings, provenance, DeviceCounts.NONE);
  }

  /**
   * Saves a state that continues a chain; recordings that it lists must be complete beforehand.
   *
   * @param before the chain so far, whose newest file becomes the parent
   * @param state of the same range at a later step
   * @param recordings what this attempt has recorded beyond {@code before.step()} and up to {@code
   *     state.step()}
   * @param provenance free-form strings, such as the backend
   * @param devices what the steps beyond {@code before.step()} have used of devices
   * @return the chain with the new file
   * @throws IllegalArgumentException if the state does not fit the run or the chain
   */
  public static RangeEntry write(
      CheckpointStore store,
      RunIdentity run,
      RangeEntry before,
      RangeState state,
      List<Recording> recordings,
      SortedMap<String, String> provenance,
      DeviceCounts devices)
      throws IOException {
    if (!before.range().equals(state.range()) || state.step() <= before.step()) {
      throw new IllegalArgumentException(
          "A state of range %s at step %d cannot follow range %s at step %d"
              .formatted(state.range(), state.step(), before.range(), before.step()));
    }
    RangeHeader header =
        new RangeHeader(
            RangeFileName.unique(state.range(), state.step()),
            run,
            before.step(),
            RangeHeader.Parent.of(before),
            sharedDigest(run, state),
            recordings,
            provenance,
            before.current().map(RangeFileRef::devices).orElse(DeviceCounts.NONE).plus(devices));
    return before.append(write(store, header, state), recordings);
  }

  /**
   * Saves a state that comes from elsewhere, such as another run, as the beginning of a chain. It
   * counts only once a manifest lists it.
   */
  public static RangeEntry writeRoot(
      CheckpointStore store,
      RunIdentity run,
      RangeState state,
      SortedMap<String, String> provenance)
      throws IOException {
    RangeHeader header =
        new RangeHeader(
            RangeFileName.unique(state.range(), state.step()),
            run,
            state.step(),
            RangeHeader.Parent.NONE,
            sharedDigest(run, state),
            List.of(),
            provenance,
            DeviceCounts.NONE);
    return RangeEntry.fresh(state.range()).append(write(store, header, state), List.of());
  }

  static RangeFileRef write(CheckpointStore store, RangeHeader header, RangeState state)
      throws IOException {
    state.requireFits(header.run());
    Map<String, Tensor> tensors = RangeMetadata.tensors(state);
    BlockChecksums.Computing blocks = new BlockChecksums.Computing();
    Safetensors.Data data = Safetensors.data(tensors);
    data.writeTo(blocks);
    byte[] bytes =
        Safetensors.headerBytes(tensors, RangeMetadata.toMetadata(header, blocks.finish()));
    String crc = OpenedRangeFile.seal(bytes);
    String file = header.name().toString();
    store.createUnique(
        RangeFileName.path(file),
        out -> {
          out.write(bytes);
          data.writeTo(out);
        });
    return new RangeFileRef(
        file,
        header.step(),
        bytes.length + blocks.length(),
        crc,
        header.shared(),
        header.devices());
  }

  /** SHA-256 of the elements of the shared memories in order; empty if there are none. */
  static String sharedDigest(RunIdentity run, RangeState state) throws IOException {
    state.requireFits(run);
    MessageDigest sha256 = sha256();
    boolean any = false;
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), sha256)) {
      for (MemoryEntry entry : run.memories()) {
        if (entry.scope() == MemoryScope.SHARED) {
          any = true;
          Tensor tensor = state.memories().get(entry.name());
          Safetensors.writeData(out, Map.of(entry.name(), tensor));
        }
      }
    }
    return any ? HexFormat.of().formatHex(sha256.digest()) : "";
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /**
   * What a file says about itself, without its data.
   *
   * @param file its name in {@link RangeFileName#DIRECTORY}
   * @throws FileNotFoundException if there is none
   * @throws CheckpointCorruptException if it is damaged
   * @throws CheckpointTooNewException if it needs a newer reader
   */
  public static SavedRange readHeader(CheckpointStore store, String file) throws IOException {
    try (StoredInput input = store.open(RangeFileName.path(file))) {
      return OpenedRangeFile.of(where(store, file), file, input).saved();
    }
  }

  /**
   * Reads a whole file and compares its checksums, keeping nothing.
   *
   * @throws CheckpointCorruptException if it is damaged, missing, or not the file of the reference
   * @throws CheckpointTooNewException if it needs a newer reader
   */
  public static SavedRange verify(CheckpointStore store, RangeFileRef ref) throws IOException {
    try (StoredInput input = openListed(store, ref)) {
      OpenedRangeFile file =
          OpenedRangeFile.of(where(store, ref.file()), ref.file(), input).requireIs(ref);
      file.data().transferTo(OutputStream.nullOutputStream());
      return file.saved();
    }
  }

  /**
   * The state that a file holds, verified.
   *
   * @param run what it must belong to
   * @throws CheckpointMismatchException if it belongs to something else
   * @throws CheckpointCorruptException if it is damaged, missing, or not the file of the reference
   * @throws CheckpointTooNewException if it needs a newer reader
   */
  public static RangeState read(CheckpointStore store, RunIdentity run, RangeFileRef ref)
      throws IOException {
    try (StoredInput input = openListed(store, ref)) {
      OpenedRangeFile file = OpenedRangeFile.of(where(store, ref.file()), ref.file(), input);
      run.requireSame(file.saved().header().run(), file.where());
      return file.requireIs(ref).state();
    }
  }

  private static StoredInput openListed(CheckpointStore store, RangeFileRef ref)
      throws IOException {
    try {
      return store.open(RangeFileName.path(ref.file()));
    } catch (FileNotFoundException e) {
      throw OpenedRangeFile.missing(where(store, ref.file()), e);
    }
  }

  static String where(CheckpointStore store, String file) {
    return store.location() + "/" + RangeFileName.path(file);
  }
}
