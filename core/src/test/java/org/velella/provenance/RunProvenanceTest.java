package org.velella.provenance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunProvenanceTest {
  private static final String TEXT =
      "{\"backend\":{\"exceptions\":{\"net.mine\":\"host\"},\"name\":\"vector\","
          + "\"reason\":\"256-bit vectors\"},\"configuration\":{\"steps\":\"10\"},"
          + "\"convention\":\"norse\",\"digests\":{\"network\":\"ab\"},\"dt\":\"0x1.0p-1\","
          + "\"format\":{\"major\":1,\"minor\":0,\"name\":\"velella-run\"},"
          + "\"numerics\":{\"fma_fused\":true,\"rounds_to_nearest_even\":true,"
          + "\"subnormals_kept\":false},\"seed\":-7,\"software\":{\"java\":\"17\","
          + "\"nd4j\":\"1.0\",\"system\":\"Linux\",\"velella\":\"0.1\"},"
          + "\"started\":\"2026-01-02T03:04:05Z\"}\n";

  /** As of minor version 1; the digits are those of a CRC32C that was computed elsewhere. */
  private static final String CHECKED =
      TEXT.replace("\"minor\":0", "\"minor\":1")
          .replace("\"digests\"", "\"crc32c\":\"4bb82c95\",\"digests\"");

  private static RunProvenance provenance(Map<String, String> configuration) {
    return new RunProvenance(
        Instant.parse("2026-01-02T03:04:05Z"),
        new Software("0.1", "17", "Linux", "1.0"),
        new NumericEnvironment(false, true, true),
        new BackendChoice("vector", "256-bit vectors", new TreeMap<>(Map.of("net.mine", "host"))),
        "norse",
        0.5,
        -7,
        new TreeMap<>(Map.of("network", "ab")),
        new TreeMap<>(configuration));
  }

  @Test
  void hasExactlyThisText() {
    RunProvenance provenance = provenance(Map.of("steps", "10"));

    assertThat(new String(provenance.toJson(), UTF_8)).isEqualTo(CHECKED);
    assertThat(RunProvenance.fromJson(CHECKED.getBytes(UTF_8))).isEqualTo(provenance);
    assertThat(RunProvenance.fromJson(TEXT.getBytes(UTF_8))).isEqualTo(provenance);
  }

  /** What a run records, for example, would otherwise change in the middle of it. */
  @Test
  void everyChangedBitIsNoticed() {
    RunProvenance provenance = provenance(Map.of("steps", "10"));
    byte[] bytes = CHECKED.getBytes(UTF_8);
    int refused = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) (1 << bit);
        try {
          // The line break at the end may become other white space.
          assertThat(RunProvenance.fromJson(changed)).isEqualTo(provenance);
          assertThat(at).isEqualTo(bytes.length - 1);
        } catch (JsonException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(8 * (bytes.length - 1) - 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"name\":\"velella-run\" | \"name\":\"other\" | is a 'other' file",
        "\"major\":1 | \"major\":2 | use a newer Velella",
        "2026-01-02T03:04:05Z | yesterday | instead of a time",
        "\"seed\":-7, | '' | has no 'seed'",
        "0x1.0p-1 | 0.5 | in hexadecimal notation",
      })
  void anotherTextIsRefused(String from, String to, String message) {
    assertThat(TEXT).contains(from);
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> RunProvenance.fromJson(TEXT.replace(from, to).getBytes(UTF_8)))
        .withMessageContaining(message);
  }

  /** Of the texts that are refused, restoring a copy does not help with these. */
  @Test
  void anotherMajorVersionIsToldFromDamage() {
    assertThat(RunProvenance.isOfOtherVersion(TEXT.getBytes(UTF_8))).isFalse();
    String newer = TEXT.replace("\"major\":1", "\"major\":2");
    assertThat(RunProvenance.isOfOtherVersion(newer.getBytes(UTF_8))).isTrue();
    String other = newer.replace("velella-run", "other");
    assertThat(RunProvenance.isOfOtherVersion(other.getBytes(UTF_8))).isFalse();
    assertThat(RunProvenance.isOfOtherVersion(new byte[] {'{', 3})).isFalse();
  }

  @Test
  void secretsAreNotWritten() {
    String planted = "hunter2";
    RunProvenance provenance =
        provenance(
            Map.of(
                "spark.hadoop.fs.s3a.secret.key", planted,
                "db.PASSWORD", planted,
                "fs.s3a.access.key", planted,
                "authToken", planted,
                "input", "https://me:" + planted + "@host/x?sig=" + planted + "#part",
                "output", "s3a://bucket/run one?versionId=" + planted,
                "plain", "a@b c?d=e"));

    String text = new String(provenance.toJson(), UTF_8);

    assertThat(text).doesNotContain(planted);
    assertThat(provenance.configuration())
        .containsEntry("input", "https://*********(redacted)@host/x?*********(redacted)#part")
        .containsEntry("plain", "a@b c?d=e")
        .hasSize(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fs.s3a.access.key",
        "access_key",
        "access-key",
        "accessKey",
        "apiKey",
        "api_key",
        "spark.hadoop.fs.azure.account.key.mine.dfs.core.windows.net",
        "accountKey",
        "fs.azure.storage-key",
        "privateKey",
        "credentials",
        "passphrase",
        "passwd",
        "db.pwd",
        "db.PASSWORD",
        "authToken",
        "client_secret"
      })
  void whatIsCalledSoIsSecret(String key) {
    assertThat(Secrets.isSecret(key)).isTrue();
    assertThat(provenance(Map.of(key, "hunter2")).configuration())
        .containsExactly(Map.entry(key, "*********(redacted)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"header", "key", "keep", "steps", "path", "delimiter", "monkey", "input"})
  void otherNamesHideNothing(String key) {
    assertThat(Secrets.isSecret(key)).isFalse();
  }

  @Test
  void settingsAboutSecretsAreWritten() {
    String provider = "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider";

    assertThat(
            provenance(
                    Map.of(
                        "spark.hadoop.fs.s3a.aws.credentials.provider",
                        provider,
                        "spark.security.credentials.renewalRatio",
                        "0.75"))
                .configuration())
        .containsEntry("spark.hadoop.fs.s3a.aws.credentials.provider", provider)
        .containsEntry("spark.security.credentials.renewalRatio", "0.75");
  }

  @Test
  void softwareOfThisProcessIsKnown() {
    Software software = Software.current();

    assertThat(software.velella()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(software.java()).startsWith(Runtime.version().toString());
    assertThat(software.system()).contains(System.getProperty("os.arch"));
    assertThat(software.nd4j()).isNotBlank();
  }

  @Test
  void thisThreadComputesAsDefined() {
    assertThat(NumericEnvironment.current()).isEqualTo(new NumericEnvironment(true, true, true));
    assertThatNoException().isThrownBy(NumericEnvironment::requireConforming);
  }

  @Test
  void anyDeviationIsNonconforming() {
    assertThat(new NumericEnvironment(true, true, true).conforms()).isTrue();
    assertThat(new NumericEnvironment(false, true, true).conforms()).isFalse();
    assertThat(new NumericEnvironment(true, false, true).conforms()).isFalse();
    assertThat(new NumericEnvironment(true, true, false).conforms()).isFalse();
  }
}
