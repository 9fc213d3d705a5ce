package org.velella.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a secret and what is only about one; each setting is {@code key=value}. */
class SecretsTest {
  private static String key(String setting) {
    return setting.substring(0, setting.indexOf('='));
  }

  private static String value(String setting) {
    return setting.substring(setting.indexOf('=') + 1);
  }

  private static void remember(String setting) {
    Secrets.remember(key(setting), value(setting));
  }

  private static void assertHidden(String setting) {
    remember(setting);
    assertThat(Secrets.hide("it says " + value(setting) + ".")).doesNotContain(value(setting));
  }

  private static void assertShown(String setting) {
    remember(setting);
    assertThat(Secrets.hide("it says " + value(setting) + "."))
        .isEqualTo("it says " + value(setting) + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fs.s3a.aws.credentials.provider=org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
        "fs.s3a.assumed.role.credentials.provider=a.b.One,\n    a.b.c.Two$Inner",
        "fs.s3a.bucket.b.aws.credentials.provider=com.amazonaws.auth.ProfileCredentialsProvider",
        "fs.s3a.delegation.token.binding=org.apache.hadoop.fs.s3a.auth.RoleTokenBinding",
        "my.credentialsProvider=org.velella.none.Providing",
        "fs.adl.oauth2.access.token.provider.type=ClientCredential",
        "hadoop.http.authentication.signer.secret.provider=org.velella.none.Signing",
        "my.secret.rotation.interval=86400",
        "my.token.type=PKCS12",
        "sasl.token.mechanism=SCRAM-SHA-512",
        "hadoop.security.secret-manager.key-generator.algorithm=HmacSHA1",
        "yarn.resourcemanager.delegation.token.renew-interval=10000",
        "yarn.resourcemanager.delegation.token.max-lifetime=604800000",
        "yarn.resourcemanager.delegation.token.remove-scan-interval=1000 h",
        "yarn.resourcemanager.am-rm-tokens.master-key-rolling-interval-secs=86400",
        "yarn.resourcemanager.delegation-token.max-conf-size-bytes=12800",
        "yarn.resourcemanager.delegation-token-renewer.thread-timeout=6000s",
        "hadoop.http.authentication.token.validity=36000",
        "hadoop.security.secret-manager.key-length=2048",
        "spark.security.credentials.renewalRatio=0.8125",
        "spark.security.credentials.retryWait.timeoutMS=36000",
        "TOKEN_TIMEOUT=36000",
        "spark.security.credentials.hive.enabled=FALSE",
        "yarn.resourcemanager.webapp.delegation-token-auth-filter.enabled=true"
      })
  void settingsAboutSecretsAreNone(String setting) {
    assertThat(Secrets.isSecret(key(setting))).isTrue();
    assertThat(Secrets.isSecret(key(setting), value(setting))).isFalse();
    assertShown(setting);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // What only looks like a setting, by its key or by its value.
        "fs.s3a.aws.credentials.provider=hunter2",
        "fs.s3a.aws.credentials.provider=AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG",
        "my.token.provider=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SflKxwRJSMeKKF2QT4",
        "my.token.provider=abc.Def",
        "hadoop.security.credential.provider.path=jceks://file/home/me/of.jceks",
        "delegation.token.interval=1f3a9c",
        "delegation.token.interval=1234567890123456789",
        "password.type=correct horse battery staple of mine",
        "password.type=hunter4",
        "db.passwordType=hunter5",
        "fs.azure.account.oauth2.client.secret.limit=123456",
        "secret.algorithm=dGhpcyBpcyBpdA==",
        "credentials.enabled=hunter3",
        "tokentimeout=3600012",
        "password=org.velella.secret.Horse",
        "secret.x=org.velella.secret.Battery",
        "password=48151623",
        "password=48151",
        "db.password.default=48152",
        "fs.s3a.secret.key=7015162342",
        "fs.azure.account.key.interval=48153",
        "fs.azure.account.key.mine.dfs.core.windows.net=48154",
        "fs.s3a.session.token=48155",
        "apiTokens=48156",
        "credential=48157",
        "a.token.of.mine=930716",
        "passphrase=4815 h",
        "spark.ssl.keyPassword=True1"
      })
  void whatOnlyLooksLikeASettingStaysSecret(String setting) {
    assertThat(Secrets.isSecret(key(setting), value(setting))).isTrue();
    assertHidden(setting);
  }

  /** They are not written down, but to hide them would blank what has nothing to do with them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dfs.token.threshold=27182",
        "dfs.token.wait=2718 ms",
        "dfs.credential.helper=org.velella.none.Helping",
        "hadoop.security.token.service.use_ip=true",
        "password=abc"
      })
  void whatInnocentTextsHaveIsNotHiddenInThem(String setting) {
    assertThat(Secrets.isSecret(key(setting), value(setting))).isTrue();
    assertShown(setting);
  }

  @Test
  void secretIsHiddenWhereverItStands() {
    remember("password=31415");

    assertThat(Secrets.hide("at x31415926")).doesNotContain("31415");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx2g -Djavax.net.ssl.trustStorePassword=fjord81 -Da=b",
        "-Da=b -Djavax.net.ssl.trustStorePassword='fjord81'",
        "--token \"x\" client.secret=\"fjord81\"",
      })
  void settingsInsideValuesAreSecretsToo(String options) {
    String key = "spark.executor.extraJavaOptions";
    assertThat(Secrets.redact(Map.of(key, options)).get(key))
        .doesNotContain("fjord81")
        .satisfies(text -> assertThat(Secrets.isRedacted(text)).isTrue());
    Secrets.remember(key, options);
    assertThat(Secrets.hide("it says fjord81.")).doesNotContain("fjord81");
  }

  @Test
  void otherSettingsInsideValuesStay() {
    String options = "-Dspark.token.interval=10 -Da=b -Dc='d e' x=$1";
    assertThat(Secrets.redact(Map.of("options", options))).containsEntry("options", options);
    Secrets.remember("options", options);
    assertThat(Secrets.hide(options)).isEqualTo(options);
  }

  /** Whoever looks at a value must come to an end with it, however long it is. */
  @Test
  void longValuesAreLookedAt() {
    for (String part : new String[] {"a.b.C,", "a.", "a.b.", " ", "1"}) {
      String setting = "my.credentials.provider=" + part.repeat(200_000);
      assertThat(Secrets.isSecret(key(setting), value(setting))).isTrue();
    }
  }

  /** What Hadoop's own list of sensitive keys has, and what Azure and Parquet call theirs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "fs.s3a.encryption.key=c2l4dGVlbg1",
        "fs.s3a.server-side-encryption.key=c2l4dGVlbg2",
        "fs.s3a.bucket.b.encryption.key=c2l4dGVlbg3",
        "fs.azure.encryption.encoded.client-provided-key=c2l4dGVlbg4",
        "fs.azure.sas.container.account.blob.core.windows.net=c2l4dGVlbg5",
        "fs.azure.sas.fixed.token=c2l4dGVlbg6",
        "parquet.encryption.key.list=k1:c2l4dGVlbg7",
        "ssl.keystore.pass=c2l4dGVlbg8",
      })
  void keysOfEncryptionAreSecrets(String setting) {
    assertThat(Secrets.redact(Map.of(key(setting), value(setting))).get(key(setting)))
        .doesNotContain(value(setting));
    assertHidden(setting);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sasl.mechanism=PLAINER", "bypass.mode=inside77", "keyboard.layout=us"})
  void wordsThatOnlyBeginLikeThem(String setting) {
    assertThat(Secrets.isSecret(key(setting))).isFalse();
  }
}
