package org.velella.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.NO_PROVENANCE;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.firstManifest;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.save;
import static org.velella.checkpoint.Fixtures.saveChain;
import static org.velella.checkpoint.Fixtures.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.velella.checkpoint.Adoption.Verification;
import org.velella.testkit.MemoryCheckpointStore;
import org.velella.testkit.Seeded;

class AdoptionTest {
  private final MemoryCheckpointStore store = new MemoryCheckpointStore();

  private Adoption.Result adopt(Manifest base) throws IOException {
    return new Adoption(store).adopt(base, Verification.DATA);
  }

  private RangeLooks.OfTask looks(RangeEntry given) {
    return new RangeLooks(store, range -> given.step(), System::nanoTime).ofTask();
  }

  private static Manifest with(RangeEntry... ranges) {
    return new Manifest(
        2, new Manifest.Parent(1, "00000000"), RUN, 5, 10, 3, WRITER, List.of(ranges));
  }

  private void damageData(RangeFileRef ref) {
    byte[] bytes = store.files().get(path(ref));
    bytes[bytes.length - 3] ^= 1;
    store.replace(path(ref), bytes);
  }

  private void damageHeader(RangeFileRef ref) {
    byte[] bytes = store.files().get(path(ref));
    bytes[30] ^= 1;
    store.replace(path(ref), bytes);
  }

  @ParameterizedTest
  @EnumSource
  void withoutFilesNothingIsAdopted(Verification verification) throws IOException {
    Adoption.Result result = new Adoption(store).adopt(firstManifest(), verification);

    assertThat(result.ranges()).isEmpty();
    assertThat(result.changed()).isFalse();
    assertThat(result.warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void chainFromTheBeginningIsAdoptedWithItsRecordings(Verification verification)
      throws IOException {
    RangeEntry first = saveChain(store, FIRST, 2, 4, 6);
    RangeEntry second = saveChain(store, SECOND, 5);

    Adoption.Result result = new Adoption(store).adopt(firstManifest(), verification);

    assertThat(result.ranges()).containsExactly(first, second);
    assertThat(result.changed()).isTrue();
    assertThat(result.warnings()).isEmpty();
    assertThat(first.recordings())
        .extracting(Recording::fromStep, Recording::toStep)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0L, 2L),
            org.assertj.core.groups.Tuple.tuple(2L, 4L),
            org.assertj.core.groups.Tuple.tuple(4L, 6L));
  }

  @Test
  void chainContinuesTheManifestsState() throws IOException {
    RangeEntry committed = saveChain(store, FIRST, 2, 4);
    RangeEntry later = save(store, save(store, committed, 6), 8);

    Adoption.Result result = adopt(with(committed));

    assertThat(result.ranges()).containsExactly(later.newest(3));
    assertThat(result.changed()).isTrue();
  }

  @Test
  void manifestThatKnowsAllIsUnchanged() throws IOException {
    RangeEntry committed = saveChain(store, FIRST, 2, 4);

    Adoption.Result result = adopt(with(committed));

    assertThat(result.ranges()).containsExactly(committed);
    assertThat(result.changed()).isFalse();
    assertThat(result.warnings()).isEmpty();
  }

  @Test
  void newestOfTwoAttemptsCountsWithItsOwnRecordings() throws IOException {
    RangeEntry slow = saveChain(store, FIRST, 2, 4);
    RangeEntry fast = saveChain(store, FIRST, 2, 4, 6);

    assertThat(adopt(firstManifest()).ranges()).containsExactly(fast);
    assertThat(adopt(with(slow)).ranges()).containsExactly(fast);
    assertThat(adopt(with(fast)).changed()).isFalse();
  }

  @Test
  void betweenEqualAttemptsTheManifestsStaysAndOtherwiseEveryoneChoosesTheSame()
      throws IOException {
    RangeEntry one = saveChain(store, FIRST, 4);
    RangeEntry two = saveChain(store, FIRST, 4);
    String smaller = Collections.min(List.of(newest(one).file(), newest(two).file()));

    assertThat(adopt(with(one)).changed()).isFalse();
    assertThat(adopt(with(two)).changed()).isFalse();
    assertThat(newest(adopt(firstManifest()).ranges().get(0)).file()).isEqualTo(smaller);
  }

