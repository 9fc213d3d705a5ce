package org.velella.checkpoint;

import java.util.List;
import java.util.SortedMap;

/**
 * A committed manifest and what is needed to commit the next one.
 *
 * @param crc32c its checksum
 * @param nextVersion the first version that nobody has taken; beyond {@code manifest.version() + 1}
 *     if later manifests are damaged
 * @param warnings damaged manifests that were passed over to find this one, in words
 */
public record ManifestHead(
    Manifest manifest, String crc32c, long nextVersion, List<String> warnings) {
  public ManifestHead {
    warnings = List.copyOf(warnings);
  }

  /**
   * The manifest to commit next, for the same run.
   *
   * @param ranges those of which something has been saved, ascending
   */
  public Manifest successor(
      List<RangeEntry> ranges, long targetSteps, SortedMap<String, String> writer) {
    return successor(ranges, targetSteps, writer, Selection.all());
  }

  /**
   * The manifest to commit next, by a writer that works on a selection. Writers of other ranges may
   * have gone further, so their target stays if it is later.
   *
   * @param ranges those of which something has been saved, ascending, those of others as they are
   *     in {@link #manifest()}
   */
  public Manifest successor(
      List<RangeEntry> ranges,
      long targetSteps,
      SortedMap<String, String> writer,
      Selection selection) {
    long target = selection.isAll() ? targetSteps : Math.max(targetSteps, manifest.targetSteps());
    return successor(ranges, manifest.samples(), target, writer, selection);
  }

  /**
   * The manifest to commit next, by a writer of the whole run, which may have got more samples.
   *
   * @param ranges those of which something has been saved, ascending
   * @param samples as many as there were, or more if those fill whole ranges
   */
  public Manifest extended(
      List<RangeEntry> ranges, long samples, long targetSteps, SortedMap<String, String> writer) {
    return successor(ranges, samples, targetSteps, writer, Selection.all());
  }

  private Manifest successor(
      List<RangeEntry> ranges,
      long samples,
      long targetSteps,
      SortedMap<String, String> writer,
      Selection selection) {
    return new Manifest(
        nextVersion,
        new Manifest.Parent(manifest.version(), crc32c),
        manifest.run(),
        samples,
        targetSteps,
        manifest.rangeSize(),
        writer,
        selection,
        ranges);
  }
}
