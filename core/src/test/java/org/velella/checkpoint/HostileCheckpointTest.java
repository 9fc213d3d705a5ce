package org.velella.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.velella.checkpoint.Fixtures.FIRST;
import static org.velella.checkpoint.Fixtures.RUN;
import static org.velella.checkpoint.Fixtures.WRITER;
import static org.velella.checkpoint.Fixtures.firstManifest;
import static org.velella.checkpoint.Fixtures.newest;
import static org.velella.checkpoint.Fixtures.path;
import static org.velella.checkpoint.Fixtures.saveChain;

import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.testkit.Fuzz;
import org.velella.testkit.MemoryCheckpointStore;

/**
 * Files that somebody made to do harm, with checksums that are right: they lead out of the run's
 * directory, claim more than there is, or nest without end. Each is refused by a documented
 * exception before memory is taken.
 */
class HostileCheckpointTest {
  private static final String DEEP = "[".repeat(100_000);
  private static final List<Class<? extends Exception>> DOCUMENTED =
      List.of(
          CheckpointCorruptException.class,
          CheckpointTooNewException.class,
          CheckpointMismatchException.class);

  private final MemoryCheckpointStore store = new MemoryCheckpointStore();
  private final ManifestLog log = new ManifestLog(store);
  private RangeFileRef ref;

  @BeforeEach
  void commit() throws IOException {
    RangeEntry saved = saveChain(store, FIRST, 2);
    ref = newest(saved);
    log.commit(log.commit(firstManifest()).successor(List.of(saved), 10, WRITER));
    RangeFileRef outside = newest(saveChain(store, new SampleRange(3, 5), 2));
    store.replace("secret", store.file(path(outside)));
  }

  private void assertRefused(byte[] manifest) {
    boolean read =
        Fuzz.reads(
            "It",
            manifest,
            bytes -> {
              store.replace(ManifestLog.path(2), bytes);
              log.manifest(2);
            },
            DOCUMENTED);
    assertThat(read).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"file\":\"r0 | \"file\":\"../secret",
        "\"file\":\"r0 | \"file\":\"/etc/passwd",
        "\"file\":\"r0 | \"file\":\"file:///r0",
        "\"file\":\"r0 | \"file\":\"r0/../r0",
        "\"file\":\"_attempts/ | \"file\":\"../../../",
        "\"file\":\"_attempts/ | \"file\":\"/_attempts/",
        "\"file\":\"_attempts/ | \"file\":\"s3://_attempts/",
        "\"file\":\"_attempts/ | \"file\":\"_attempts\\\\",
        "\"samples\":5 | \"samples\":9223372036854775807",
        "\"samples\":5 | \"samples\":99999999999999999999",
        "\"samples\":5 | \"samples\":5e0",
        "\"samples\":5 | \"samples\":5,\"samples\":5",
        "\"range_size\":3 | \"range_size\":4294967299",
        "\"range_size\":3 | \"range_size\":0",
        "\"lo\":0 | \"lo\":-9223372036854775808",
        "\"hi\":3 | \"hi\":9223372036854775807",
        "\"bytes\": | \"bytes\":-",
        "\"shape\":[2] | \"shape\":[2147483647,2147483647,2147483647]",
        "\"shape\":[2] | \"shape\":[-2]",
        "\"dt\":\"0x | \"dt\":\"0x1.0p99999999999",
        "\"version\":2 | \"version\":9223372036854775807",
        "\"format\" | \"@class\":\"java.lang.ProcessBuilder\",\"forma\"",
      })
  void manifestsThatLie(String from, String to) {
    String text = new String(store.file(ManifestLog.path(2)), UTF_8);
    assertThat(text).contains(from);

    assertRefused(ManifestTest.sealed(text.replace(from, to)));
  }

  @Test
  void manifestsThatNestWithoutEnd() {
    String text = new String(store.file(ManifestLog.path(2)), UTF_8);
    for (String deep : List.of(DEEP, "{\"a\":".repeat(100_000), "[" + "[],".repeat(300_000))) {
      assertRefused(ManifestTest.sealed(text.replace("{\"format\"", "{\"x\":" + deep)));
      assertRefused(ManifestTest.sealed(deep + "\ncrc32c:"));
    }
    String number = "9".repeat(1_000_000);
    assertRefused(ManifestTest.sealed(text.replace("\"samples\":5", "\"samples\":" + number)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "00000000000000000002.part-00000.json | ../../secret",
        "00000000000000000002.part-00000.json | 00000000000000000001.json",
        "00000000000000000002.part-00000.json | 00000000000000000002.part-00009.json",
        "\"bytes\": | \"bytes\":9",
        "\"bytes\": | \"bytes\":-",
        "\"ranges\":1 | \"ranges\":2147483647",
        "\"ranges\":1 | \"ranges\":9223372036854775807",
        "\"hi\":3 | \"hi\":2",
        "\"crc32c\":\"| \"crc32c\":\"0",
      })
  void partsThatLie(String from, String to) throws IOException {
    Manifest manifest = log.manifest(2);
    byte[] part = ManifestCodec.encodePart(manifest.ranges());
    String name = ManifestPart.name(2, 0);
    store.replace(ManifestFiles.path(name), part);
    byte[] good =
        ManifestCodec.encode(
            manifest,
            List.of(new ManifestPart(name, part.length, ManifestCodec.statedCrc(part), 0, 3, 1)));
    String text = new String(good, UTF_8);
    int parts = text.indexOf("\"parts\"");
    int end = text.indexOf("]", parts);
    String listed = text.substring(parts, end);
    assertThat(listed).contains(from);

    assertRefused(
        ManifestTest.sealed(
            text.substring(0, parts) + listed.replace(from, to) + text.substring(end)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"shape\":[2] | \"shape\":[2147483647]",
        "\"hi\":3 | \"hi\":2147483647",
        "\"lo\":0 | \"lo\":-1",
        "\"step\":2 | \"step\":9223372036854775807",
        "\"name\":\"lif.v\" | \"name\":\"../../lif.v\"",
        "\"dtype\":\"F32\" | \"dtype\":\"java.lang.Runtime\"",
        "\"recordings\":[ | \"recordings\":[[",
        "\"file\":\"_attempts/ | \"file\":\"../",
      })
  void rangeFilesThatLie(String from, String to) {
    byte[] good = store.file(path(ref));
    byte[] bad =
        Fixtures.withMetadata(
            good,
            metadata -> {
              TreeMap<String, String> changed = new TreeMap<>(metadata);
              assertThat(changed.get("range")).contains(from);
              changed.put("range", changed.get("range").replace(from, to));
              return changed;
            });
    assertThat(new String(bad, ISO_8859_1)).isNotEqualTo(new String(good, ISO_8859_1));

    boolean read =
        Fuzz.reads(
            "It",
            bad,
            bytes -> {
              store.replace(path(ref), bytes);
              RangeFile.read(store, RUN, RangeFile.readHeader(store, ref.file()).ref());
            },
            DOCUMENTED);
    assertThat(read).isFalse();
  }
}
