package org.velella.spark.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.DelayedKernel;
import org.velella.backend.EncoderKernel;
import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.HeapProgram;
import org.velella.backend.NeuronBuffers;
import org.velella.backend.NeuronKernel;
import org.velella.backend.Program;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.layer.PoolOperation;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Plan;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/** What computes something else is not measured. */
@Tag("kernels")
class FalseAnswersTest {
  /**
   * The scalar backend, but the first neuron of a population says the opposite in the last step.
   */
  private static final class OneFalseSpike implements Backend, HeapKernels {
    private final ScalarKernels good = new ScalarKernels();

    @Override
    public String name() {
      return "one false spike";
    }

    @Override
    public Availability availability() {
      return Availability.yes("runs everywhere");
    }

    @Override
    public int preference() {
      return -1;
    }

    @Override
    public Program compile(Plan plan) {
      return new HeapProgram(plan, this);
    }

    @Override
    public FrameKernel stateless(StatelessOp op) {
      return good.stateless(op);
    }

    @Override
    public DelayedKernel delayed(DelayedSparseOp op, int batch) {
      return good.delayed(op, batch);
    }

    @Override
    public EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters) {
      EncoderKernel kernel = good.encoder(op, batch, parameters);
      return (t, steps, values, memories) -> {
        kernel.run(t, steps, values, memories);
        values[op.output()][0] = 1 - values[op.output()][0];
      };
    }

    @Override
    public NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters) {
      NeuronKernel kernel = good.neurons(op, batch, parameters);
      return new NeuronKernel() {
        @Override
        public void load(Tensor[] tile) {
          kernel.load(tile);
        }

        @Override
        public void store(Tensor[] tile) {
          kernel.store(tile);
        }

        @Override
        public void run(int steps, NeuronBuffers buffers) {
          kernel.run(steps, buffers);
          int last = buffers.outOffset() + (steps - 1) * batch * op.shape().size();
          buffers.out()[last] = 1 - buffers.out()[last];
        }
      };
    }
  }

  @ParameterizedTest
  @CsvSource({
    "W1, T=16 F=256 floats",
    "W2, n=512",
    "W3, nmnist",
    "W5, izh1000",
    "net-cnn, cnn",
    "kernels, generated lif",
    "kernels, lif silent",
    "kernels, encoder skip"
  })
  void neuronThatSaysTheOppositeIsFound(String workload, String variant) {
    List<Measurement> rows = new ArrayList<>();
    BenchOptions options = new BenchOptions(List.of(1), 1, variant, null);
    assertThatThrownBy(() -> Bench.run(workload, new OneFalseSpike(), options, rows::add))
        .isInstanceOf(WrongAnswerException.class);
    assertThat(rows).isEmpty();
  }

  /** Nothing has run, so outputs are what arrays begin with. */
  @Test
  void kernelsOfLayersAreHeldToTheirDefinition() {
    LinearKernels.Frames frames = LinearKernels.Frames.atOnce(4);
    float[] input = LinearKernels.dense(4 * 32 * 28 * 28);
    PoolOp pool = LayerKernels.pool(PoolOperation.Mode.SUM);
    ScaleOp scale = LayerKernels.scale();
    for (Kernel kernel :
        List.of(
            LinearKernels.onFloats(pool, frames, input, 32 * 14 * 14, 0),
            LinearKernels.onFloats(scale, frames, input, 32 * 28 * 28, 0))) {
      assertThatThrownBy(() -> kernel.check().get()).isInstanceOf(WrongAnswerException.class);
      kernel.run().run();
      assertThat(kernel.check().get()).isNotEmpty();
    }
  }
}
