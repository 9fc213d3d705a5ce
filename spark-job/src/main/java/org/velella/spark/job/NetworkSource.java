package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkException;
import org.velella.network.NetworkStructure;
import org.velella.network.exchange.TracedLayers;
import org.velella.network.exchange.WeightLoading;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirException;
import org.velella.network.nir.NirExplanation;
import org.velella.network.nir.NirImport;
import org.velella.network.nir.NirReader;
import org.velella.population.PopulationNetwork;
import org.velella.spark.store.InputFile;
import org.velella.spark.store.IsDirectoryException;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsException;
import org.velella.tensor.Tensor;

/** Reads network files of any Hadoop file system. */
public final class NetworkSource {
  private static final long MAX_BYTES = Integer.MAX_VALUE - 64;
  private static final int SIGNATURE_BYTES = 8;

  /** Longer NIR files are not held as bytes, beside their arrays. */
  private static final long LARGE_BYTES = 1 << 24;

  private NetworkSource() {}

  /**
   * The network in a file.
   *
   * @param convention such as {@code norse}; {@link NirConvention#named} says what there is
   * @param dt seconds of one step
   * @throws UsageException if the file is missing or not a network that can be simulated
   */
  public static Network read(String uri, String convention, double dt) {
    return readWithNotes(uri, convention, dt, new Configuration()).network();
  }

  /**
   * As {@link #read}, with what the import changed, under a Hadoop configuration. A file in
   * Velella's own form says itself how it steps, so convention and dt do not change it.
   */
  public static NirImport readWithNotes(
      String uri, String convention, double dt, Configuration conf) {
    NirConvention named = convention(convention);
    try {
      return opened(uri, conf, file -> read(file, uri, named, dt, conf));
    } catch (NirException e) {
      throw new UsageException(e.getMessage(), e);
    } catch (NetworkException e) {
      throw new UsageException("Cannot read the network " + uri + ": " + e.getMessage(), e);
    }
  }

  private static NirImport read(
      InputFile file, String uri, NirConvention convention, double dt, Configuration conf)
      throws IOException {
    boolean isHdf5 = startsAsHdf5(file);
    if (isHdf5 && file.length() > LARGE_BYTES) {
      return NirReader.readWithNotes(file.onDisk(), uri, convention, dt);
    }
    if (!isHdf5 && uri.endsWith(".safetensors")) {
      Network network = NetworkCodec.read(file.fromStart(), file.length());
      return new NirImport(network, convention, dt, List.of());
    }
    byte[] bytes = bytes(file, uri);
    if (NirReader.isHdf5(bytes)) {
      return NirReader.readWithNotes(bytes, uri, convention, dt);
    }
    if (isPopulations(uri)) {
      PopulationNetwork read = populations(uri, bytes);
      return new NirImport(read.network(), convention, dt, read.notes());
    }
    if (uri.endsWith(".json")) {
      return new NirImport(fromJson(uri, bytes, conf), convention, dt, List.of());
    }
    throw new UsageException(
        "%s is no network: neither HDF5, as NIR files are, nor a .safetensors, .json or .yaml file of Velella's own forms"
            .formatted(uri));
  }

  /**
   * The populations and projections of a {@code .yaml} file.
   *
   * @return empty if the file's name says that it is something else
   * @throws UsageException if the file is missing or describes no network
   */
  public static Optional<PopulationNetwork> populations(String uri, Configuration conf) {
    if (!isPopulations(uri)) {
      return Optional.empty();
    }
    try {
      return Optional.of(populations(uri, bytes(uri, conf)));
    } catch (NetworkException e) {
      throw new UsageException("Cannot read the network " + uri + ": " + e.getMessage(), e);
    }
  }

  private static boolean isPopulations(String uri) {
    return uri.endsWith(".yaml") || uri.endsWith(".yml");
  }

  private static PopulationNetwork populations(String uri, byte[] bytes) {
    return PopulationYaml.read(uri, new String(bytes, StandardCharsets.UTF_8));
  }

