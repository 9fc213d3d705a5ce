package org.velella.checkpoint;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.provenance.Checksums;

/**
 * What a range file says about itself.
 *
 * @param name its own name
 * @param run what it belongs to
 * @param fromStep the step of the parent; 0 without one, or the file's own step for a state that
 *     was brought in from elsewhere
 * @param parent the file of the same range that this one continues
 * @param shared SHA-256 of its shared memories in hexadecimal; empty if there are none
 * @param recordings written by the same attempt for the steps beyond {@code fromStep}
 * @param provenance free-form strings
 * @param devices what the steps from the first one to {@code step} have used of devices
 */
public record RangeHeader(
    RangeFileName name,
    RunIdentity run,
    long fromStep,
    Parent parent,
    String shared,
    List<Recording> recordings,
    SortedMap<String, String> provenance,
    DeviceCounts devices) {
  /**
   * @throws IllegalArgumentException if the steps or the recordings' intervals do not fit each
   *     other
   */
  public RangeHeader {
    recordings = List.copyOf(recordings);
    provenance = Collections.unmodifiableSortedMap(new TreeMap<>(provenance));
    long step = name.step();
    boolean fits =
        parent.isNone() ? fromStep == 0 || fromStep == step : fromStep > 0 && fromStep < step;
    if (!fits) {
      throw new IllegalArgumentException(
          "A file of step %d cannot begin at step %d %s a parent"
              .formatted(step, fromStep, parent.isNone() ? "without" : "with"));
    }
    for (Recording recording : recordings) {
      if (recording.fromStep() < fromStep || recording.toStep() > step) {
        throw new IllegalArgumentException(
            "Recording '%s' of steps %d to %d lies outside steps %d to %d"
                .formatted(
                    recording.file(), recording.fromStep(), recording.toStep(), fromStep, step));
      }
    }
  }

  public SampleRange range() {
    return name.range();
  }

  /** Steps done. */
  public long step() {
    return name.step();
  }

  /**
   * A reference to another file by name and checksum.
   *
   * @param file empty for none
   */
  public record Parent(String file, String crc32c) {
    /** No parent. */
    public static final Parent NONE = new Parent("", "");

    /**
     * @throws IllegalArgumentException if the name or the checksum has another form
     */
    public Parent {
      if (!file.isEmpty() || !crc32c.isEmpty()) {
        RangeFileName.require(file);
        Checksums.requireHex(crc32c);
      }
    }

    static Parent of(RangeEntry chain) {
      return chain.current().map(file -> new Parent(file.file(), file.crc32c())).orElse(NONE);
    }

    public boolean isNone() {
      return file.isEmpty();
    }

    boolean isSameAs(RangeFileRef ref) {
      return file.equals(ref.file()) && crc32c.equals(ref.crc32c());
    }
  }
}
