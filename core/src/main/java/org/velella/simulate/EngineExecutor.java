package org.velella.simulate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.Chunk;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.module.Noise;
import org.velella.module.Operation;
import org.velella.module.OperationExecutor;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.NetworkOperation;
import org.velella.network.NodePath;
import org.velella.network.OutputOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Gives built-in modules the engine's kernels: lowers the module's operation as a network of one
 * node, or the network that it is. Programs of the operations last used are kept. Safe for use by
 * several threads, one at a time.
 */
public final class EngineExecutor implements OperationExecutor {
  private static final int KEPT_PROGRAMS = 64;
  // Names that no node path has, since a module may have any path.
  private static final String INPUT = "input of the module";
  private static final String OUTPUT = "output of the module";
  private static final long CHUNK_FLOATS = 4L << 20;

  private final Backends backends;
  private final Backend backend;
  private final Map<Key, Compiled> compiled =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Compiled> eldest) {
          if (size() <= KEPT_PROGRAMS) {
            return false;
          }
          eldest.getValue().program().close();
          return true;
        }
      };

  /** An operation by identity, since comparing weights would cost more than lowering again. */
  private record Key(Operation operation, int batch, Shape shape, String path) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && operation == that.operation
          && batch == that.batch
          && shape.equals(that.shape)
          && path.equals(that.path);
    }

    @Override
    public int hashCode() {
      return (System.identityHashCode(operation) * 31 + batch) * 31 + shape.hashCode();
    }
  }

  /**
   * What a key gives.
   *
   * @param inputs values that take the operation's inputs, one each; the only input of a whole
   *     network is cut into one value after the other
   */
  private record Compiled(Plan plan, Program program, List<Integer> inputs) {}

  /** The executor on the preferred backend that is available. */
  public EngineExecutor() {
    this(Backends.load(), Backends.AUTO);
  }

  private EngineExecutor(Backends backends, String name) {
    this.backends = backends;
    backend = backends.select(name).backend();
  }

  @Override
  public List<String> backends() {
    return backends.available().stream().map(Backend::name).toList();
  }

  /**
   * {@inheritDoc}
   *
   * @throws org.velella.backend.BackendUnavailableException if it cannot run here
   */
  @Override
  public OperationExecutor on(String name) {
    return name.equals(backend.name()) ? this : new EngineExecutor(backends, name);
  }

  @Override
  public Result run(Operation operation, Tensor input, List<Tensor> memories) {
    return run(operation, input, memories, Noise.DEFAULT);
  }

  @Override
  public Result run(Operation operation, Tensor input, List<Tensor> memories, Noise noise) {
    return run(operation, List.of(input), memories, noise);
  }

  @Override
  public synchronized Result run(
      Operation operation, List<Tensor> inputs, List<Tensor> memories, Noise noise) {
    Tensor input = inputs.get(0);
    int steps = input.shape().dim(0);
    int batch = input.shape().dim(1);
    Shape features = input.shape().dropFirst(2);
    Compiled tile =
        compiled.computeIfAbsent(
            new Key(operation, batch, features, noise.path()), EngineExecutor.this::compile);
    Plan plan = tile.plan();
    int frame = batch * features.size();
    Shape outputShape = operation.outputShape(features);
    int outputFrame = batch * outputShape.size();
    float[] output = new float[Math.multiplyExact(steps, outputFrame)];
    long floats = (long) frame * inputs.size() + outputFrame;
    int capacity = plan.wholeSteps(Math.min(steps, CHUNK_FLOATS / floats));
    requireSteps(operation, steps);
    Chunk chunk = new Chunk(plan, capacity);
    try (TileRun run = tile.program().open(TileParameters.NONE.with(noise.samples()))) {
      run.load(memories);
      for (int done = 0; done < steps; done += chunk.steps()) {
        chunk.steps(Math.min(capacity, steps - done));
        int rows = chunk.steps() * batch;
        if (inputs.size() == 1) {
          split(input.floats(), done * frame, rows, features.size(), plan, chunk);
        } else {
          for (int i = 0; i < inputs.size(); i++) {
            int id = tile.inputs().get(i);
            int size = plan.values().get(id).size();
            System.arraycopy(
                inputs.get(i).floats(), done * batch * size, chunk.value(id), 0, rows * size);
          }
        }
        run.run(chunk);
        join(output, done * outputFrame, rows, outputShape.size(), plan, chunk);
      }
      Tensor out = Tensor.of(outputShape.prepend(batch).prepend(steps), output);
      return new Result(out, new ArrayList<>(run.memories()));
    }
  }

  private static void requireSteps(Operation operation, int steps) {
    if (operation instanceof NetworkOperation whole) {
      whole.network().requireSteps(0, steps);
    } else if (steps % operation.stepsAtOnce() != 0) {
      throw new IllegalArgumentException(
          "%s takes %d steps at a time, so it cannot run %d"
              .formatted(operation.kind(), operation.stepsAtOnce(), steps));
    }
  }

  /** Cuts rows of all inputs one after the other into one buffer per input. */
  private static void split(float[] source, int from, int rows, int width, Plan plan, Chunk chunk) {
    int column = 0;
    for (int id : plan.inputs()) {
      int size = plan.values().get(id).size();
      for (int row = 0; row < rows; row++) {
        System.arraycopy(source, from + row * width + column, chunk.value(id), row * size, size);
      }
      column += size;
    }
  }

  /** The reverse of {@link #split} for the outputs. */
  private static void join(float[] target, int from, int rows, int width, Plan plan, Chunk chunk) {
    int column = 0;
    for (int id : plan.outputs()) {
      int size = plan.values().get(id).size();
      for (int row = 0; row < rows; row++) {
        System.arraycopy(chunk.value(id), row * size, target, from + row * width + column, size);
      }
      column += size;
    }
  }

  private Compiled compile(Key key) {
    if (key.operation() instanceof NetworkOperation whole) {
      Plan plan = Lowering.lower(whole.network(), PlanOptions.ofBatch(key.batch()));
      return new Compiled(plan, backend.compile(plan), plan.inputs());
    }
    String name = String.join(".", NodePath.split(key.path()));
    Network.Builder builder = Network.builder();
    builder.node(NodePath.split(key.path()), key.operation()).node(OUTPUT, new OutputOperation());
    builder.edge(name, OUTPUT);
    List<String> names = key.operation().inputNames();
    List<String> nodes = new ArrayList<>();
    for (String input : names.isEmpty() ? List.of("") : names) {
      String node = INPUT + " " + input;
      nodes.add(node);
      Shape shape = key.operation().inputShape(input, key.shape());
      builder.node(node, new InputOperation(shape)).edge(node, name, input);
    }
    Plan plan = Lowering.lower(builder.build(), PlanOptions.ofBatch(key.batch()));
    List<Integer> inputs = nodes.stream().map(plan.nodeValues()::get).toList();
    return new Compiled(plan, backend.compile(plan), inputs);
  }
}
