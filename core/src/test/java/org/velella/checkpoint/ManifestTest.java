package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.SECOND;
import static org.velella.checkpoint.Fixtures.WRITER;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.module.MemoryScope;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.testkit.Seeded;

class ManifestTest {
  private static final String ATTEMPT = "123e4567-e89b-42d3-a456-426614174000";

  private static RangeFileRef ref(SampleRange range, long step) {
    String name = new RangeFileName(range, step, UUID.fromString(ATTEMPT)).toString();
    return new RangeFileRef(name, step, 1000, "0123abcd", "cd".repeat(32));
  }

  private static Manifest decode(byte[] bytes, long version) {
    try {
      return ManifestCodec.decode(bytes, version, "m", part -> List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RangeEntry entry(SampleRange range, long... steps) {
    RangeEntry entry = RangeEntry.fresh(range);
    for (long step : steps) {
      entry = entry.append(ref(range, step), List.of());
    }
    return entry;
  }

  private static Manifest manifest(RangeEntry... ranges) {
    return new Manifest(
        2, new Manifest.Parent(1, "89abcdef"), RUN, 5, 10, 3, WRITER, List.of(ranges));
  }

  @Test
  void hasExactlyThisText() {
    RunIdentity run =
        new RunIdentity(
            "r",
            new TreeMap<>(),
            1,
            -1,
            List.of(
                new MemoryEntry("é.v", DType.FLOAT32, Shape.of(2, 3), MemoryScope.PER_SAMPLE),
                new MemoryEntry("t", DType.INT64, Shape.SCALAR, MemoryScope.SHARED)),
            List.of());
    RangeEntry entry =
        RangeEntry.fresh(SECOND)
            .append(ref(SECOND, 7), List.of(new Recording("spikes", "_a/b.parquet", 0, 7, 3)));
    Manifest manifest =
        new Manifest(2, new Manifest.Parent(1, "89abcdef"), run, 5, 10, 3, WRITER, List.of(entry));

    byte[] bytes = ManifestCodec.encode(manifest);

    String json =
        "{\"format\":{\"major\":1,\"minor\":0,\"name\":\"velella-manifest\",\"required\":[]},"
            + "\"parent\":{\"crc32c\":\"89abcdef\",\"version\":1},\"range_size\":3,"
            + "\"ranges\":[{\"files\":[{\"bytes\":1000,\"crc32c\":\"0123abcd\",\"file\":"
            + "\"r000000000003-000000000005.s00000007."
            + ATTEMPT
            + ".safetensors\",\"shared_sha256\":\""
            + "cd".repeat(32)
            + "\",\"step\":7}],\"hi\":5,\"lo\":3,\"recordings\":[{\"file\":\"_a/b.parquet\","
            + "\"from_step\":0,\"kind\":\"spikes\",\"rows\":3,\"to_step\":7}]}],"
            + "\"run\":{\"accumulators\":[],\"digests\":{},\"dt\":\"0x1.0p0\",\"memories\":["
            + "{\"batch_axis\":0,\"dtype\":\"F32\",\"name\":\"é.v\",\"scope\":\"per-sample\","
            + "\"shape\":[2,3]},{\"batch_axis\":null,\"dtype\":\"I64\",\"name\":\"t\","
            + "\"scope\":\"shared\",\"shape\":[]}],\"run_id\":\"r\",\"seed\":-1},\"samples\":5,"
            + "\"target_steps\":10,\"version\":2,\"writer\":{\"attempt\":\"driver-1\"}}\n";
    CRC32C crc = new CRC32C();
    crc.update(json.getBytes(UTF_8));
    assertThat(new String(bytes, UTF_8))
        .isEqualTo(json + "crc32c:%08x\n".formatted(crc.getValue()));
    assertThat(decode(bytes, 2)).isEqualTo(manifest);
  }

  @Seeded(times = 30)
  void readingGivesWhatWasWritten(SplittableRandom random) {
    int rangeSize = 1 + random.nextInt(1000);
    long samples = random.nextLong(20L * rangeSize) + 1;
    List<RangeEntry> ranges = new ArrayList<>();
    Manifest empty = Manifest.first(Fixtures.randomRun(random), samples, 1000, rangeSize, WRITER);
    for (RangeEntry fresh : empty.allRanges()) {
      if (random.nextBoolean()) {
        long step = 1 + random.nextInt(100);
        Recording recording = new Recording("traces", "_attempts/" + step, 0, step, step);
        ranges.add(
            fresh
                .append(ref(fresh.range(), step), List.of(recording))
                .append(ref(fresh.range(), step + 1), List.of()));
      }
    }
    Manifest manifest =
        new Manifest(
            9,
            new Manifest.Parent(7, "00000000"),
            empty.run(),
            samples,
            2000,
            rangeSize,
            WRITER,
            ranges);

    Manifest read = decode(ManifestCodec.encode(manifest), 9);

    assertThat(read).isEqualTo(manifest);
    assertThat(ManifestCodec.encode(read)).isEqualTo(ManifestCodec.encode(manifest));
  }

  @Test
  void everySingleByteCorruptionIsDetected() {
    byte[] good =
        ManifestCodec.encode(Manifest.first(Fixtures.run(List.of(), List.of()), 5, 10, 3, WRITER));
    byte[] bytes = good.clone();
    for (int at = 0; at < good.length; at++) {
      for (int value = 1; value < 256; value++) {
        bytes[at] = (byte) (good[at] + value);
        assertThatRefused(bytes, 1, "byte " + at + " + " + value);
      }
      bytes[at] = good[at];
    }
  }

  @Test
  void everyTruncationAndExtensionIsDetected() {
    byte[] good = ManifestCodec.encode(manifest(entry(FIRST, 2)));
    for (int length = 0; length <= good.length + 20; length++) {
      if (length != good.length) {
        assertThatRefused(Arrays.copyOf(good, length), 2, "length " + length);
      }
    }
  }

  private static void assertThatRefused(byte[] bytes, long version, String what) {
    try {
      decode(bytes, version);
    } catch (IllegalArgumentException e) {
      return;
    }
    throw new AssertionError(what + " was not noticed");
  }

  @Test
  void aManifestUnderAnotherNumberIsDetected() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> decode(ManifestCodec.encode(manifest()), 3))
        .withMessage("it is version 2, its name tells 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"step\":7 | \"step\":8",
        "\"lo\":3 | \"lo\":2",
        "r000000000003 | ../000000003",
        "\"bytes\":1000 | \"bytes\":0",
        "\"bytes\":1000 | \"bytes\":\"1000\"",
        "\"range_size\":3 | \"range_size\":4294967299",
        "\"range_size\":3 | \"range_size\":0",
        "\"samples\":5 | \"samples\":3",
        "\"samples\":5 | \"samples\":9223372036854775807",
        "\"version\":1 | \"version\":2",
        "\"attempt\" | \"nobody\"",
        "\"crc32c\":\"89abcdef\" | \"crc32c\":\"89ABCDEF\"",
        "\"dt\":\"0x1.a36e2eb1c432dp-14\" | \"dt\":\"-0x1.0p0\"",
        "\"dt\":\"0x1.a36e2eb1c432dp-14\" | \"dt\":\"NaN\"",
        "\"batch_axis\":0 | \"batch_axis\":1",
        "\"F32\" | \"F33\"",
      })
  void contradictionsInsideAreRefusedThoughTheChecksumHolds(String from, String to) {
    String text = new String(ManifestCodec.encode(manifest(entry(SECOND, 7))), UTF_8);
    assertThat(text).contains(from);

    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> decode(sealed(text.replace(from, to)), 2))
        .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
  }

