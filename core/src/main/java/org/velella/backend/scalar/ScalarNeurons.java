package org.velella.backend.scalar;

import java.util.List;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.equation.StepEvaluator;
import org.velella.plan.NeuronConstants;
import org.velella.plan.NeuronOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/** One population in one tile: evaluates its equations sample by sample, step by step. */
final class ScalarNeurons implements NeuronKernel {
  private final NeuronOp op;
  private final int batch;
  private final int size;
  private final NeuronConstants constants;
  private final float[][] memories;
  private final StepEvaluator evaluator;

  ScalarNeurons(NeuronOp op, int batch, TileParameters parameters) {
    this.op = op;
    this.batch = batch;
    size = op.shape().size();
    constants = NeuronConstants.of(op, batch, parameters);
    List<String> variables = List.copyOf(op.recorded().keySet());
    memories = new float[op.memories().size()][];
    var values = op.operation().model().program().variables();
    evaluator =
        new StepEvaluator(
            op.operation().model().program(), variables.stream().mapToInt(values::get).toArray());
  }

  @Override
  public void load(Tensor[] tile) {
    for (int m = 0; m < memories.length; m++) {
      memories[m] = tile[op.memories().get(m)].floats();
    }
  }

  /** Nothing to do: the memories were changed where they are. */
  @Override
  public void store(Tensor[] tile) {}

  @Override
  public void run(int steps, NeuronBuffers buffers) {
    List<NeuronBuffers.Source> inputs = buffers.inputs();
    float[][] in = new float[inputs.size()][];
    int[] inOffsets = new int[in.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = inputs.get(i).in();
    }
    for (int step = 0; step < steps; step++) {
      for (int n = 0; n < batch; n++) {
        int frame = (step * batch + n) * size;
        for (int i = 0; i < in.length; i++) {
          inOffsets[i] = inputs.get(i).offset() + step * inputs.get(i).stride() + n * size;
        }
        evaluator.step(
            size,
            in,
            inOffsets,
            constants.values(),
            constants.offset(n),
            constants.stride(),
            memories,
            n * size,
            buffers.out(),
            buffers.outOffset() + frame,
            buffers.recorded(),
            buffers.recordedOffset() + frame);
      }
    }
  }
}
