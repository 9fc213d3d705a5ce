package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.opentest4j.TestAbortedException;

class SeededExtensionTest {
  private static final List<Long> DRAWN = new ArrayList<>();

  @BeforeEach
  void forgetDraws() {
    DRAWN.clear();
  }

  @Test
  void runsAsOftenAsAskedWithOtherNumbers() {
    run("draws", "7").assertStatistics(events -> events.started(3).succeeded(3));
    assertThat(DRAWN).doesNotHaveDuplicates().hasSize(3);
    assertThat(DRAWN.get(0)).isEqualTo(new SplittableRandom(7).nextLong());
  }

  @Test
  void sameSeedGivesTheSameNumbers() {
    run("draws", "7");
    List<Long> first = List.copyOf(DRAWN);
    DRAWN.clear();
    run("draws", "7");
    assertThat(DRAWN).isEqualTo(first);
    DRAWN.clear();
    run("draws", "8");
    assertThat(DRAWN).doesNotContainAnyElementsOf(first);
  }

  @Test
  void plantedFailurePrintsTheLineThatReproducesIt() {
    String printed = printedBy(() -> run("failsOnTheSecondSeed", "7"));
    Matcher line =
        Pattern.compile(
                "Reproduce: mvn -pl core -am test -Dtests\\.seed=(-?\\d+)"
                    + " '-Dtest=SeededExtensionTest\\$Planted#failsOnTheSecondSeed'"
                    + " -Dsurefire\\.failIfNoSpecifiedTests=false\\R")
            .matcher(printed);
    assertThat(line.matches()).as(printed).isTrue();
    long failing = DRAWN.get(1);
    DRAWN.clear();
    run("draws", line.group(1));
    assertThat(DRAWN.get(0)).isEqualTo(failing);
  }

  @Test
  void skippedTestPrintsNothing() {
    assertThat(printedBy(() -> run("skips", "7"))).isEmpty();
  }

  @Test
  void parameterizedTestGetsItsGenerator() {
    EngineTestKit.engine("junit-jupiter")
        .configurationParameter(SeededExtension.SEED_PROPERTY, "7")
        .selectors(selectMethod(Planted.class, "drawsFor", int.class, SplittableRandom.class))
        .execute()
        .testEvents()
        .assertStatistics(events -> events.started(2).succeeded(2));
    assertThat(DRAWN).containsOnly(new SplittableRandom(7).nextLong()).hasSize(2);
  }

  @Test
  void seedThatIsNoNumberIsRefused() {
    EngineTestKit.engine("junit-jupiter")
        .configurationParameter(SeededExtension.SEED_PROPERTY, "seven")
        .selectors(selectMethod(Planted.class, "draws", SplittableRandom.class))
        .execute()
        .containerEvents()
        .failed()
        .assertEventsMatchLoosely(
            finishedWithFailure(message("-Dtests.seed=seven is no 64-bit whole number")));
  }

  private static Events run(String method, String seed) {
    return EngineTestKit.engine("junit-jupiter")
        .configurationParameter(SeededExtension.SEED_PROPERTY, seed)
        .selectors(selectMethod(Planted.class, method, SplittableRandom.class))
        .execute()
        .testEvents();
  }

  private static String printedBy(Runnable action) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Run by the tests above only: build tools look at top-level classes named {@code *Test}. */
  static class Planted {
    @Seeded(times = 3)
    void draws(SplittableRandom random) {
      DRAWN.add(random.nextLong());
    }

    @Seeded(times = 2)
    void failsOnTheSecondSeed(SplittableRandom random) {
      DRAWN.add(random.nextLong());
      assertThat(DRAWN).hasSize(1);
    }

    @Seeded
    void skips(SplittableRandom random) {
      DRAWN.add(random.nextLong());
      throw new TestAbortedException("not here");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @ExtendWith(SeededExtension.class)
    void drawsFor(int ignored, SplittableRandom random) {
      DRAWN.add(random.nextLong());
    }
  }
}