  @Test
  void newerFormatsAreTooNew() {
    String text = new String(ManifestCodec.encode(manifest()), UTF_8);

    assertThatExceptionOfType(CheckpointTooNewException.class)
        .isThrownBy(() -> decode(sealed(text.replace("\"major\":1", "\"major\":2")), 2))
        .withMessage(
            "m has format velella-manifest 2.0, this Velella reads version 1; use a newer Velella");
    assertThatExceptionOfType(CheckpointTooNewException.class)
        .isThrownBy(
            () -> decode(sealed(text.replace("\"required\":[]", "\"required\":[\"parts\"]")), 2))
        .withMessageContaining("requires the feature 'parts'");
    Manifest read = decode(sealed(text.replace("\"minor\":0", "\"minor\":3,\"more\":[]")), 2);
    assertThat(read).isEqualTo(manifest());
  }

  /** The text with the checksum that is right for it. */
  static byte[] sealed(String text) {
    String json = text.substring(0, text.lastIndexOf("crc32c:"));
    CRC32C crc = new CRC32C();
    crc.update(json.getBytes(UTF_8));
    return (json + "crc32c:%08x\n".formatted(crc.getValue())).getBytes(UTF_8);
  }

  @Test
  void rangesCoverTheRunExactlyOnce() {
    assertThat(manifest(entry(SECOND, 4)).allRanges())
        .extracting(RangeEntry::range)
        .containsExactly(FIRST, SECOND);
    assertThat(manifest(entry(SECOND, 4)).allRanges())
        .extracting(RangeEntry::step)
        .containsExactly(0L, 4L);
    assertThat(Manifest.first(RUN, 0, 10, 3, WRITER).allRanges()).isEmpty();
    refuses(entry(SECOND, 4), entry(FIRST, 4));
    refuses(entry(FIRST, 4), entry(FIRST, 4));
    refuses(entry(new SampleRange(0, 2), 4));
    refuses(entry(new SampleRange(3, 6), 4));
    refuses(entry(new SampleRange(6, 9), 4));
    refuses(RangeEntry.fresh(FIRST));
  }

