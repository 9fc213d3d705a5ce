package org.velella.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.velella.checkpoint.CheckpointStore.StoredFile;

/**
 * The range files that a store lists, by range. The names of a range's files begin alike, so they
 * follow each other in a sorted listing, and one place per range is all that is kept beside it.
 */
final class RangeListing {
  private final List<StoredFile> files;
  private final Map<SampleRange, Integer> firsts = new HashMap<>();

  private RangeListing(List<StoredFile> files) {
    this.files = files;
    SampleRange before = null;
    for (int i = 0; i < files.size(); i++) {
      SampleRange range = range(i);
      if (!range.equals(before)) {
        firsts.put(range, i);
        before = range;
      }
    }
  }

  /**
   * What is there now.
   *
   * @param strangers is told the names that are not those of range files
   */
  static RangeListing of(CheckpointStore store, Consumer<String> strangers) throws IOException {
    List<StoredFile> files = new ArrayList<>();
    for (StoredFile file : store.list(RangeFileName.DIRECTORY)) {
      if (RangeFileName.parse(file.name()).isPresent()) {
        files.add(file);
      } else {
        strangers.accept(file.name());
      }
    }
    return new RangeListing(files);
  }

  /** The files that are there now and wanted; nothing is kept of the others. */
  static RangeListing some(CheckpointStore store, Predicate<RangeFileName> wanted)
      throws IOException {
    return new RangeListing(
        store.list(
            RangeFileName.DIRECTORY, name -> RangeFileName.parse(name).filter(wanted).isPresent()));
  }

  private SampleRange range(int index) {
    return RangeFileName.require(files.get(index).name()).range();
  }

  /** Names and lengths of a range's files by name; empty if it was asked for before. */
  Map<String, Long> take(SampleRange range) {
    Map<String, Long> taken = of(range);
    firsts.remove(range);
    return taken;
  }

  /** Names and lengths of a range's files by name, if it was not taken before. */
  Map<String, Long> of(SampleRange range) {
    Map<String, Long> found = new LinkedHashMap<>();
    for (int i = firsts.getOrDefault(range, files.size());
        i < files.size() && range(i).equals(range);
        i++) {
      found.put(files.get(i).name(), files.get(i).length());
    }
    return found;
  }

  /** The files of ranges that nobody has asked for. */
  List<String> notTaken() {
    List<String> names = new ArrayList<>();
    for (SampleRange range : List.copyOf(firsts.keySet())) {
      names.addAll(take(range).keySet());
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }
}
