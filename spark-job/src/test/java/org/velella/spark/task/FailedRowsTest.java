package org.velella.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.velella.module.HostFailedException;
import org.velella.module.UnfitInputException;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.spark.TestNetwork;
import org.velella.spark.frame.BadSampleException;
import org.velella.spark.frame.FailureReason;
import org.velella.spark.frame.Fragment;
import org.velella.spark.frame.SampleInput;
import org.velella.spark.job.NetworkSource;
import org.velella.testkit.Seeded;

/** By whom a tile fails, which it does without saying so. */
class FailedRowsTest {
  private static final long FIRST = 1000;
  private static final UnfitInputException THROWN = new UnfitInputException("one of the tile");

  @TempDir Path folder;

  private Network network;
  private int attempts;

  @BeforeEach
  void readNetwork() {
    network = NetworkSource.read(TestNetwork.write(folder).toString(), "norse", 1e-4);
  }

  /** A tile whose samples have the ids from {@link #FIRST} on. */
  private RangeRows tile(int size) throws BadSampleException {
    TaskSpec spec =
        TaskSpec.builder()
            .run("file:/nowhere", null)
            .network(NetworkCodec.toBytes(network))
            .identity("test-run", new TreeMap<>())
            .dt(1e-4)
            .seed(3)
            .steps(1, 1)
            .build();
    List<SampleInput> samples = new ArrayList<>();
    List<Fragment> silent = List.of(Fragment.of(Fragment.values(new float[TestNetwork.INPUTS])));
    for (int n = 0; n < size; n++) {
      samples.add(SampleInput.of(FIRST + n, silent, TestNetwork.INPUTS, 1));
    }
    return new RunTrials(spec, network).rows(new RangeInput(0, samples, List.of()));
  }

  /** What the tile gives if some of its rows fail, each of which names itself. */
  private Map<Integer, RangeInput.Failure> failed(int size, Set<Integer> bad) throws Exception {
    return new FailedRows(() -> {}, tile(size))
        .of(
            THROWN,
            (places, few) -> {
              attempts++;
              assertThat(few.ids(0, few.size()).samples())
                  .containsExactly(Arrays.stream(places).mapToLong(at -> FIRST + at).toArray());
              for (int place : places) {
                if (bad.contains(place)) {
                  throw new UnfitInputException("row " + place);
                }
              }
            });
  }

  @Seeded
  void allRowsThatFailAreFoundEachWithItsOwnReason(SplittableRandom random) throws Exception {
    int size = random.nextInt(1, 40);
    Set<Integer> bad = new TreeSet<>();
    bad.add(random.nextInt(size));
    for (int more = random.nextInt(size); more > 0; more--) {
      bad.add(random.nextInt(size));
    }
    Map<Integer, RangeInput.Failure> found = failed(size, bad);
    assertThat(found.keySet()).isEqualTo(bad);
    found.forEach(
        (place, failure) -> {
          assertThat(failure.sampleId()).isEqualTo(FIRST + place);
          assertThat(failure.reason()).isEqualTo(FailureReason.UNFIT_VALUE);
          assertThat(failure.detail()).isEqualTo(size == 1 ? THROWN.getMessage() : "row " + place);
        });
  }

  /** Two attempts for each time that a half can be halved again. */
  @Test
  void oneOfManyIsFoundByHalves() throws Exception {
    assertThat(failed(1024, Set.of(700)).keySet()).containsExactly(700);
    assertThat(attempts).isEqualTo(20);
  }

  @Test
  void aTileThatFailsForNoRowsSakeFailsAsItDid() throws Exception {
    FailedRows rows = new FailedRows(() -> {}, tile(3));
    assertThatThrownBy(() -> rows.of(THROWN, (places, few) -> attempts++)).isSameAs(THROWN);
    assertThat(attempts).isEqualTo(2);
  }

  @Test
  void whatAUsersModuleSaysIsTheReasonUpToALength() throws Exception {
    HostFailedException thrown =
        new HostFailedException("x".repeat(2000), new IllegalStateException());
    Map<Integer, RangeInput.Failure> found =
        new FailedRows(() -> {}, tile(1)).of(thrown, (places, few) -> attempts++);
    assertThat(found.get(0).reason()).isEqualTo(FailureReason.MODULE_FAILED);
    assertThat(found.get(0).detail()).isEqualTo("x".repeat(1000) + " …");
  }

  /** A module may take the interrupt of a task that Spark kills, and throw what it likes. */
  @Test
  void whatMayComeFromTheTasksEndIsNoSamplesFailure() throws Exception {
    IllegalStateException killed = new IllegalStateException("killed");
    int[] asked = {0};
    for (int last = 1; last <= 2; last++) {
      int at = last;
      asked[0] = 0;
      Wanted wanted =
          new Wanted() {
            @Override
            public void require() {}

            @Override
            public void requireOfSamples(RuntimeException thrown) {
              if (++asked[0] == at) {
                throw killed;
              }
            }
          };
      FailedRows rows = new FailedRows(wanted, tile(2));
      assertThatThrownBy(
              () ->
                  rows.of(
                      THROWN,
                      (places, few) -> {
                        throw new HostFailedException("interrupted", new IllegalStateException());
                      }))
          .isSameAs(killed);
    }
  }

  @Test
  void nobodyLooksForRowsOfWorkThatIsNotWanted() throws Exception {
    FailedRows rows =
        new FailedRows(
            () -> {
              throw new IllegalStateException("killed");
            },
            tile(3));
    assertThatThrownBy(() -> rows.of(THROWN, (places, few) -> attempts++)).hasMessage("killed");
    assertThat(attempts).isZero();
  }
}
