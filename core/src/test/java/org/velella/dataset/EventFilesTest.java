package org.velella.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.dataset.GoldenFiles.events;
import static org.velella.dataset.GoldenFiles.expected;
import static org.velella.dataset.GoldenFiles.file;
import static org.velella.dataset.GoldenFiles.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Event files that others have written, against what Python says is in them. */
@Tag("files")
class EventFilesTest {
  private static final EventShape DVS = EventShape.camera(128, 128);

  private static EventFile gesture() {
    return new Aedat3File(file("gesture.aedat"));
  }

  private static List<Sample> gesture(Binning binning) throws IOException {
    List<Segment> segments = GestureLabels.read(file("gesture_labels.csv"));
    return GoldenFiles.all(new EventSamples(gesture(), binning, DVS, segments));
  }

  private static Binning number(int frames) {
    return new Binning.FixedNumber(frames, Binning.SplitBy.NUMBER);
  }

  private static Binning duration(String seconds, int padTo) {
    return new Binning.FixedDuration(new BigDecimal(seconds), padTo);
  }

  private static Binning steps(String seconds) {
    return new Binning.Steps(new BigDecimal(seconds));
  }

  @Test
  void aedat3HasItsValidEventsAcrossAnOverflowOfTheClock() throws IOException {
    assertThat(events(gesture())).isEqualTo(rows(expected("gesture").get("events")));
  }

