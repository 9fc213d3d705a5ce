package org.velella.network.nir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.module.Operation;
import org.velella.network.Network;
import org.velella.network.NetworkException;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Reads NIR files. All node types are supported, with parameters per neuron, nested graphs, several
 * edges into a node (their sum) and cycles (closed by edges that deliver one step late). A file is
 * not trusted: damage gives a {@link NirException}, never a hang or a crash.
 */
public final class NirReader {
  private static final String SUPPORTED =
      "Input, Output, Affine, Linear, Scale, Conv1d, Conv2d, SumPool2d, AvgPool2d, Flatten,"
          + " Threshold, Delay, I, LI, IF, LIF, CubaLI, CubaLIF and NIRGraph";

  private final NirConvention convention;
  private final double dt;
  private final NirNotes notes;

  private NirReader(NirConvention convention, double dt, NirNotes notes) {
    this.convention = convention;
    this.dt = dt;
    this.notes = notes;
  }

  /**
   * The network of a file.
   *
   * @param dt seconds per step, in the unit of the file's time constants
   * @throws NirException if the file is missing or damaged, or holds what is not supported; the
   *     message names file, node and dataset or edge
   */
  public static Network read(Path file, NirConvention convention, double dt) {
    return readWithNotes(file, convention, dt).network();
  }

  /** As {@link #read}, with what the import changed or left out. */
  public static NirImport readWithNotes(Path file, NirConvention convention, double dt) {
    return readWithNotes(file, file.toString(), convention, dt);
  }

  /**
   * As {@link #readWithNotes(Path, NirConvention, double)}. Of a file of more than 16 MiB, no more
   * than its arrays and a piece of one are held.
   *
   * @param name what messages call it
   */
  public static NirImport readWithNotes(
      Path file, String name, NirConvention convention, double dt) {
    return read(name, convention, dt, notes -> NirFile.read(file, notes));
  }

  /**
   * As {@link #readWithNotes(Path, NirConvention, double)}, from bytes.
   *
   * @param file what messages call it
   */
  public static NirImport readWithNotes(
      byte[] bytes, String file, NirConvention convention, double dt) {
    return read(file, convention, dt, notes -> NirFile.read(bytes, notes));
  }

  /** Whether bytes have the signature of HDF5, as every NIR file has. */
  public static boolean isHdf5(byte[] bytes) {
    return NirFile.isHdf5(bytes);
  }

  /** A graph that is still to be read. */
  interface Source {
    NirGraph graph(NirNotes notes);
  }

  static NirImport read(String file, NirConvention convention, double dt, Source source) {
    requireTimeStep(dt);
    NirNotes notes = new NirNotes(file);
    try {
      Network network = new NirReader(convention, dt, notes).network(source.graph(notes));
      return new NirImport(network, convention, dt, notes.all());
    } catch (NirException | NetworkException e) {
      throw new NirException("NIR file " + file + ": " + e.getMessage(), e);
    }
  }

  /** The network of a graph, without a word about what is left out. */
  static Network read(NirGraph graph, NirConvention convention, double dt) {
    requireTimeStep(dt);
    return new NirReader(convention, dt, NirNotes.silent()).network(graph);
  }

  private static void requireTimeStep(double dt) {
    if (!(dt > 0) || Double.isInfinite(dt)) {
      throw new NirException("The time step must be a positive number of seconds, found " + dt);
    }
  }

  private Network network(NirGraph graph) {
    NirFlattening.Flat flat = NirFlattening.flatten(graph, notes);
    NirNeurons neurons = new NirNeurons(convention, dt, notes);
    Network.Builder builder = Network.builder().firstStep(convention.firstStep());
    Map<String, Operation> operations = new TreeMap<>();
    flat.nodes()
        .forEach(
            (path, node) -> {
              Operation operation = named(node, () -> operation(node, neurons));
              operations.put(path, operation);
              builder.node(flat.segments().get(path), operation);
            });
    flat.edges()
        .forEach(
            edge ->
                builder.edge(
                    name(flat.segments().get(edge.source())),
                    name(flat.segments().get(edge.target()))));
    Network network = builder.build();
    flat.nodes()
        .forEach(
            (path, node) ->
                check(network, name(flat.segments().get(path)), node, operations.get(path)));
    return network;
  }

  private static String name(List<String> segments) {
    return String.join(".", segments);
  }

  private Operation operation(NirNode node, NirNeurons neurons) {
    Operation operation = layerOrNeurons(node, neurons);
    Set<String> unknown = node.datasets();
    NirLayers.datasets(node.type()).forEach(unknown::remove);
    NirNeurons.datasets(node.type()).forEach(unknown::remove);
    NirDelay.datasets(node.type()).forEach(unknown::remove);
    unknown.forEach(
        name ->
            notes.add(
                "%s: dataset '%s' is not known for this type and was left out"
                    .formatted(node.label(), name)));
    return operation;
  }

  private Operation layerOrNeurons(NirNode node, NirNeurons neurons) {
    Operation layer = NirLayers.operation(node, notes);
    if (layer != null) {
      return layer;
    }
    Operation neuron = neurons.operation(node);
    if (neuron != null) {
      return neuron;
    }
    if (node.type().equals(NirDelay.TYPE)) {
      return NirDelay.operation(node, dt, notes);
    }
    throw node.refusal("type '" + node.type() + "' is not known; supported are " + SUPPORTED);
  }

  /** Puts the node's name before a message of an operation that refuses its arguments. */
  private static <T> T named(NirNode node, Supplier<T> supplier) {
    try {
      return supplier.get();
    } catch (NirException e) {
      throw e;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new NirException(node.label() + ": " + e.getMessage(), e);
    }
  }

  /** Compares what the file declares with what follows from its edges. */
  private void check(Network network, String name, NirNode node, Operation operation) {
    Shape input = network.inputShape(name);
    if (operation instanceof NeuronOperation neurons) {
      NirNeurons.requireConstants(node, neurons, input);
    } else if (operation instanceof OutputOperation) {
      noteOtherShape(node, "shape", input);
    } else if (operation instanceof ConvOperation) {
      noteOtherShape(node, "input_shape", input.dropFirst(1));
    } else if (operation instanceof FlattenOperation) {
      noteOtherShape(node, "input_type", input);
    }
  }

  private void noteOtherShape(NirNode node, String dataset, Shape inferred) {
    Tensor declared = node.numbers().get(dataset);
    if (declared != null && !isShape(declared, inferred)) {
      notes.add(
          "%s: dataset '%s' declares %s, the edges give %s, which was taken"
              .formatted(
                  node.label(),
                  dataset,
                  declared.dtype() == DType.INT64 ? Arrays.toString(declared.longs()) : declared,
                  inferred));
    }
  }

  private static boolean isShape(Tensor declared, Shape shape) {
    boolean equal = declared.size() == shape.rank();
    for (int axis = 0; equal && axis < shape.rank(); axis++) {
      equal = declared.doubleAt(axis) == shape.dim(axis);
    }
    return equal;
  }
}