  /**
   * What a NIR file computes under a convention, and how presets differ for it.
   *
   * @throws UsageException if the file is missing, no NIR file, or cannot be read so
   */
  public static List<String> explain(String uri, String convention, double dt, Configuration conf) {
    NirConvention named = convention(convention);
    try {
      return opened(uri, conf, file -> explain(file, uri, named, dt));
    } catch (NirException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  private static List<String> explain(
      InputFile file, String uri, NirConvention convention, double dt) throws IOException {
    if (startsAsHdf5(file) && file.length() > LARGE_BYTES) {
      return NirExplanation.lines(file.onDisk(), uri, convention, dt);
    }
    byte[] bytes = bytes(file, uri);
    if (!NirReader.isHdf5(bytes)) {
      throw new UsageException(
          uri + " is no NIR file; a network of Velella's own form says itself how it steps");
    }
    return NirExplanation.lines(bytes, uri, convention, dt);
  }

  /**
   * What the weights of a state dict can be put into: the layers that a recipe has seen, or the
   * structure in a {@code network.json}.
   *
   * @throws UsageException if the file is missing or describes neither
   */
  public static WeightLoading weightLoading(String uri, Configuration conf) {
    String text = new String(bytes(uri, conf), StandardCharsets.UTF_8);
    try {
      return TracedLayers.isOne(text)
          ? WeightLoading.into(TracedLayers.parse(text))
          : WeightLoading.into(NetworkStructure.parse(text));
    } catch (NetworkException e) {
      throw new UsageException("Cannot read the network " + uri + ": " + e.getMessage(), e);
    }
  }

  /**
   * The structure in a {@code network.json}, without its weights.
   *
   * @throws UsageException if the file is missing or describes no network
   */
  public static NetworkStructure structure(String uri, Configuration conf) {
    try {
      return NetworkStructure.parse(new String(bytes(uri, conf), StandardCharsets.UTF_8));
    } catch (NetworkException e) {
      throw new UsageException("Cannot read the network " + uri + ": " + e.getMessage(), e);
    }
  }

  private static Network fromJson(String uri, byte[] bytes, Configuration conf) {
    NetworkStructure structure = NetworkStructure.parse(new String(bytes, StandardCharsets.UTF_8));
    if (structure.weightsFile().isEmpty()) {
      if (!structure.tensors().isEmpty()) {
        throw new NetworkException(
            "it describes the structure only and names no weights; 'velella convert weights' puts"
                + " those of a state dict into it");
      }
      return structure.build(Map.of());
    }
    String weights = sibling(uri, structure.weightsFile().get());
    try {
      return structure.build(weights(weights, conf));
    } catch (SafetensorsException e) {
      throw new NetworkException("its weights in " + weights + ": " + e.getMessage(), e);
    }
  }

  /** Not held as bytes, so that they may be more than 2 GiB. */
  private static Map<String, Tensor> weights(String uri, Configuration conf) {
    return opened(uri, conf, file -> Safetensors.read(file.fromStart(), file.length()).tensors());
  }

  /** A file beside another one; what is not a plain name is refused, since a file says it. */
  static String sibling(String uri, String name) {
    if (!name.matches("[^/\\\\:]+") || name.startsWith(".")) {
      throw new NetworkException(
          "its weights are said to be in '%s'; they must lie beside it, under a plain name"
              .formatted(name));
    }
    return uri.substring(0, uri.lastIndexOf('/') + 1) + name;
  }

  private static NirConvention convention(String text) {
    try {
      return NirConvention.named(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--convention " + text + ": " + e.getMessage(), e);
    }
  }

  private static boolean startsAsHdf5(InputFile file) throws IOException {
    return file.length() >= SIGNATURE_BYTES && NirReader.isHdf5(file.read(0, SIGNATURE_BYTES));
  }

  private static byte[] bytes(String uri, Configuration conf) {
    return opened(uri, conf, file -> bytes(file, uri));
  }

  private static byte[] bytes(InputFile file, String uri) throws IOException {
    if (file.length() > MAX_BYTES) {
      throw new UsageException(
          "The network %s has %d bytes; more than 2 GiB can be read of .nir and .safetensors files, and of the weights beside a network.json"
              .formatted(uri, file.length()));
    }
    return file.read(0, (int) file.length());
  }

  /** What is read of a file. */
  private interface Reading<T> {
    T of(InputFile file) throws IOException;
  }

  private static <T> T opened(String uri, Configuration conf, Reading<T> reading) {
    try (InputFile file = InputFile.open(uri, conf)) {
      return reading.of(file);
    } catch (IsDirectoryException e) {
      throw new UsageException(uri + " is a directory; give the network's file", e);
    } catch (FileNotFoundException e) {
      throw new UsageException("There is no network file " + uri, e);
    } catch (UnsupportedFileSystemException | AccessControlException e) {
      throw new UsageException("Cannot read the network " + uri + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the network " + uri, e);
    }
  }
}