  @Test
  void labelsCutRecordingIntoSamples() throws IOException {
    JsonNode samples = expected("gesture").get("samples");
    List<Sample> found = gesture(steps("0.001"));
    assertThat(found).hasSameSizeAs(samples);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).number()).isEqualTo(i);
      assertThat(found.get(i).label()).isEqualTo(samples.get(i).get("label").asInt());
      assertThat(GoldenFiles.steps(found.get(i))).isEqualTo(rows(samples.get(i).get("steps")));
    }
  }

  @Test
  void framesAreThoseOfSpikingJelly() throws IOException {
    JsonNode samples = expected("gesture").get("samples");
    List<Sample> byNumber = gesture(number(4));
    List<Sample> byTime = gesture(new Binning.FixedNumber(3, Binning.SplitBy.TIME));
    List<Sample> byDuration = gesture(duration("0.006", 0));
    for (int i = 0; i < samples.size(); i++) {
      JsonNode sample = samples.get(i);
      assertFrames(byNumber.get(i), sample.get("number"));
      assertFrames(byTime.get(i), sample.get("time"));
      assertFrames(byDuration.get(i), sample.get("duration"));
    }
  }

  private static void assertFrames(Sample sample, JsonNode expected) {
    SampleData.Frames frames = (SampleData.Frames) sample.data();
    assertThat(frames.steps()).isEqualTo(expected.get("shape").get(0).asInt());
    assertThat(frames.values()).isEqualTo(GoldenFiles.dense(expected));
  }

  @Test
  void shortSamplesArePaddedWithEmptyFrames() throws IOException {
    float[] plain = GoldenFiles.values(gesture(duration("0.006", 0)).get(0));
    float[] padded = GoldenFiles.values(gesture(duration("0.006", 9)).get(0));
    assertThat(padded).hasSize(9 * DVS.size()).startsWith(plain);
    assertThat(Arrays.copyOfRange(padded, plain.length, padded.length)).containsOnly(0f);
  }

  @Test
  void polaritiesCanBePutTogether() throws IOException {
    Segment all = Segment.whole(Sample.NO_LABEL);
    float[] two =
        GoldenFiles.values(
            GoldenFiles.all(new EventSamples(gesture(), number(1), DVS, List.of(all))).get(0));
    float[] one =
        GoldenFiles.values(
            GoldenFiles.all(new EventSamples(gesture(), number(1), DVS.merged(), List.of(all)))
                .get(0));
    assertThat(one).hasSize(two.length / 2);
    for (int i = 0; i < one.length; i++) {
      assertThat(one[i]).isEqualTo(two[i] + two[one.length + i]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none.aedat4", "lz4_small.aedat4"})
  void aedat4OfEachCompression(String name) throws IOException {
    Aedat4File file = new Aedat4File(file(name), GoldenFiles.NO_ZSTANDARD);
    assertThat(file.shape()).contains(EventShape.camera(30, 40));
    assertThat(events(file)).isEqualTo(rows(expected("few")));
  }

  @Test
  void aedat4TakesTheZstandardThatItIsGiven() throws IOException {
    assertThatThrownBy(() -> events(new Aedat4File(file("zstd.aedat4"), GoldenFiles.NO_ZSTANDARD)))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("zstd.aedat4, byte ")
        .hasMessageContaining("no Zstandard library")
        .hasMessageNotContaining("damaged");
    List<byte[]> packets = new ArrayList<>();
    PacketDecoder fake =
        packet -> {
          packets.add(packet.readAllBytes());
          return new ByteArrayInputStream(new byte[16]);
        };
    assertThat(events(new Aedat4File(file("zstd.aedat4"), fake))).isEmpty();
    byte[] magic = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    assertThat(packets).isNotEmpty().allSatisfy(packet -> assertThat(packet).startsWith(magic));
  }

  @Test
  void aedat4RefusesPacketsThatGiveFarMoreThanTheyHold() {
    PacketDecoder bomb = packet -> zeros();
    assertThatThrownBy(() -> events(new Aedat4File(file("zstd.aedat4"), bomb)))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("bytes give more than 1048576");
  }

  /** Of 2^31 - 1 bytes, in a file that could hold them. */
  @Test
  void aedat4RefusesPacketsThatAreTooLarge() throws IOException {
    byte[] bytes = Files.readAllBytes(GoldenFiles.FOLDER.resolve("none.aedat4"));
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int packet = 18 + file.getInt(14);
    while (!new String(bytes, packet + 16, 4, StandardCharsets.US_ASCII).equals("EVTS")) {
      packet += 8 + file.getInt(packet + 4);
    }
    file.putInt(packet + 4, Integer.MAX_VALUE);
    DataFile large = new LongFile(DataFile.of("large.aedat4", bytes), 1L << 40);
    assertThatThrownBy(() -> events(new Aedat4File(large, GoldenFiles.NO_ZSTANDARD)))
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "large.aedat4, byte %d: a packet of 2147483647 bytes, more than 268435456; the file is damaged"
                .formatted(packet));
  }

  /** A file that says it is longer than it is. */
  private record LongFile(DataFile file, long length) implements DataFile {
    @Override
    public String name() {
      return file.name();
    }

    @Override
    public InputStream open(long offset) throws IOException {
      return file.open(offset);
    }
  }

  @Test
  void durationsRefuseToPadToLessThanNothing() {
    assertThatThrownBy(() -> duration("0.006", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("padding to -1 frames; give 0 or more");
  }

  private static InputStream zeros() {
    return new InputStream() {
      @Override
      public int read() {
        return 0;
      }
    };
  }

  /** LZ4 blocks that refer to the block before. */
  @Test
  void aedat4WithLinkedBlocks() throws IOException {
    EventFile file = new Aedat4File(file("lz4.aedat4"), GoldenFiles.NO_ZSTANDARD);
    EventSamples samples =
        new EventSamples(file, number(2), EventShape.camera(30, 40), List.of(Segment.whole(4)));
    Sample sample = GoldenFiles.all(samples).get(0);
    assertThat(sample.label()).isEqualTo(4);
    assertFrames(sample, expected("busy").get("number"));
  }

  @Test
  void nMnist() throws IOException {
    assertThat(events(new AtisFile(file("00002.bin")))).isEqualTo(rows(expected("saccade")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"events.npz", "events_small.npz"})
  void npzOfEvents(String name) throws IOException {
    assertThat(NpzEventFile.isOne(file(name))).isTrue();
    assertThat(events(new NpzEventFile(file(name)))).isEqualTo(rows(expected("saccade")));
  }

  @Test
  void blocksCanBeReadByThemselves() throws IOException {
    List<Long> offsets = new ArrayList<>();
    gesture()
        .read(
            0,
            Long.MAX_VALUE,
            new EventConsumer() {
              @Override
              public void block(long offset) {
                offsets.add(offset);
              }

              @Override
              public void event(long time, int x, int y, int polarity) {}
            });
    List<List<Long>> parts = new ArrayList<>();
    for (int i = 0; i < offsets.size(); i++) {
      long to = i + 1 < offsets.size() ? offsets.get(i + 1) : Long.MAX_VALUE;
      gesture()
          .read(
              offsets.get(i),
              to,
              (t, x, y, p) -> parts.add(List.of(t, (long) x, (long) y, (long) p)));
    }
    assertThat(offsets).hasSizeGreaterThan(6);
    assertThat(parts).isEqualTo(events(gesture()));
  }

  /** t = 0, 3, 9, 10 µs in frames of 5 µs: two frames, and what lies on the end is in the last. */
  @Test
  void eventOnTheEndBelongsToTheLastFrame() throws IOException {
    byte[] bytes = {0, 0, 0, 0, 0, 1, 0, 0, 0, 3, 2, 0, 0, 0, 9, 3, 0, 0, 0, 10};
    EventSamples samples =
        new EventSamples(
            new AtisFile(DataFile.of("four.bin", bytes)),
            duration("0.000005", 0),
            new EventShape(1, 1, 4),
            List.of(Segment.whole(0)));
    assertThat(GoldenFiles.values(GoldenFiles.all(samples).get(0)))
        .containsExactly(1, 1, 0, 0, 0, 0, 1, 1);
  }

  /** Where SpikingJelly fails for want of events. */
  @Test
  void emptySamplesHaveEmptyFrames() throws IOException {
    EventFile empty = new AtisFile(DataFile.of("empty.bin", new byte[0]));
    EventShape shape = new EventShape(1, 1, 2);
    List<Segment> one = List.of(Segment.whole(0));
    for (Binning binning :
        List.of(number(2), new Binning.FixedNumber(2, Binning.SplitBy.TIME), duration("1", 2))) {
      EventSamples samples = new EventSamples(empty, binning, shape, one);
      assertThat(GoldenFiles.values(GoldenFiles.all(samples).get(0))).containsExactly(0, 0, 0, 0);
    }
  }

  @Test
  void wrongFilesAreNamedWithPlaceAndRemedy() throws IOException {
    byte[] whole = Files.readAllBytes(GoldenFiles.FOLDER.resolve("gesture.aedat"));
    byte[] cut = Arrays.copyOf(whole, whole.length - 3);
    assertThatThrownBy(() -> events(new Aedat3File(DataFile.of("cut.aedat", cut))))
        .isInstanceOf(DatasetException.class)
        .hasMessageMatching("cut\\.aedat, byte \\d+: a packet of \\d+ bytes, but .*cut short");
    byte[] old = "#!AER-DAT2.0\r\n# x\r\n".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> events(new Aedat3File(DataFile.of("old.aedat", old))))
        .hasMessageContaining("old.aedat, byte 14: it begins with '#!AER-DAT2.0'");
    assertThatThrownBy(() -> events(new AtisFile(DataFile.of("odd.bin", new byte[7]))))
        .hasMessageContaining("odd.bin: 7 bytes are no whole number of events");
    EventSamples small =
        new EventSamples(
            gesture(), number(1), EventShape.camera(16, 16), List.of(Segment.whole(0)));
    assertThatThrownBy(() -> GoldenFiles.all(small))
        .hasMessageContaining("outside 16 x 16 (width x height); give the sensor's size");
    assertThatThrownBy(() -> gesture(steps("0.0000001")))
        .hasMessageContaining("0.0000001 s are no whole number of the file's ticks");
    byte[] labels = "class,a,b\n3,10,5\n".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> GestureLabels.read(DataFile.of("l.csv", labels)))
        .hasMessageContaining("l.csv: line 2 is '3,10,5'");
  }

  /** Float32 has no 2^24 + 1, so that counting on would silently count nothing. */
  @Test
  void moreEventsAtOnePlaceThanAFloatCountsAreRefused() throws IOException {
    byte[] thousand = new byte[5 << 10];
    EventShape shape = EventShape.camera(34, 34);
    DataFile most = new MadeFile("most.bin", new byte[0], n -> thousand, thousand.length, 1 << 14);
    DataFile more = new MadeFile("more.bin", new byte[5], n -> thousand, thousand.length, 1 << 14);

    Sample counted =
        GoldenFiles.all(
                new EventSamples(new AtisFile(most), number(1), shape, List.of(Segment.whole(0))))
            .get(0);

    assertThat(GoldenFiles.values(counted)[0]).isEqualTo(1 << 24);
    SampleReader refused =
        new EventSamples(new AtisFile(more), number(1), shape, List.of(Segment.whole(0)));
    assertThatThrownBy(() -> GoldenFiles.all(refused))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("more.bin: more than 16777216 events at x = 0, y = 0 in one frame");
  }
}
