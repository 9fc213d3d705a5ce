package org.velella.network.nir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.velella.hdf5.Hdf5Sink;
import org.velella.hdf5.Hdf5Writer;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkException;
import org.velella.network.Node;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;

/**
 * Writes networks as NIR files. A network that is written can be read with the same convention and
 * time step, and is the same network then: {@link NetworkDigest} and all, but for neurons of the
 * catalogue that NIR has under other names ({@link #notes}). One that NIR cannot express is
 * refused, with the node's name and the reason. The bytes depend on the network, the convention,
 * the time step and the JVM's zlib alone.
 */
public final class NirWriter {
  /** How a file stores its arrays. */
  public enum Compression {
    /** Compressed, as the nir package does since its version 1.0.8. */
    GZIP,
    /** As they are, as it did before. */
    NONE
  }

  private NirWriter() {}

  /**
   * Writes a network to a file, with gzip; an older file of that name is replaced once the new one
   * is whole.
   *
   * @param convention under which the equations of its neurons are NIR's; it is no part of the file
   * @param dt seconds per step; a file holds seconds, not steps
   * @throws NirException if NIR cannot express the network, or not under this convention
   * @throws UncheckedIOException if the file cannot be written
   */
  public static void write(Path file, Network network, NirConvention convention, double dt) {
    write(file, network, convention, dt, Compression.GZIP);
  }

  /** As {@link #write(Path, Network, NirConvention, double)}, with a compression. */
  public static void write(
      Path file, Network network, NirConvention convention, double dt, Compression compression) {
    NirGraph graph = graph(network, convention, dt);
    Path whole = file.toAbsolutePath();
    Path part = whole.resolveSibling("." + whole.getFileName() + ".part");
    try {
      Files.deleteIfExists(part);
      try (Hdf5Sink sink = Hdf5Sink.file(part)) {
        NirGraphFile.write(graph, new Hdf5Writer(sink, storage(compression)));
      }
      Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      part.toFile().delete();
    }
  }

  /** As {@link #write(Path, Network, NirConvention, double, Compression)}, as bytes. */
  public static byte[] toBytes(
      Network network, NirConvention convention, double dt, Compression compression) {
    Hdf5Sink.Memory sink = new Hdf5Sink.Memory();
    NirGraphFile.write(graph(network, convention, dt), new Hdf5Writer(sink, storage(compression)));
    return sink.toBytes();
  }

  private static Hdf5Writer.Storage storage(Compression compression) {
    return compression == Compression.GZIP ? Hdf5Writer.Storage.DEFLATED : Hdf5Writer.Storage.PLAIN;
  }

  /**
   * A convention under which all neurons of a network have equations of NIR, or counterparts, and
   * its cycles begin as they do in the network: the first preset, or form of {@code spikingjelly}
   * in which neurons of the catalogue have counterparts, under which what is read again computes
   * the same bits; else the first under which a step may be rounded in another order; else a preset
   * with one choice changed; empty if none of these has them all.
   */
  public static Optional<NirConvention> conventionOf(Network network) {
    return NirSearch.conventionOf(network);
  }

  /** Whether all neurons of a network, and the first step of its cycles, are a convention's. */
  public static boolean expresses(Network network, NirConvention convention) {
    return NirSearch.expresses(network, convention);
  }

  /**
   * The network that a file will be read as: itself, but for what {@link #notes} names.
   *
   * @throws NirException if NIR has not all of its neurons, or not under this convention, or the
   *     time step is not a positive number
   */
  public static Network written(Network network, NirConvention convention, double dt) {
    if (!(dt > 0) || Double.isInfinite(dt)) {
      throw new NirException("The time step must be a positive number of seconds, found " + dt);
    }
    try {
      NirSearch.require(network, convention);
      return NirCounterparts.replaced(network, convention, dt);
    } catch (NirException e) {
      throw refusal(e);
    }
  }

  private static NirException refusal(RuntimeException e) {
    return new NirException("The network cannot be written as NIR: " + e.getMessage(), e);
  }

  /**
   * What is written in other words than the network's, one line for each node: neurons of the
   * catalogue as those of NIR that compute the same, sparse projections as matrices.
   */
  public static List<String> notes(Network network, NirConvention convention) {
    return NirCounterparts.notes(network, convention);
  }

  /** The seconds per step that the neurons of a network agree on; empty if none has any. */
  public static OptionalDouble stepOf(Network network) {
    Set<Double> found = new TreeSet<>();
    for (Node node : network.nodes()) {
      if (node.operation() instanceof NeuronOperation neurons) {
        ParameterValue dt = neurons.parameter("dt");
        for (int i = 0; dt != null && i < dt.values().length; i++) {
          found.add(dt.values()[i]);
        }
      }
    }
    return found.size() == 1 ? OptionalDouble.of(found.iterator().next()) : OptionalDouble.empty();
  }

  private static NirGraph graph(Network network, NirConvention convention, double dt) {
    Network written = written(network, convention, dt);
    try {
      NirGraph graph = NirNesting.graph(written, new NirExport(written, convention, dt));
      requireSame(written, graph, convention, dt);
      return graph;
    } catch (NirException | NetworkException e) {
      throw refusal(e);
    }
  }

  /**
   * What has no form in NIR without showing elsewhere is found by reading what would be written.
   */
  private static void requireSame(
      Network network, NirGraph graph, NirConvention convention, double dt) {
    NetworkDigest meant = NetworkDigest.of(network);
    NetworkDigest found = NetworkDigest.of(NirReader.read(graph.meant(), convention, dt));
    if (!found.equals(meant)) {
      String part =
          !found.structure().equals(meant.structure())
              ? "structure"
              : found.weights().equals(meant.weights()) ? "neuron parameters" : "weights";
      throw new NirException("read again it would have other " + part);
    }
  }
}
