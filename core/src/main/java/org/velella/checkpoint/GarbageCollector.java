package org.velella.checkpoint;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.checkpoint.CheckpointStore.StoredFile;
import org.velella.checkpoint.Garbage.GarbageFile;

/**
 * Finds and removes the files of a run that nothing needs any more: manifests older than the newest
 * few, and range files, parts and recordings that none of these lists. The newest manifests, at
 * least two, and all that they list stay whatever happens, so a damaged file or manifest can still
 * be fallen back from.
 */
public final class GarbageCollector {
  private static final int LEAST_MANIFESTS = 2;

  private final CheckpointStore store;
  private final ManifestFiles manifests;
  private final int keep;

  /**
   * @param keep how many manifests stay, but never fewer than two; the number that {@link Adoption}
   *     is given for files
   */
  public GarbageCollector(CheckpointStore store, int keep) {
    this.store = store;
    this.keep = Math.max(keep, LEAST_MANIFESTS);
    manifests = new ManifestFiles(store);
  }

  /** As {@link #superseded(Collection)}, for whoever has not watched the run. */
  public Garbage superseded() throws IOException {
    return superseded(List.of());
  }

  /**
   * What may go while drivers and tasks work on the run: files that a manifest has listed and the
   * newest ones no longer do. A file that no manifest has ever listed may be one that an attempt
   * has just saved, so it is left alone, but for those that are known to be passed by.
   *
   * @param passed range files as of {@link Adoption#takePassed}
   * @throws CheckpointTooNewException if a manifest needs a newer reader
   */
  public Garbage superseded(Collection<String> passed) throws IOException {
    History history = new History();
    passed.forEach(file -> history.addOld(RangeFileName.path(file)));
    Plan plan = new Plan(history, Instant.MIN);
    for (String directory : history.directories()) {
      plan.addDirectory(directory);
    }
    plan.addManifests();
    return plan.garbage();
  }

  /**
   * What may go when no driver and no task works on the run: in addition, what no manifest has ever
   * listed, such as the files of lost attempts. Saved states that resuming would adopt are no
   * garbage.
   *
   * @param recordings directories in which attempts record, such as {@code _attempts/spikes}
   * @param before files without a manifest go only if they were last changed before this time; if
   *     the store cannot tell, they stay
   * @throws CheckpointException if the run's checkpoint is damaged beyond use or needs a newer
   *     reader
   */
  public Garbage everything(Collection<String> recordings, Instant before) throws IOException {
    return everything(recordings, List.of(), before);
  }

  /**
   * As {@link #everything(Collection, Instant)}, in the directories of published recordings too.
   *
   * @param published directories such as {@code spikes}; only what is named as a {@link
   *     RecordingName} is garbage there, for users may keep files of their own in them
   */
  public Garbage everything(
      Collection<String> recordings, Collection<String> published, Instant before)
      throws IOException {
    History history = new History();
    if (history.newest == 0) {
      return Garbage.NONE;
    }
    Manifest newest = manifests.read(history.newest).manifest();
    history.needed.add(new Adoption(store, keep).adopt(newest, Verification.HEADERS).ranges());
    Plan plan = new Plan(history, before);
    plan.addDirectory(RangeFileName.DIRECTORY);
    for (String directory : recordings) {
      plan.addDirectory(directory);
    }
    for (String directory : published) {
      plan.addPublished(directory);
    }
    plan.addManifests();
    return plan.garbage();
  }

  /**
   * What writers that were killed have left unfinished. A writer that is still at work when its
   * file is removed fails or writes it again, as {@link CheckpointStore#deleteUnfinished} says.
   *
   * @param directories in which to look
   * @param before only what was last changed before this time
   */
  public Garbage unfinished(Collection<String> directories, Instant before) throws IOException {
    List<GarbageFile> files = new ArrayList<>();
    for (String directory : directories) {
      for (StoredFile file : store.unfinished(directory, before)) {
        files.add(new GarbageFile(directory + "/" + file.name(), file.length()));
      }
    }
    return new Garbage(files);
  }

  /**
   * Removes garbage, but for what a manifest lists that was committed since it was found.
   *
   * @return what was removed
   */
  public Garbage remove(Garbage garbage) throws IOException {
    List<GarbageFile> files = garbage.without(new History().needed).files();
    Set<String> removed = ConcurrentHashMap.newKeySet();
    StoreCalls.forEach(
        files.stream().filter(file -> !isManifest(file)).toList(), file -> remove(file, removed));
    // What manifests list goes before them, and they go in their order.
    for (GarbageFile file : files.stream().filter(GarbageCollector::isManifest).toList()) {
      remove(file, removed);
    }
    return new Garbage(files.stream().filter(file -> removed.contains(file.path())).toList());
  }

