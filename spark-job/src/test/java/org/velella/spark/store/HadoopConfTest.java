package org.velella.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
}