  private static void refuses(RangeEntry... ranges) {
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> manifest(ranges));
  }

  @Test
  void isCompleteWhenEveryRangeHasReachedTheTarget() {
    assertThat(manifest(entry(FIRST, 10)).isComplete()).isFalse();
    assertThat(manifest(entry(FIRST, 10), entry(SECOND, 9)).isComplete()).isFalse();
    assertThat(manifest(entry(FIRST, 10), entry(SECOND, 3, 10)).isComplete()).isTrue();
  }

  @Test
  void sharedMemoriesMustAgreeAfterTheSameStep() {
    RangeFileRef other =
        new RangeFileRef(ref(SECOND, 4).file(), 4, 1000, "0123abcd", "ee".repeat(32));
    RangeEntry disagreeing = RangeEntry.fresh(SECOND).append(other, List.of());

    assertThatExceptionOfType(CheckpointMismatchException.class)
        .isThrownBy(() -> manifest(entry(FIRST, 4), disagreeing))
        .withMessageContaining("[0, 3) and [3, 5)")
        .withMessageContaining("step 4");
    assertThat(manifest(entry(FIRST, 5), disagreeing).ranges()).hasSize(2);
  }

  @Test
  void chainsAscendAndKeepTheirRecordingsApart() {
    Recording one = new Recording("spikes", "_a/1", 0, 4, 1);
    Recording two = new Recording("spikes", "_a/2", 4, 8, 1);
    RangeEntry entry =
        RangeEntry.fresh(FIRST)
            .append(ref(FIRST, 4), List.of(one))
            .append(ref(FIRST, 8), List.of(two));

    assertThat(entry.first(1))
        .isEqualTo(RangeEntry.fresh(FIRST).append(ref(FIRST, 4), List.of(one)));
    assertThat(entry.first(0)).isEqualTo(RangeEntry.fresh(FIRST));
    RangeEntry longer = entry.append(ref(FIRST, 9), List.of()).append(ref(FIRST, 10), List.of());
    assertThat(longer.files()).extracting(RangeFileRef::step).containsExactly(4L, 8L, 9L, 10L);
    assertThat(longer.recordings()).containsExactly(one, two);
    assertThat(longer.newest(3).files()).isEqualTo(longer.files().subList(1, 4));
    assertThat(longer.newest(3).recordings()).containsExactly(one, two);
    assertThat(longer.newest(4)).isEqualTo(longer);
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> longer.newest(0));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> entry.append(ref(FIRST, 8), List.of()));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> entry.append(ref(SECOND, 9), List.of()));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> entry.append(ref(FIRST, 9), List.of(one)));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () -> entry.append(ref(FIRST, 9), List.of(new Recording("spikes", "_a/3", 8, 10, 1))));
  }
}
