package org.velella.spark.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.velella.population.PopulationNetwork;
import org.velella.provenance.Secrets;
import org.velella.spark.store.InputFile;
import org.velella.spark.store.OutputFile;

/**
 * The examples that come with Velella: networks that tell in which direction a bar lies that an
 * event camera sees, and what the camera saw; and published networks of computational neuroscience.
 */
public final class Examples {
  private static final String NETWORK = "orientations.nir";
  private static final String EVENTS = "events.npy";
  private static final String TRAINED = "bars.nir";
  private static final List<String> MODELS =
      List.of(
          "brunel2000-panels.csv",
          "brunel2000.yaml",
          "coba.yaml",
          "cobahh.yaml",
          "cuba.yaml",
          "izhikevich2003.yaml");

  private Examples() {}

  /**
   * Where the examples are.
   *
   * @param network a NIR file: a convolutional network from 144 pixels to 4 output neurons, with
   *     weights that were set by hand
   * @param events input for it: 16 samples of 200 steps; sample {@code s} shows orientation {@code
   *     s mod 4}
   * @param trained a NIR file: a network of 24 hidden neurons, trained on bars among noise that
   *     events show for 50 steps
   * @param models networks of computational neuroscience, and a table of trials, by the names of
   *     their files; {@code core/docs/MODELS.md} says what they are
   */
  public record Files(
      String network, String events, String trained, SortedMap<String, String> models) {
    public Files {
      models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
    }
  }

  /**
   * Copies the examples to where driver and executors can read it. A file that is there already
   * stays as it is.
   *
   * @param folder of any of Hadoop's file systems; made if it is not there
   * @throws UsageException if the folder has no name, or has another file of such a name
   * @throws UncheckedIOException if it cannot be written
   */
  public static Files copyTo(SparkSession spark, String folder) {
    if (folder.isBlank()) {
      throw new UsageException(
          "The folder for the examples has no name; give one that driver and executors see");
    }
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    SortedMap<String, String> models = new TreeMap<>();
    MODELS.forEach(name -> models.put(name, copy(name, folder, conf)));
    return new Files(
        copy(NETWORK, folder, conf),
        copy(EVENTS, folder, conf),
        copy(TRAINED, folder, conf),
        models);
  }

  /**
   * A published network, read from Velella's jar.
   *
   * @param name of its file, such as {@code cuba.yaml}
   * @throws UsageException if there is no such network
   */
  public static PopulationNetwork model(String name) {
    if (!MODELS.contains(name) || !name.endsWith(".yaml")) {
      throw new UsageException("There is no network '%s' among %s".formatted(name, MODELS));
    }
    try {
      return PopulationYaml.read(name, new String(bytes(name), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the example " + name, e);
    }
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream file = Examples.class.getResourceAsStream("/org/velella/example/" + name)) {
      if (file == null) {
        throw new IOException("Velella's jar lacks " + name);
      }
      return file.readAllBytes();
    }
  }

  private static String copy(String name, String folder, Configuration conf) {
    String target = new Path(folder, name).toString();
    try {
      byte[] bytes = bytes(name);
      if (!OutputFile.exists(target, conf)) {
        OutputFile.write(target, conf, out -> out.write(bytes));
      } else if (!holds(target, conf, bytes)) {
        throw new UsageException(
            "%s is there but is not Velella's example; give another folder, or delete the file"
                .formatted(Secrets.hide(target)));
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the example " + target, e);
    }
  }

  private static boolean holds(String target, Configuration conf, byte[] bytes) throws IOException {
    try (InputFile there = InputFile.open(target, conf)) {
      return there.length() == bytes.length && Arrays.equals(there.read(0, bytes.length), bytes);
    }
  }
}
