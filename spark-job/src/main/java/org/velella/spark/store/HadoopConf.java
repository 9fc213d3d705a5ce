package org.velella.spark.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;

/** A Hadoop configuration that any of Spark's serializers can carry to an executor. */
public final class HadoopConf implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] bytes;

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

  /** The configuration; a new one at each call. */
  public Configuration toConfiguration() {
    Configuration configuration = new Configuration(false);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      configuration.readFields(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return configuration;
  }
}
