package org.velella.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.dataset.GoldenFiles.expected;
import static org.velella.dataset.GoldenFiles.file;
import static org.velella.dataset.GoldenFiles.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.velella.testkit.Seeded;

/** Samples of a recording that is read in parts, and in which they were looked for in parts. */
class SegmentIndexTest {
  private static final EventShape DVS = EventShape.camera(128, 128);
  private static final Binning STEPS = new Binning.Steps(new BigDecimal("0.001"));
  private static final List<Binning> BINNINGS =
      List.of(
          STEPS,
          new Binning.FixedNumber(3, Binning.SplitBy.NUMBER),
          new Binning.FixedNumber(3, Binning.SplitBy.TIME),
          new Binning.FixedDuration(new BigDecimal("0.01"), 0));

  private static SegmentIndex index(EventFile file, List<Segment> segments, long bytes)
      throws IOException {
    List<Long> cuts = file.cuts(bytes);
    List<SegmentIndex> found = new ArrayList<>();
    for (int i = 0; i < cuts.size(); i++) {
      long to = i + 1 < cuts.size() ? cuts.get(i + 1) : Long.MAX_VALUE;
      found.add(SegmentIndex.scan(file, segments, cuts.get(i), to));
    }
    return SegmentIndex.join(found);
  }

  /** Each sample alone. */
  private static List<Sample> read(EventSamples whole, SegmentIndex index) throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < whole.samples(); i++) {
      samples.addAll(GoldenFiles.some(whole.with(index.part(i, i + 1)), i, 1));
    }
    return samples;
  }

  @Test
  void samplesOfPartsAreThoseThatNumPyCuts() throws IOException {
    EventFile recording = new Aedat3File(file("gesture.aedat"));
    List<Segment> segments = GestureLabels.read(file("gesture_labels.csv"));
    JsonNode expected = expected("gesture").get("samples");
    EventSamples whole = new EventSamples(recording, STEPS, DVS, segments);
    for (long bytes : new long[] {1, 1000, 2500, 1 << 20}) {
      List<Sample> samples = read(whole, index(recording, segments, bytes));
      assertThat(samples).hasSameSizeAs(expected);
      for (int i = 0; i < samples.size(); i++) {
        assertThat(samples.get(i).number()).isEqualTo(i);
        assertThat(samples.get(i).label()).isEqualTo(expected.get(i).get("label").asInt());
        assertThat(GoldenFiles.steps(samples.get(i))).isEqualTo(rows(expected.get(i).get("steps")));
      }
    }
  }

  private static void assertSame(Sample found, Sample expected) {
    assertThat(found.number()).isEqualTo(expected.number());
    assertThat(found.label()).isEqualTo(expected.label());
    if (expected.data() instanceof SampleData.Frames) {
      assertThat(GoldenFiles.values(found)).isEqualTo(GoldenFiles.values(expected));
    } else {
      assertThat(GoldenFiles.steps(found)).isEqualTo(GoldenFiles.steps(expected));
    }
  }

  /** Segments that overlap, lie in one another, or hold nothing; recordings of both versions. */
  @Seeded(times = 4)
  void anySegmentsAreFoundInAnyRanges(SplittableRandom random) throws IOException {
    List<EventFile> files =
        List.of(
            new Aedat3File(file("gesture.aedat")),
            new Aedat4File(file("lz4.aedat4"), GoldenFiles.NO_ZSTANDARD));
    for (EventFile recording : files) {
      EventStats stats = new EventStats();
      recording.read(0, Long.MAX_VALUE, stats);
      long span = stats.lastTime() - stats.leastTime();
      List<Segment> segments = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        long from = stats.leastTime() + random.nextLong(-100, span + 100);
        segments.add(new Segment(from, from + random.nextLong(1, span), i));
      }
      EventShape shape = recording.shape().orElse(DVS);
      for (Binning binning : BINNINGS) {
        EventSamples whole = new EventSamples(recording, binning, shape, segments);
        List<Sample> expected = GoldenFiles.all(whole);
        SegmentIndex index = index(recording, segments, random.nextLong(1, 4000));
        List<Sample> found = read(whole, index);
        List<Sample> together = GoldenFiles.all(whole.with(index));
        for (int i = 0; i < segments.size(); i++) {
          assertSame(found.get(i), expected.get(i));
          assertSame(together.get(i), expected.get(i));
        }
      }
    }
  }

  @Test
  void cutsAreBlocksOfWhichOnlyTheHeadsAreRead() throws IOException {
    byte[] recording = Files.readAllBytes(GoldenFiles.FOLDER.resolve("gesture.aedat"));
    MeasuredFile file = new MeasuredFile(DataFile.of("gesture.aedat", recording));
    List<Long> blocks = new ArrayList<>(List.of(0L));
    EventConsumer consumer =
        new EventConsumer() {
          @Override
          public void block(long offset) {
            blocks.add(offset);
          }

          @Override
          public void event(long time, int x, int y, int polarity) {}
        };
    new Aedat3File(file).read(0, Long.MAX_VALUE, consumer);
    assertThat(file.read()).isEqualTo(file.length());
    assertThat(blocks).hasSizeGreaterThan(6);
    MeasuredFile again = new MeasuredFile(DataFile.of("gesture.aedat", recording));
    assertThat(new Aedat3File(again).cuts(1)).isEqualTo(blocks);
    assertThat(again.read()).isLessThan(blocks.get(1) + 64L * blocks.size()).isPositive();
    List<Long> few = new Aedat3File(file).cuts(2000);
    assertThat(blocks).containsAll(few);
    assertThat(few).hasSizeBetween(2, (int) (file.length() / 2000) + 1);
    assertThat(new Aedat3File(file).cuts(Long.MAX_VALUE)).containsExactly(0L);
    assertThat(new AtisFile(file).cuts(1)).containsExactly(0L);
  }

  @Test
  void damagedFilesHaveNoCuts() throws IOException {
    byte[] bytes = Files.readAllBytes(GoldenFiles.FOLDER.resolve("gesture.aedat"));
    DataFile cut = DataFile.of("cut.aedat", Arrays.copyOf(bytes, bytes.length - 10));
    assertThatThrownBy(() -> new Aedat3File(cut).cuts(1000))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("cut.aedat, byte ")
        .hasMessageContaining("it is cut short");
  }
}
