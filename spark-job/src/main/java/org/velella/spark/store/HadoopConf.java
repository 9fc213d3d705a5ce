package org.velella.spark.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.velella.provenance.Secrets;

/** A Hadoop configuration that any of Spark's serializers can carry to an executor. */
public final class HadoopConf implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;

  /** What tasks get copies of; null until this process has read it. Guarded by this. */
  private transient Configuration read;

  /** A copy of a configuration as it is now. */
  public HadoopConf(Configuration configuration) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out)) {
      configuration.write(data);
      data.flush();
      bytes = out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The configuration; a new one at each call. Its secrets are known to this process from then on,
   * so what it logs hides them as the driver does, which knows them from its command.
   */
  public synchronized Configuration toConfiguration() {
    if (read == null) {
      Configuration configuration = new Configuration(false);
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
        configuration.readFields(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      configuration.forEach(setting -> remember(setting, configuration));
      read = configuration;
    }
    Configuration copy = new Configuration(read);
    // A copy has the class loader of the thread that came first; a new one has this thread's.
    copy.setClassLoader(new Configuration(false).getClassLoader());
    return copy;
  }

  /** Defaults are no secrets, and many are words such as {@code true}. */
  private static void remember(Map.Entry<String, String> setting, Configuration from) {
    String key = setting.getKey();
    if (Secrets.isSecret(key)) {
      String[] sources = from.getPropertySources(key);
      boolean usual =
          sources != null
              && Arrays.stream(sources).allMatch(source -> source.endsWith("-default.xml"));
      if (!usual) {
        Secrets.remember(key, setting.getValue());
      }
    }
  }
}