  @Test
  void attemptThatBranchesOffTheManifestsChainReplacesItsEnd() throws IOException {
    RangeEntry two = saveChain(store, FIRST, 2);
    RangeEntry four = save(store, two, 4);
    RangeEntry branch = save(store, two, 5);

    Adoption.Result result = adopt(with(four));

    assertThat(result.ranges()).containsExactly(branch);
    assertThat(branch.files()).hasSize(2).startsWith(newest(two));
  }

  @Test
  void gapInTheChainIsNotAdopted() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4, 6);
    store.delete(path(chain.files().get(1)));

    Adoption.Result result = adopt(firstManifest());

    assertThat(result.ranges()).containsExactly(chain.first(1));
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .contains(newest(chain).file())
        .contains("its parent " + chain.files().get(1).file() + " is missing or unusable");
  }

  @Test
  void damagedHeaderInTheMiddleIsAGap() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4, 6);
    damageHeader(chain.files().get(1));

    Adoption.Result result = adopt(firstManifest());

    assertThat(result.ranges()).containsExactly(chain.first(1));
    assertThat(result.warnings()).hasSize(2);
    assertThat(String.join("\n", result.warnings())).contains("is damaged").contains("unusable");
  }

  @Test
  void damagedNewestFileFallsBackAndIsReported() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4, 6);
    damageData(newest(chain));

    for (Manifest base : List.of(firstManifest(), with(chain.first(1)), with(chain))) {
      Adoption.Result result = adopt(base);
      assertThat(result.ranges()).containsExactly(chain.first(2));
      assertThat(result.changed()).isTrue();
      assertThat(result.warnings())
          .singleElement()
          .asString()
          .contains(newest(chain).file())
          .contains("block 0 of its data")
          .endsWith("Range [0, 3) goes on from step 4");
    }
  }

  @Test
  void damageOfOlderFilesDoesNotMatterWhileTheNewestIsSound() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4, 6);
    damageData(chain.files().get(1));
    damageHeader(chain.files().get(0));

    assertThat(adopt(with(chain)).changed()).isFalse();
  }

  @Test
  void soundTwinReplacesTheManifestsDamagedFile() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4);
    RangeEntry twin = saveChain(store, FIRST, 4);
    damageData(newest(chain));

    assertThat(adopt(with(chain)).ranges()).containsExactly(twin);
  }

  @Test
  void missingFileOfTheManifestFallsBackWithoutReadingData() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4);
    store.delete(path(newest(chain)));

    Adoption.Result result = new Adoption(store).adopt(with(chain), Verification.HEADERS);

    assertThat(result.ranges()).containsExactly(chain.first(1));
    assertThat(result.warnings()).singleElement().asString().contains("but is missing");
  }

  @Test
  void shortenedFileOfTheManifestFallsBackWithoutReadingData() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4);
    byte[] bytes = store.files().get(path(newest(chain)));
    store.replace(path(newest(chain)), Arrays.copyOf(bytes, bytes.length - 1));

    Adoption.Result result = new Adoption(store).adopt(with(chain), Verification.HEADERS);

    assertThat(result.ranges()).containsExactly(chain.first(1));
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .contains("should have %d bytes but has %d".formatted(bytes.length, bytes.length - 1));
  }

  @Test
  void rangeWithoutAnySoundFileIsAnErrorRatherThanARestart() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4);
    chain.files().forEach(this::damageData);

    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> adopt(with(chain)))
        .withMessageContaining("No saved state of range [0, 3) is usable")
        .withMessageEndingWith(
            "; restore one of these files from a copy, or begin a new run in another directory")
        .matches(thrown -> !thrown.getMessage().contains("resume the run"))
        .withMessageContaining("step 4")
        .withMessageContaining(chain.files().get(0).file())
        .withMessageContaining(chain.files().get(1).file());
  }

  @Test
  void damagedFileThatWasNeverCommittedOnlyWarns() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2);
    damageData(newest(chain));

    Adoption.Result result = adopt(firstManifest());

    assertThat(result.ranges()).isEmpty();
    assertThat(result.changed()).isFalse();
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .endsWith("Range [0, 3) goes on from step 0");
  }

  /** A driver reads all data when it begins, and afterwards only headers of what its tasks save. */
  @Test
  void fileThatWasFoundDamagedIsNotTakenLaterByItsHeader() throws IOException {
    RangeEntry committed = saveChain(store, FIRST, 2, 4);
    List<RangeEntry> twins = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      twins.add(save(store, committed, 6));
    }
    twins.sort(java.util.Comparator.comparing(twin -> newest(twin).file()));
    damageData(newest(twins.get(0)));
    Adoption adoption = new Adoption(store);

    Adoption.Result begun = adoption.adopt(with(committed), Verification.DATA);
    Adoption.Result later = adoption.adopt(with(committed), Verification.HEADERS);

    assertThat(begun.ranges()).containsExactly(twins.get(1));
    assertThat(later.ranges()).containsExactly(twins.get(1));
  }

  @Test
  void filesOfOtherRunsAndOtherNamesAreIgnoredAndNamed() throws IOException {
    RunIdentity other =
        new RunIdentity(
            "run-8", RUN.digests(), RUN.dt(), RUN.seed(), RUN.memories(), RUN.accumulators());
    RangeEntry foreign =
        RangeFile.write(
            store, other, RangeEntry.fresh(FIRST), state(FIRST, 4), List.of(), NO_PROVENANCE);
    SampleRange odd = new SampleRange(1, 3);
    RangeEntry misaligned = save(store, RangeEntry.fresh(odd), 4);
    RangeEntry beyond = saveChain(store, SECOND, 11);
    store.replace("checkpoint/ranges/notes.txt", new byte[3]);

    Adoption.Result result = adopt(firstManifest());

    assertThat(result.ranges()).isEmpty();
    assertThat(result.warnings()).hasSize(4);
    String all = String.join("\n", result.warnings());
    assertThat(all)
        .contains(newest(foreign).file() + " has run run-8")
        .contains(newest(misaligned).file() + " is ignored: the run has no such range")
        .contains(newest(beyond).file() + " is ignored: it lies beyond the run's 10 steps")
        .contains("notes.txt is ignored");
  }

  @Test
  void broughtInStateCountsOnlyOnceAManifestListsIt() throws IOException {
    RangeEntry root = RangeFile.writeRoot(store, RUN, state(FIRST, 4), NO_PROVENANCE);
    RangeEntry next = save(store, root, 6);

    Adoption.Result unlisted = adopt(firstManifest());
    assertThat(unlisted.ranges()).isEmpty();
    assertThat(unlisted.warnings())
        .anySatisfy(text -> assertThat(text).contains("it begins at step 4 without a parent"));
    assertThat(adopt(with(root)).ranges()).containsExactly(next);
  }

  @Test
  void eachWarningIsSaidOnceAndSoundFilesAreReadOnce() throws IOException {
    saveChain(store, FIRST, 2, 4);
    store.replace("checkpoint/ranges/notes.txt", new byte[3]);
    Adoption adoption = new Adoption(store);
    assertThat(adoption.adopt(firstManifest(), Verification.HEADERS).warnings()).hasSize(1);

    Adoption.Result again = adoption.adopt(firstManifest(), Verification.HEADERS);

    assertThat(again.warnings()).isEmpty();
    assertThat(again.changed()).isTrue();
    assertThat(adoption.adopt(with(again.ranges().get(0)), Verification.HEADERS).changed())
        .isFalse();
  }

  @Test
  void retriedTaskGoesOnWhereTheLostAttemptStopped() throws IOException {
    RangeEntry given = saveChain(store, FIRST, 2);
    RangeEntry lost = save(store, save(store, given, 4), 6);
    saveChain(store, SECOND, 8);
    damageData(newest(lost));
    Adoption adoption = new Adoption(store);

    Adoption.Result result = adoption.adopt(RUN, given, 10, looks(given));

    assertThat(result.ranges()).containsExactly(lost.first(2));
    assertThat(result.warnings()).hasSize(1);
    RangeEntry other = RangeEntry.fresh(new SampleRange(6, 9));
    assertThat(adoption.adopt(RUN, other, 10, looks(other)))
        .isEqualTo(new Adoption.Result(List.of(), false, List.of()));
  }

  @Test
  void olderFilesThanTheManifestKeepsAreStillFallenBackOn() throws IOException {
    RangeEntry three = saveChain(store, FIRST, 1, 2, 3);
    RangeEntry six = save(store, save(store, save(store, three, 4), 5), 6).newest(3);
    assertThat(six.files()).hasSize(RangeEntry.DEFAULT_KEPT_FILES);
    assertThat(adopt(with(six)).changed()).isFalse();
    six.files().forEach(this::damageData);

    Adoption.Result result = adopt(with(six));

    assertThat(result.ranges()).containsExactly(three);
    assertThat(result.warnings()).hasSize(3);
    assertThat(three.recordings()).hasSize(3);
    assertThat(six.recordings()).hasSize(6);
  }

  @Test
  void asManyFilesAreListedAsShallBeKept() throws IOException {
    RangeEntry saved = saveChain(store, FIRST, 1, 2, 3, 4, 5);

    for (int keep = 1; keep <= 6; keep++) {
      Adoption.Result result = new Adoption(store, keep).adopt(firstManifest(), Verification.DATA);
      assertThat(result.ranges()).containsExactly(saved.newest(keep));
      assertThat(result.ranges().get(0).files()).hasSize(Math.min(keep, 5));
      assertThat(result.ranges().get(0).recordings()).hasSize(5);
    }
    Adoption.Result fewer = new Adoption(store, 2).adopt(with(saved.newest(4)), Verification.DATA);
    assertThat(fewer.changed()).isTrue();
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Adoption(store, 0));
  }

  @Test
  void onlySelectedRangesAreLookedAt() throws IOException {
    RangeEntry first = saveChain(store, FIRST, 2);
    RangeEntry second = saveChain(store, SECOND, 2);
    RangeEntry further = save(store, first, 4);
    damageData(newest(second));
    store.replace("checkpoint/ranges/notes.txt", new byte[1]);
    RangeFileRef stranger = newest(saveChain(store, new SampleRange(1, 4), 6));

    Adoption.Result result =
        new Adoption(store)
            .adopt(with(first, second), Selection.of(List.of(FIRST)), Verification.DATA);

    assertThat(result.ranges()).containsExactly(further, second);
    assertThat(result.warnings())
        .hasSize(2)
        .allMatch(w -> w.contains("notes.txt") || w.contains(stranger.file()));
    assertThat(
            new Adoption(store)
                .adopt(firstManifest(), Selection.of(List.of(FIRST)), Verification.DATA)
                .ranges())
        .containsExactly(further);
  }

  @Test
  void retriedTaskAsksTheNewestManifestForWhatIsNoLongerThereOfItsStart() throws IOException {
    RangeEntry given = saveChain(store, FIRST, 1);
    RangeEntry later = save(store, save(store, save(store, given, 2), 3), 4);
    ManifestLog log = new ManifestLog(store);
    log.commit(log.commit(firstManifest()).successor(List.of(later.newest(2)), 10, WRITER));
    RangeEntry lost = save(store, later, 5);
    later.first(2).files().forEach(file -> store.delete(path(file)));

    Adoption.Result result = new Adoption(store, 2).adopt(RUN, given, 10, looks(given));

    assertThat(result.ranges()).containsExactly(lost.newest(2));
    assertThat(result.warnings()).isEmpty();
  }

  @Test
  void retriedTaskGoesOnFromAnOlderFileWhereItsStartIsDamaged() throws IOException {
    RangeEntry chain = saveChain(store, FIRST, 2, 4);
    RangeEntry given = chain.newest(1);
    damageData(newest(chain));

    Adoption.Result result = new Adoption(store).adopt(RUN, given, 10, looks(given));

    assertThat(result.ranges()).containsExactly(chain.first(1));
    assertThat(result.warnings()).singleElement().asString().contains("goes on from step 2");
    damageData(chain.files().get(0));
    assertThatExceptionOfType(CheckpointCorruptException.class)
        .isThrownBy(() -> new Adoption(store).adopt(RUN, given, 10, looks(given)))
        .withMessageContaining("No saved state of range [0, 3) is usable");
  }

  @Test
  void retriedTaskNeedNotSeeInItsLookWhatTheManifestLists() throws IOException {
    RangeEntry given = saveChain(store, FIRST, 1);
    long[] seconds = new long[1];
    LongSupplier clock = () -> seconds[0]++ * 1_000_000_000;
    RangeLooks.OfTask old = new RangeLooks(store, range -> given.step(), clock).ofTask();
    RangeEntry seen = save(store, given, 2);
    assertThat(old.further(FIRST)).containsOnlyKeys(newest(seen).file());
    RangeEntry later = save(store, save(store, seen, 3), 4);
    ManifestLog log = new ManifestLog(store);
    log.commit(log.commit(firstManifest()).successor(List.of(later.newest(2)), 10, WRITER));
    store.delete(path(newest(seen)));

    Adoption.Result result = new Adoption(store, 2).adopt(RUN, given, 10, old);

    assertThat(old.further(FIRST)).containsOnlyKeys(newest(seen).file());
    assertThat(result.ranges()).containsExactly(later.newest(2));
    assertThat(result.warnings()).isEmpty();
  }

  /** A saved file, the chain that ends in it, and the node of its parent. */
  private record Node(RangeEntry entry, Node parent) {
    boolean leadsToTheManifest(RangeEntry base, List<String> lost) {
      if (entry.files().isEmpty() || base.indexOf(newest(entry).file()) >= 0) {
        return true;
      }
      return !lost.contains(newest(entry).file())
          && (parent.leadsToTheManifest(base, lost) || parent.isReplacedBy(base, lost));
    }

    /** The manifest's attempt has saved at the step of this one, which is lost. */
    private boolean isReplacedBy(RangeEntry base, List<String> lost) {
      return !entry.files().isEmpty()
          && lost.contains(newest(entry).file())
          && base.files().stream().anyMatch(file -> file.step() == entry.step());
    }
  }

  /** Whatever attempts there were and whatever was lost, a range ends at its newest whole chain. */
  @Seeded(times = 60)
  void newestWholeChainIsFound(SplittableRandom random) throws IOException {
    List<Node> nodes = new ArrayList<>(List.of(new Node(RangeEntry.fresh(FIRST), null)));
    for (int i = 0; i < 10; i++) {
      Node from = nodes.get(random.nextInt(nodes.size()));
      long step = from.entry().step() + 1 + random.nextInt(3);
      if (step <= 10) {
        nodes.add(new Node(save(store, from.entry(), step), from));
      }
    }
    RangeEntry base = nodes.get(random.nextInt(nodes.size())).entry();
    List<String> lost = new ArrayList<>();
    for (Node node : nodes.subList(1, nodes.size())) {
      RangeFileRef file = newest(node.entry());
      if (base.indexOf(file.file()) < 0 && random.nextInt(3) == 0) {
        lost.add(file.file());
        damageHeader(file);
      }
    }
    long expected =
        nodes.stream()
            .filter(node -> node.leadsToTheManifest(base, lost))
            .mapToLong(node -> node.entry().step())
            .max()
            .orElseThrow();

    Adoption.Result result = adopt(base.files().isEmpty() ? firstManifest() : with(base));

    assertThat(result.ranges().isEmpty() ? 0 : result.ranges().get(0).step()).isEqualTo(expected);
    if (expected > 0) {
      RangeEntry found = result.ranges().get(0);
      assertRecordedOnce(found);
      assertThat(
              Fixtures.sameState(
                  RangeFile.read(store, RUN, newest(found)), state(FIRST, found.step())))
          .isTrue();
    }
  }

  /** Each step up to the newest is in exactly one recording. */
  private static void assertRecordedOnce(RangeEntry entry) {
    long step = 0;
    for (Recording recording : entry.recordings()) {
      assertThat(recording.fromStep()).isEqualTo(step);
      step = recording.toStep();
    }
    assertThat(step).isEqualTo(entry.step());
  }

  /** The copy of a task that runs ahead has what the slow attempt goes on from collected. */
  @Test
  void slowAttemptIsTakenAfterItsStartWasCollected() throws IOException {
    RangeEntry start = saveChain(store, FIRST, 2);
    RangeEntry copy = save(store, save(store, save(store, start, 4), 6), 8);
    RangeEntry slow = start;
    for (long step = 4; step <= 10; step += 2) {
      slow = save(store, slow, step);
    }
    store.delete(path(newest(start)));

    for (Verification verification : Verification.values()) {
      Adoption.Result result = new Adoption(store, 2).adopt(with(copy.newest(2)), verification);
      assertThat(result.warnings()).isEmpty();
      assertThat(result.ranges()).containsExactly(slow.newest(2));
      assertRecordedOnce(result.ranges().get(0));
    }
  }

  /** What the copy recorded cannot be cut where the slow attempt goes on. */
  @Test
  void slowAttemptWithOtherIntervalsIsNotTaken() throws IOException {
    RangeEntry start = saveChain(store, FIRST, 3);
    RangeEntry slow = save(store, start, 9);
    RangeEntry copy = saveChain(store, FIRST, 2, 4, 6);
    store.delete(path(newest(start)));

    Adoption.Result result = adopt(with(copy));

    assertThat(result.ranges()).containsExactly(copy);
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .contains(newest(slow).file())
        .contains("its parent " + newest(start).file() + " is missing or unusable");
  }
}
