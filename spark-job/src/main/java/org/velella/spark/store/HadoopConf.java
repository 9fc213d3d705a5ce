package org.velella.spark.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.velella.provenance.Secrets;

/** A Hadoop configuration that any of Spark's serializers can carry to an executor. */
public final class HadoopConf implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A run has one or two. */
  private static final int KEPT = 8;

  /**
   * What tasks get copies of. Each task reads its own {@code HadoopConf}, and reading the thousand
   * settings of one takes longer than a small task does. Guarded by itself.
   */
  private static final Map<HadoopConf, Configuration> READ =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<HadoopConf, Configuration> eldest) {
          return size() > KEPT;
        }
      };

  private final byte[] bytes;
  private final int hash;

  /** A copy of a configuration as it is now. */
  public HadoopConf(Configuration configuration) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out)) {
      configuration.write(data);
      data.flush();
      bytes = out.toByteArray();
      hash = Arrays.hashCode(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The configuration; a new one at each call. Its secrets are known to this process from then on,
   * so what it logs hides them as the driver does, which knows them from its command.
   */
  public Configuration toConfiguration() {
    Configuration copy = new Configuration(shared());
    // A copy has the class loader of what it is of; a new one has this thread's.
    copy.setClassLoader(new Configuration(false).getClassLoader());
    return copy;
  }

  /** What all copies of equal settings are of. */
  Configuration shared() {
    synchronized (READ) {
      return READ.computeIfAbsent(this, HadoopConf::read);
    }
  }

  private static Configuration read(HadoopConf conf) {
    Configuration configuration = new Configuration(false);
    // It lives as long as the process, a thread's class loader only as long as its session.
    configuration.setClassLoader(HadoopConf.class.getClassLoader());
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(conf.bytes))) {
      configuration.readFields(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    configuration.forEach(setting -> remember(setting, configuration));
    return configuration;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HadoopConf conf
        && hash == conf.hash
        && Arrays.equals(bytes, conf.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Defaults are no secrets, and many are words such as {@code true}; nearly all are defaults. */
  private static void remember(Map.Entry<String, String> setting, Configuration from) {
    String key = setting.getKey();
    if (!isDefault(from.getPropertySources(key)) && Secrets.isSecret(key)) {
      Secrets.remember(key, setting.getValue());
    }
  }

  private static boolean isDefault(String[] sources) {
    return sources != null
        && Arrays.stream(sources).allMatch(source -> source.endsWith("-default.xml"));
  }
}
