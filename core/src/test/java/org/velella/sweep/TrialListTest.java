package org.velella.sweep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.velella.provenance.JsonException;
import org.velella.testkit.Seeded;

class TrialListTest {
  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  private static List<Double> taus(TrialList list) {
    return LongStream.range(0, list.count())
        .mapToObj(place -> list.trial(place).numbers().get("lif.tau"))
        .toList();
  }

  @Test
  void extensionKeepsWhatThereIsAndAddsWhatIsNew() throws Exception {
    TrialList first = TrialList.NONE.extended(json("'lif.tau=2:10:5'"), 1);
    TrialList second = first.extended(json("'lif.tau=1:10:10'"), 1);
    assertThat(taus(first)).containsExactly(2.0, 4.0, 6.0, 8.0, 10.0);
    assertThat(taus(second)).containsExactly(2.0, 4.0, 6.0, 8.0, 10.0, 1.0, 3.0, 5.0, 7.0, 9.0);
    assertThat(second.counts()).containsExactly(5L, 5L);
    assertThat(second.extended(json("'lif.tau=3,4'"), 1)).isSameAs(second);
    TrialList seeds = second.extended(json("'lif.tau=3'"), 1, 2);
    assertThat(seeds.count()).isEqualTo(11);
    assertThat(seeds.trial(10).seed()).isEqualTo(2);
    assertThat(seeds.trial(10).number()).isEqualTo(10);
  }

  @Test
  void whatASpaceHoldsTwiceIsOneTrial() throws Exception {
    TrialList list =
        TrialList.NONE.extended(
            json("{'random': {'trials': 1000, 'seed': 3, 'vary': ['a=integers:1:7']}}"), 0);
    assertThat(list.count()).isEqualTo(7);
  }

  @Test
  void parametersOfAllGenerationsAreKnown() throws Exception {
    TrialList list =
        TrialList.NONE.extended(json("'a=1,2'"), 0).extended(json("{'grid': ['b=x,y','a=1']}"), 0);
    assertThat(list.parameters())
        .containsExactly(Parameter.number("a"), new Parameter("b", List.of("x", "y")));
  }

  @Test
  void listsAreDataToo() throws Exception {
    TrialList list =
        TrialList.NONE
            .extended(json("'lif.tau=2:10:5'"), 1, 2)
            .extended(json("{'sobol': {'trials': 8, 'vary': ['lif.tau=uniform:1:3']}}"), 9);
    assertThat(new String(list.toBytes(), UTF_8).replace('"', '\''))
        .isEqualTo(
            "[{'space':'lif.tau=2:10:5','seeds':[1,2],'numbers':[0,10]},"
                + "{'space':{'sobol':{'trials':8,'vary':['lif.tau=uniform:1:3']}},"
                + "'seeds':[9],'numbers':[0,8]}]");
    TrialList again = TrialList.fromJson(list.toJson());
    assertThat(again.toBytes()).isEqualTo(list.toBytes());
    assertThat(TrialList.fromBytes(list.toBytes()).trials(0, 18)).isEqualTo(list.trials(0, 18));
    assertThat(again.count()).isEqualTo(list.count());
    for (long place = 0; place < list.count(); place++) {
      assertThat(again.trial(place)).isEqualTo(list.trial(place));
    }
    assertThatThrownBy(
            () -> TrialList.fromJson(json("[{'space': 'a=1,2', 'seeds': [1], 'numbers': [0, 3]}]")))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("beyond 2");
  }

  /** However many threads compute them, in however many pieces. */
  @Test
  void manyIdsAreThoseOfTheTrials() throws Exception {
    JsonNode space = json("{'random': {'trials': 70000, 'seed': 3, 'vary': ['a=uniform:1:7']}}");
    Trials trials = new Trials(Spaces.parse(space), 4);
    long[] ids = trials.ids(70_000, number -> number);
    for (int number = 0; number < ids.length; number += 97) {
      assertThat(ids[number]).as("trial %d", number).isEqualTo(trials.trial(number).id());
    }
    // An extension finds all of them, and those before, again.
    TrialList list = TrialList.NONE.extended(json("'a=8,9'"), 4).extended(space, 4);
    assertThat(list.counts()).containsExactly(2L, 70_000L);
    assertThat(list.extended(space, 4)).isSameAs(list);
    assertThat(list.extended(json("'a=9,10'"), 4).counts()).containsExactly(2L, 70_000L, 1L);
    assertThat(list.trials(1, 4))
        .containsExactly(list.trial(1), list.trial(2), list.trial(3))
        .extracting(Trial::number)
        .containsExactly(1L, 2L, 3L);
    assertThat(list.trial(3).id()).isEqualTo(ids[1]);
    assertThatThrownBy(() -> list.trials(70_000, 70_003))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("70003 of 70002");
  }

