package org.velella.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.velella.module.FunctionalForward;
import org.velella.module.HostFailedException;
import org.velella.module.HostSteps;
import org.velella.module.Memories;
import org.velella.module.MemoryList;
import org.velella.module.MemoryScope;
import org.velella.module.MemorySpec;
import org.velella.module.MemoryValue;
import org.velella.module.Module;
import org.velella.module.NamedMemory;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.plan.HostOp;
import org.velella.plan.Plan;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Runs a user's module for one tile, on whatever backend the rest of the plan runs. It builds an
 * own module, keeps no memories between calls, and sets ND4J to one native thread in this JVM, so
 * that sums do not depend on the number of cores. Used by one thread.
 */
public final class HostRunner {
  private final HostOp op;
  private final int batch;
  private final Shape input;
  private final Shape output;
  private final List<MemorySpec> specs;
  private final StepMode mode;
  private final FunctionalForward forward;

  /**
   * A runner for tiles of a plan's shape.
   *
   * @throws org.velella.module.ModuleException if the module cannot be built here
   */
  public HostRunner(HostOp op, Plan plan) {
    this.op = op;
    batch = plan.batch();
    input = plan.values().get(op.input()).shape();
    output = plan.values().get(op.output()).shape();
    specs = op.memories().stream().map(id -> plan.memories().get(id).spec()).toList();
    useOneNativeThread();
    Module module = op.operation().instantiate();
    mode = HostSteps.prepare(module);
    forward = Memories.toFunctionalForward(module);
  }

  private static void useOneNativeThread() {
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    Nd4j.factory().blas().setMaxThreads(1);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
  }

  /**
   * Runs steps {@code [first, first + steps)}: reads the op's input, fills its output, and puts new
   * tensors for its memories. If it fails, neither output nor memories have changed.
   *
   * @param values the plan's buffers {@code [T, N, *]} by number; only the op's two are used
   * @param memories all memories of the plan by number, {@code [N, *]} or, where shared, {@code
   *     [*]}; only the op's are used
   * @throws HostFailedException naming the node, if the module fails or breaks what it promised:
   *     one FLOAT output and memories of the planned shapes
   * @throws IllegalStateException naming the node, if the module fails since the thread was
   *     interrupted or the JVM cannot go on
   */
  public void run(int first, int steps, float[][] values, Tensor[] memories) {
    int in = Math.multiplyExact(batch, input.size());
    int out = Math.multiplyExact(batch, output.size());
    float[] from = values[op.input()];
    float[] results = new float[Math.multiplyExact(steps, out)];
    List<MemoryValue> states = states(memories);
    int atOnce = mode == StepMode.MULTI_STEP ? steps : 1;
    for (int done = 0; done < steps; done += atOnce) {
      int at = (first + done) * in;
      Tensor frame =
          Tensor.of(frameShape(input, atOnce), Arrays.copyOfRange(from, at, at + atOnce * in));
      StepResult result = step(frame, states);
      Tensor frames = NdArrays.toTensor(requireOutput(result.outputs(), atOnce));
      System.arraycopy(frames.floats(), 0, results, done * out, atOnce * out);
      states = result.memories();
    }
    List<Tensor> after = tensors(states);
    System.arraycopy(results, 0, values[op.output()], first * out, results.length);
    for (int i = 0; i < after.size(); i++) {
      memories[op.memories().get(i)] = after.get(i);
    }
  }

  private Shape frameShape(Shape features, int steps) {
    Shape frame = features.prepend(batch);
    return mode == StepMode.MULTI_STEP ? frame.prepend(steps) : frame;
  }

  private List<MemoryValue> states(Tensor[] memories) {
    List<NamedMemory> named = new ArrayList<>(specs.size());
    for (int i = 0; i < specs.size(); i++) {
      Tensor memory = memories[op.memories().get(i)];
      named.add(new NamedMemory(specs.get(i).name(), MemoryValue.tensor(memory)));
    }
    return MemoryList.of(named);
  }

  private StepResult step(Tensor frame, List<MemoryValue> states) {
    try {
      return forward.run(List.of(NdArrays.toArray(frame)), states);
    } catch (RuntimeException e) {
      // The words of many exceptions say nothing without their class.
      throw failure("failed: " + e, e);
    }
  }

  private INDArray requireOutput(List<INDArray> outputs, int steps) {
    Shape found;
    try {
      found = HostSteps.requireFloat(outputs, op.operation().className());
    } catch (RuntimeException e) {
      throw failure("broke its promise: " + e.getMessage(), e);
    }
    Shape expected = frameShape(output, steps);
    if (!found.equals(expected)) {
      throw failure("gave an output of shape %s, planned is %s".formatted(found, expected), null);
    }
    return outputs.get(0);
  }

  private List<Tensor> tensors(List<MemoryValue> states) {
    List<Tensor> tensors = new ArrayList<>(specs.size());
    for (int i = 0; i < specs.size(); i++) {
      MemorySpec spec = specs.get(i);
      boolean shared = spec.scope() == MemoryScope.SHARED;
      Shape expected = shared ? spec.shape() : spec.shape().prepend(batch);
      MemoryValue.Kind kind = states.get(i).kind();
      boolean array = kind != MemoryValue.Kind.EMPTY && kind != MemoryValue.Kind.QUEUE;
      Tensor found = array ? states.get(i).tensor() : null;
      if (found == null || found.dtype() != spec.dtype() || !found.shape().equals(expected)) {
        throw failure(
            "left its memory '%s' as %s, planned is %s %s"
                .formatted(spec.name(), states.get(i), spec.dtype(), expected),
            null);
      }
      tensors.add(found);
    }
    return tensors;
  }

  private IllegalStateException failure(String what, RuntimeException cause) {
    String message = "Node '%s' (%s) %s".formatted(op.node(), op.operation().className(), what);
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof Error || at instanceof InterruptedException) {
        return new IllegalStateException(message, cause);
      }
    }
    return new HostFailedException(message, cause);
  }
}