  private void remove(GarbageFile file, Set<String> removed) throws IOException {
    String path = file.path();
    if (UnfinishedFile.isPath(path) ? store.deleteUnfinished(path) : store.delete(path)) {
      removed.add(path);
    }
  }

  private static boolean isManifest(GarbageFile file) {
    String folder = ManifestLog.DIRECTORY + "/";
    return file.path().startsWith(folder)
        && ManifestFiles.version(file.path().substring(folder.length())).isPresent();
  }

  /**
   * What the manifests of the run list, the newest sound ones, which stay, and those before them. A
   * part that several share is read once.
   */
  private final class History {
    private final Needed needed = new Needed();

    /** The paths that only older manifests list or are made of. */
    private final TreeSet<String> listed = new TreeSet<>();

    private final Set<String> parts = new HashSet<>();
    private long newest;
    private long oldestKept;
    private int kept;

    History() throws IOException {
      for (long version : manifests.versions()) {
        try {
          add(version);
        } catch (CheckpointCorruptException | FileNotFoundException e) {
          // Of a damaged manifest it is not known what it lists, so it cannot call a file garbage.
          continue;
        }
      }
    }

    private void add(long version) throws IOException {
      boolean stays = kept < keep;
      List<ManifestPart> its = manifests.visit(version, parts, stays ? needed::add : this::addOld);
      newest = Math.max(newest, version);
      if (stays) {
        kept++;
        oldestKept = version;
        needed.add(version, its);
      } else {
        its.forEach(part -> addOld(ManifestFiles.path(part.file())));
      }
      its.forEach(part -> parts.add(part.file()));
    }

    private void addOld(List<RangeEntry> ranges) {
      for (RangeEntry entry : ranges) {
        entry.files().forEach(file -> addOld(RangeFileName.path(file.file())));
        for (Recording recording : entry.recordings()) {
          addOld(recording.file());
          addOld(recording.publishedFile());
        }
      }
    }

    private void addOld(String path) {
      if (!needed.has(path)) {
        listed.add(path);
      }
    }

    /** Where range files and recordings lie that only older manifests list. */
    TreeSet<String> directories() {
      TreeSet<String> directories = new TreeSet<>();
      for (String path : listed) {
        int end = path.lastIndexOf('/');
        if (end > 0 && !path.startsWith(ManifestLog.DIRECTORY)) {
          directories.add(path.substring(0, end));
        }
      }
      return directories;
    }

    /** Whether a version is older than enough sound ones. */
    boolean isPast(long version) {
      return kept == keep && version < oldestKept;
    }
  }

  /** Garbage as it is found. */
  private final class Plan {
    private final History history;
    private final Instant before;
    private final List<GarbageFile> files = new ArrayList<>();

    /**
     * @param before files that were never listed are garbage if they are older than this
     */
    Plan(History history, Instant before) {
      this.history = history;
      this.before = before;
    }

    Garbage garbage() {
      return new Garbage(files);
    }

    void addDirectory(String directory) throws IOException {
      for (StoredFile file : store.list(directory)) {
        add(directory + "/" + file.name(), file.length());
      }
    }

    void addPublished(String directory) throws IOException {
      for (StoredFile file : store.list(directory)) {
        if (RecordingName.isName(file.name())) {
          add(directory + "/" + file.name(), file.length());
        }
      }
    }

    private void add(String path, long length) throws IOException {
      if (!history.needed.has(path) && (history.listed.contains(path) || isOld(path))) {
        files.add(new GarbageFile(path, length));
      }
    }

    private boolean isOld(String path) throws IOException {
      if (before.equals(Instant.MIN)) {
        return false;
      }
      return store.modified(path).filter(time -> time.isBefore(before)).isPresent();
    }

    /** Old manifests, damaged ones among them, after the parts that go. */
    void addManifests() throws IOException {
      List<GarbageFile> last = new ArrayList<>();
      for (StoredFile file : store.list(ManifestLog.DIRECTORY)) {
        String path = ManifestFiles.path(file.name());
        OptionalLong version = ManifestFiles.version(file.name());
        if (version.isPresent() && history.isPast(version.getAsLong())) {
          last.add(new GarbageFile(path, file.length()));
        } else if (ManifestPart.isName(file.name())) {
          add(path, file.length());
        }
      }
      files.addAll(last);
    }
  }
}