  @Test
  void idsOfSeedsThatTakeTurnsAreThoseOfEachAlone() throws Exception {
    ParameterSpace space = Spaces.parse(json("'a=1:3:3'"));
    long[] seeds = {0, 4, -7, Long.MIN_VALUE};
    long[] ids = new Trials(space, seeds).ids(12, number -> number);
    for (int i = 0; i < ids.length; i++) {
      Trial alone = new Trials(space, seeds[i % 4]).trial(i / 4);
      assertThat(ids[i]).as("point %d, seed %d", i / 4, alone.seed()).isEqualTo(alone.id());
    }
  }

  /** Decimal and hexadecimal texts of Java's give the same number back. */
  @Seeded(times = 20)
  void numbersOfTablesAreReadBitForBit(SplittableRandom random) {
    double[] values = random.doubles(50, 1e-3, 1e3).toArray();
    values[0] = Double.MIN_VALUE;
    values[1] = -Double.MAX_VALUE;
    values[2] = -0.0;
    values[3] = Double.longBitsToDouble(random.nextLong(1, 1L << 52));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      texts.add(
          i % 3 == 0
              ? Double.toHexString(values[i])
              : i % 3 == 1 ? " " + values[i] : new BigDecimal(values[i]).toString());
    }
    texts.set(2, "-0.0");
    ListSpace space = ListSpace.parse("a", texts);
    for (int i = 0; i < values.length; i++) {
      assertThat(space.row(i)[0]).as(texts.get(i)).isEqualTo(values[i]);
    }
    assertThat(ListSpace.parse("a", List.of("1", "1.5.2")).parameters().get(0).labels())
        .containsExactly("1", "1.5.2");
  }

  @Test
  void ofSeveralWrongTrialsTheFirstIsNamed() throws Exception {
    String rows = LongStream.range(0, 9000).mapToObj(Long::toString).collect(joining(","));
    JsonNode space = json("{'zip': ['seed=" + rows + ",0.5,1.5,2.5', 'a=0:9002:9003']}");
    assertThatThrownBy(() -> TrialList.NONE.extended(space, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A seed is a whole number from -2^53 to 2^53, found 0.5");
  }

  @Seeded(times = 20)
  void idsAreKeptOnce(SplittableRandom random) {
    IdSet ids = new IdSet();
    Set<Long> known = new HashSet<>();
    for (int i = 0; i < 3000; i++) {
      // Many fall together, in the low bits that say where they are looked for as well.
      long id = random.nextLong(1 << 11) << random.nextInt(20);
      assertThat(ids.add(id)).isEqualTo(known.add(id));
    }
  }

  @Seeded(times = 20)
  void intervalsGiveBackTheirNumbers(SplittableRandom random) {
    TreeSet<Long> numbers = new TreeSet<>();
    for (int i = random.nextInt(200); i > 0; i--) {
      numbers.add(random.nextLong(300));
    }
    Intervals.Builder builder = new Intervals.Builder();
    numbers.forEach(builder::add);
    Intervals intervals = Intervals.of(builder.build().bounds(), 300);
    List<Long> found = new ArrayList<>();
    for (long place = 0; place < intervals.count(); place++) {
      found.add(intervals.get(place));
    }
    assertThat(found).containsExactlyElementsOf(numbers);
  }

  /** Ranges hold every trial of every generation on every part of the samples, once. */
  @Seeded(times = 20)
  void rangesHoldEverythingOnce(SplittableRandom random) {
    List<Long> generations = new ArrayList<>();
    for (int g = random.nextInt(1, 4); g > 0; g--) {
      generations.add(random.nextLong(1, 50));
    }
    long samples = random.nextLong(1, 40);
    int trialsPerRange = random.nextInt(1, 20);
    int samplesPerRange = random.nextInt(1, 50);
    SweepLayout layout = new SweepLayout(generations, samples, trialsPerRange, samplesPerRange);
    Set<List<Long>> seen = new HashSet<>();
    for (int range = 0; range < layout.ranges(); range++) {
      assertThat(layout.endTrial(range)).isGreaterThan(layout.firstTrial(range));
      for (long t = layout.firstTrial(range); t < layout.endTrial(range); t++) {
        assertThat(seen.add(List.of(t, (long) layout.sampleBlock(range)))).isTrue();
      }
    }
    long trials = generations.stream().mapToLong(Long::longValue).sum();
    assertThat(seen).hasSize((int) (trials * layout.sampleBlocks()));
    SweepLayout shorter =
        new SweepLayout(generations.subList(0, 1), samples, trialsPerRange, samplesPerRange);
    for (int range = 0; range < shorter.ranges(); range++) {
      assertThat(layout.firstTrial(range)).isEqualTo(shorter.firstTrial(range));
      assertThat(layout.endTrial(range)).isEqualTo(shorter.endTrial(range));
    }
  }
}
