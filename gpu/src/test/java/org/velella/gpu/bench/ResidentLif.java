package org.velella.gpu.bench;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.DeviceEvent;
import org.velella.gpu.driver.DeviceFunction;
import org.velella.gpu.driver.DeviceStream;
import org.velella.gpu.driver.HostBuffer;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.driver.LaunchShape;
import org.velella.gpu.kernel.NeuronForm;
import org.velella.gpu.kernel.NeuronPtx;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.Lowering;
import org.velella.plan.NeuronConstants;
import org.velella.plan.NeuronOp;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;

/**
 * The neurons' kernel alone: one launch over all steps, inputs on the device and spikes as bits
 * left there. It is what the kernels of the peers do, who are handed arrays on the device too.
 */
final class ResidentLif {
  private final int neurons;
  private final int steps;
  private final int runs;
  private final NeuronOp op;

  ResidentLif(int neurons, int steps, int runs) {
    this.neurons = neurons;
    this.steps = steps;
    this.runs = runs;
    Plan plan = Lowering.lower(Networks.lif(neurons), PlanOptions.ofBatch(1));
    op =
        plan.stages().stream()
            .flatMap(stage -> stage.ops().stream())
            .filter(NeuronOp.class::isInstance)
            .map(NeuronOp.class::cast)
            .findFirst()
            .orElseThrow();
  }

  /** The median time, and the spikes of a run from resting neurons. */
  record Result(double seconds, long spikes) {}

  Result run() {
    try (CudaDevice device = CudaDevice.open(0)) {
      float[][] constants = NeuronConstants.of(op, 1, TileParameters.NONE).values();
      BitSet halves = new BitSet();
      for (int k = 0; k < constants.length; k++) {
        halves.set(k, constants[k][0] == 2f || constants[k][0] == 1f);
      }
      NeuronForm form =
          new NeuronForm(
              op.operation().model().program(),
              List.of(),
              halves,
              EnumSet.of(ValueForm.BITS),
              NeuronForm.Totals.NONE);
      PtxKernel kernel = NeuronPtx.of(form);
      DeviceFunction function = device.load(kernel.text()).function(PtxKernel.ENTRY);
      int row = ValueForm.words(neurons) * Integer.SIZE;
      long inputBytes = (long) steps * neurons * Float.BYTES;
      long bitBytes = ValueForm.BITS.bytes(steps, neurons);
      DeviceBuffer input = device.allocate(inputBytes);
      DeviceBuffer values = device.allocate(Math.max(1, constants.length) * (long) Float.BYTES);
      DeviceBuffer state = device.allocate((long) neurons * Float.BYTES);
      DeviceBuffer bits = device.allocate(bitBytes);
      DeviceStream stream = device.stream();
      try (HostBuffer host = device.pin(Math.max(inputBytes, bitBytes))) {
        float[] step = new float[neurons];
        for (int t = 0; t < steps; t++) {
          host.floats().put(t * neurons, Numbers.fill(step, (long) t * neurons, 0, 2));
        }
        stream.upload(host, 0, input, 0, inputBytes);
        stream.synchronize();
        for (int k = 0; k < constants.length; k++) {
          host.floats().put(k, constants[k][0]);
        }
        stream.upload(host, 0, values, 0, constants.length * (long) Float.BYTES);
        KernelArguments arguments =
            new KernelArguments()
                .pointer(input, 0)
                .pointer(values, 0)
                .int32(1)
                .int32(0)
                .int32(0)
                .pointer(state, 0)
                .pointer(bits, 0)
                .int32(row)
                .int32(row)
                .int32(neurons)
                .int32(neurons)
                .int32(neurons)
                .int32(steps);
        LaunchShape shape = LaunchShape.of(kernel.blocks(row), kernel.threads());
        double[] seconds = new double[runs];
        for (int run = -2; run < runs; run++) {
          stream.fill(state, 0, 0, neurons);
          DeviceEvent begin = stream.record();
          stream.launch(function, shape, arguments);
          double took = stream.record().secondsSince(begin);
          seconds[Math.max(run, 0)] = took;
        }
        Arrays.sort(seconds);
        stream.download(bits, 0, host, 0, bitBytes);
        stream.synchronize();
        long spikes = 0;
        for (int word = 0; word < bitBytes / Long.BYTES; word++) {
          spikes += Long.bitCount(host.longs().get(word));
        }
        return new Result(seconds[runs / 2], spikes);
      }
    }
  }
}
