package org.velella.checkpoint;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The ways in which one range's files lead from its beginning, or from what the manifest has of it,
 * to a newest file.
 */
final class RangeChains {
  private final RangeEntry base;
  private final Headers headers;
  private final List<RangeEntry> chains = new ArrayList<>();

  /** Reads headers of files that the manifest does not list. */
  @FunctionalInterface
  interface Headers {
    /** Empty if there is no such file or it is unusable. */
    Optional<SavedRange> header(String file) throws IOException;
  }

  /**
   * @param base the chain of the manifest
   */
  RangeChains(RangeEntry base, Headers headers) {
    this.base = base;
    this.headers = headers;
    for (int count = base.files().size(); count > 0; count--) {
      chains.add(base.first(count));
    }
  }

  /**
   * Adds the chain that ends in a file the manifest does not list.
   *
   * @return why there is none, in words; empty if it was added, or if the file itself is unusable,
   *     which its header's reader tells
   */
  String add(String file) throws IOException {
    Deque<SavedRange> links = new ArrayDeque<>();
    Optional<SavedRange> next = headers.header(file);
    while (next.isPresent()) {
      SavedRange link = next.get();
      RangeHeader header = link.header();
      RangeHeader.Parent parent = header.parent();
      links.addFirst(link);
      if (parent.isNone()) {
        return header.fromStep() == 0
            ? join(List.of(), List.of(), links)
            : "it begins at step %d without a parent".formatted(header.fromStep());
      }
      int listed = base.indexOf(parent.file());
      if (listed >= 0) {
        RangeFileRef ref = base.files().get(listed);
        return parent.isSameAs(ref) && ref.step() == header.fromStep()
            ? join(base.files().subList(0, listed + 1), recordings(ref.step()), links)
            : "its parent %s is not the one in the manifest".formatted(parent);
      }
      next = headers.header(parent.file());
      if (next.isEmpty() && isCutAt(header.fromStep())) {
        List<RangeFileRef> before =
            base.files().stream().filter(ref -> ref.step() <= header.fromStep()).toList();
        return join(before, recordings(header.fromStep()), links);
      }
      if (next.isEmpty() || !continues(next.get(), header)) {
        return "its parent %s is missing or unusable".formatted(parent.file());
      }
    }
    return "";
  }

  private static boolean continues(SavedRange parent, RangeHeader child) {
    return child.parent().isSameAs(parent.ref())
        && parent.header().range().equals(child.range())
        && parent.header().step() == child.fromStep();
  }

  /**
   * Whether what the manifest has of the range can be cut after a step. Then a file that goes on
   * from that step continues the manifest, too, whose attempt has had the same bits there: where
   * one of two attempts runs ahead, what the other one goes on from is soon collected.
   */
  private boolean isCutAt(long step) {
    return step <= base.step()
        && base.recordings().stream().noneMatch(r -> r.fromStep() < step && step < r.toStep());
  }

  /** The manifest's recordings up to a step. */
  private List<Recording> recordings(long step) {
    return base.recordings().stream().filter(recording -> recording.toStep() <= step).toList();
  }

  private String join(
      List<RangeFileRef> before, List<Recording> recordedBefore, Deque<SavedRange> links) {
    List<RangeFileRef> files = new ArrayList<>(before);
    List<Recording> recordings = new ArrayList<>(recordedBefore);
    for (SavedRange link : links) {
      files.add(link.ref());
      recordings.addAll(link.header().recordings());
    }
    try {
      chains.add(new RangeEntry(base.range(), files, recordings));
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    return "";
  }

  /**
   * All chains, best first: by step, then the manifest's own, then by the newest file's name, so
   * that everyone chooses the same.
   */
  List<RangeEntry> newestFirst() {
    List<RangeEntry> sorted = new ArrayList<>(chains);
    sorted.sort(
        Comparator.comparingLong((RangeEntry chain) -> -chain.step())
            .thenComparingInt(chain -> base.indexOf(newest(chain)) >= 0 ? 0 : 1)
            .thenComparing(RangeChains::newest));
    return sorted;
  }

  private static String newest(RangeEntry chain) {
    return chain.files().get(chain.files().size() - 1).file();
  }
}
