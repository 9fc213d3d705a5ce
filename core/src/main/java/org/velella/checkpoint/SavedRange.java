package org.velella.checkpoint;

/**
 * A range file that exists: its length and checksum, and what it says about itself, checked against
 * that checksum and its name.
 */
public record SavedRange(RangeFileRef ref, RangeHeader header) {
  /** The same with an equal run, so that many headers share one. */
  SavedRange withRun(RunIdentity run) {
    return new SavedRange(
        ref,
        new RangeHeader(
            header.name(),
            run,
            header.fromStep(),
            header.parent(),
            header.shared(),
            header.recordings(),
            header.provenance(),
            header.devices()));
  }
}
