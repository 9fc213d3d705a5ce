package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.lang3.SerializationUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.velella.provenance.Secrets;
import org.velella.spark.TestSpark;

/** What an executor knows of secrets: what the configuration that it is sent says. */
class HadoopConfTest {
  @Test
  void secretsAreHiddenOnceTheConfigurationIsThere() {
    Configuration conf = TestSpark.session().sessionState().newHadoopConf();
    conf.set("fs.s3a.bucket.b.secret.key", "hadoopConfTestSecret");
    conf.set("fs.azure.account.key.a.dfs.core.windows.net", "hadoopConfTestAccount");
    conf.set("fs.s3a.endpoint", "hadoopConfTestEndpoint");
    conf.set("hadoop.security.credential.clear-text-fallback", "false");
    HadoopConf sent = new HadoopConf(conf);
    String message = "hadoopConfTestSecret of hadoopConfTestAccount at hadoopConfTestEndpoint";
    assertThat(Secrets.hide(message)).isEqualTo(message);

    assertThat(sent.toConfiguration().get("fs.s3a.bucket.b.secret.key"))
        .isEqualTo("hadoopConfTestSecret");
    assertThat(Secrets.hide(message))
        .contains("hadoopConfTestEndpoint")
        .doesNotContain("hadoopConfTestSecret")
        .doesNotContain("hadoopConfTestAccount");
    assertThat(Secrets.hide("false")).isEqualTo("false");
  }

  @Test
  void settingsAboutSecretsAreNone() {
    Configuration conf = TestSpark.session().sessionState().newHadoopConf();
    String provider = "org.velella.none.HadoopConfTestProvider";
    conf.set("fs.s3a.aws.credentials.provider", provider);
    conf.set("yarn.resourcemanager.delegation.token.renew-interval", "70310");
    conf.set("dfs.token.threshold", "70311");
    conf.set("fs.s3a.proxy.password", "703127031270312");
    new HadoopConf(conf).toConfiguration();

    String message = provider + " has read 70310 of 70311 samples";
    assertThat(Secrets.hide(message)).isEqualTo(message);
    assertThat(Secrets.hide("by 703127031270312")).doesNotContain("703127031270312");
  }

  /** They stand under keys such as {@code hadoop.security.credential.clear-text-fallback}. */
  @Test
  void defaultsAreNoSecrets() {
    Configuration conf = TestSpark.session().sessionState().newHadoopConf();
    new HadoopConf(conf).toConfiguration();
    List<String> values = new ArrayList<>();
    for (Map.Entry<String, String> setting : conf) {
      if (Secrets.isSecret(setting.getKey())) {
        values.add(setting.getValue());
      }
    }
    assertThat(values).hasSizeGreaterThan(5).contains("true", "false");
    assertThat(values).allSatisfy(value -> assertThat(Secrets.hide(value)).isEqualTo(value));
  }

  @Test
  void whatOneTaskSetsIsNothingToOthers() {
    HadoopConf conf = new HadoopConf(new Configuration(false));
    conf.toConfiguration().set("velella.test", "mine");
    assertThat(conf.toConfiguration().get("velella.test")).isNull();
  }

  private static HadoopConf of(String value) {
    Configuration conf = new Configuration(false);
    conf.set("velella.test", value);
    return new HadoopConf(conf);
  }

  /** A task has a copy of its own, read from bytes, by which it finds what others have read. */
  @Test
  void equalSettingsAreReadOnce() {
    HadoopConf sent = of("once");
    Configuration read = sent.shared();
    HadoopConf received = SerializationUtils.clone(sent);
    assertThat(received).isEqualTo(sent).hasSameHashCodeAs(sent).isNotSameAs(sent);
    assertThat(received.shared()).isSameAs(read);
    assertThat(received.toConfiguration().get("velella.test")).isEqualTo("once");
    assertThat(of("other")).isNotEqualTo(sent);
    assertThat(of("other").toConfiguration().get("velella.test")).isEqualTo("other");
    assertThat(SerializationUtils.clone(sent).shared()).isSameAs(read);
  }

  @Test
  void onlyAFewAreKept() {
    HadoopConf first = of("first");
    Configuration read = first.shared();
    for (int i = 0; i < 8; i++) {
      of("later " + i).shared();
    }
    assertThat(first.shared()).isNotSameAs(read);
    assertThat(first.toConfiguration().get("velella.test")).isEqualTo("first");
  }

  @Test
  void classesAreThoseThatTheThreadKnows() {
    HadoopConf conf = new HadoopConf(new Configuration(false));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      for (int i = 0; i < 2; i++) {
        ClassLoader own = new ClassLoader(before) {};
        thread.setContextClassLoader(own);
        assertThat(conf.toConfiguration().getClassLoader()).isSameAs(own);
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
