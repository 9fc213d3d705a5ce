package org.velella.backend.vector;

import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.EncoderKernel;
import org.velella.backend.FrameKernel;
import org.velella.backend.HeapKernels;
import org.velella.backend.HeapProgram;
import org.velella.backend.NeuronKernel;
import org.velella.backend.Program;
import org.velella.backend.scalar.ScalarKernels;
import org.velella.plan.EncoderOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Plan;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;
import org.velella.testkit.EncoderContract;

class VectorEncoderContractTest extends EncoderContract {
  @Override
  protected Backend backend() {
    return new EncodersOnly();
  }

  /** The vector encoders among scalar ops. */
  private static final class EncodersOnly implements Backend, HeapKernels {
    private final ScalarKernels scalar = new ScalarKernels();

    @Override
    public String name() {
      return "vector encoders";
    }

    @Override
    public Availability availability() {
      return Availability.yes("tests run with the Vector API");
    }

    @Override
    public int preference() {
      return 0;
    }

    @Override
    public Program compile(Plan plan) {
      return new HeapProgram(plan, this);
    }

    @Override
    public FrameKernel stateless(StatelessOp op) {
      return scalar.stateless(op);
    }

    @Override
    public EncoderKernel encoder(EncoderOp op, int batch, TileParameters parameters) {
      return VectorEncoders.kernel(op, batch, parameters);
    }

    @Override
    public NeuronKernel neurons(NeuronOp op, int batch, TileParameters parameters) {
      return scalar.neurons(op, batch, parameters);
    }
  }
}
