package org.velella.gpu;

import java.util.IdentityHashMap;
import java.util.Map;
import org.velella.backend.ChunkUse;
import org.velella.backend.PlasticSynapses;
import org.velella.backend.Program;
import org.velella.backend.RuleKernels;
import org.velella.backend.TileRun;
import org.velella.backend.vector.VectorSynapses;
import org.velella.backend.vector.VectorUnit;
import org.velella.gpu.driver.CudaDevice;
import org.velella.gpu.driver.DeviceStream;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlanValue;
import org.velella.plan.PlasticOp;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.TileParameters;
import org.velella.synapse.PlasticOperation;

/** A plan with its weights on a device, and the kernels of its layers. */
final class CudaProgram implements Program {
  /** What the buffers of a chunk may take: several windows, so that copies and kernels overlap. */
  private static final long CHUNK_BYTES = 256L << 20;

  private final Plan plan;
  private final CudaDevice device;
  private final Staging staging;
  private final Kernels kernels;
  private final UseCounter use;
  private final DeviceForms forms;
  private final Map<Op, OpRunner> layers = new IdentityHashMap<>();
  private final Map<PlasticOperation, PlasticSynapses> plastic;
  private TileValues spare;

  private CudaProgram(
      Plan plan, DeviceForms forms, CudaDevice device, Kernels kernels, UseCounter use) {
    this.plan = plan;
    plastic = PlasticSynapses.of(plan, rules());
    this.forms = forms;
    this.device = device;
    staging = new Staging(device);
    this.kernels = kernels;
    this.use = use;
  }

  /** Makes a plan ready on a device. */
  static CudaProgram open(Plan plan, int ordinal, SpikeChoice choice, UseCounter use) {
    CudaDevice device = CudaDevice.open(ordinal);
    CudaProgram program;
    try {
      DeviceForms forms = DeviceForms.of(plan);
      program = new CudaProgram(plan, forms, device, Kernels.open(ordinal), use);
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
    try {
      program.prepare(choice);
      return program;
    } catch (RuntimeException | Error e) {
      program.close();
      throw e;
    }
  }

  private void prepare(SpikeChoice choice) {
    try (DeviceStream stream = device.stream()) {
      Layers makes = new Layers(this, new Uploads(staging, stream, use), choice);
      for (Stage stage : plan.stages()) {
        for (Op op : stage.ops()) {
          if (op instanceof StatelessOp layer) {
            layers.put(op, makes.of(layer));
          }
        }
      }
    }
  }

  Plan plan() {
    return plan;
  }

  /** Synapses learn on the host, whose vectors need a module that may not be there. */
  private static RuleKernels rules() {
    return VectorUnit.here().present() ? VectorSynapses.rules() : RuleKernels.PLAIN;
  }

  /** Synapses that learn, for one tile. */
  PlasticSynapses plastic(PlasticOp op, TileParameters parameters) {
    return plastic.get(op.operation()).tile(op, parameters);
  }

  CudaDevice device() {
    return device;
  }

  Staging staging() {
    return staging;
  }

  Kernels kernels() {
    return kernels;
  }

  UseCounter use() {
    return use;
  }

  DeviceForms forms() {
    return forms;
  }

  OpRunner layer(StatelessOp op) {
    return layers.get(op);
  }

  @Override
  public boolean packs(int value) {
    return forms.binary(value);
  }

  @Override
  public boolean holds(int input) {
    return forms.holds(input);
  }

  @Override
  public boolean counts(int value) {
    return forms.counted(value);
  }

  /** What the caller sees; the rest lasts a window, and lies on the device. */
  @Override
  public long bytesPerStep(Plan of, ChunkUse chunkUse) {
    long bytes = 0;
    for (PlanValue value : of.values()) {
      int id = value.id();
      boolean in = of.inputs().contains(id) && !chunkUse.held().contains(id);
      boolean out = of.visible().contains(id) && !chunkUse.counted().contains(id);
      ValueForm form = out && packs(id) ? ValueForm.BITS : ValueForm.NUMBERS;
      bytes += in || out ? form.bytes(of.batch(), value.size()) : 0;
    }
    return bytes;
  }

  @Override
  public long chunkBytes() {
    return CHUNK_BYTES;
  }

  /** The buffers of a tile that has closed, or new ones. */
  TileValues takeValues() {
    TileValues taken = spare == null ? new TileValues(this) : spare;
    spare = null;
    return taken;
  }

  /** Keeps buffers for the next tile. */
  void giveBack(TileValues values) {
    if (spare != null) {
      values.close();
    } else {
      spare = values;
    }
  }

  @Override
  public TileRun open(TileParameters parameters) {
    return CudaTileRun.open(this, parameters);
  }

  @Override
  public void close() {
    device.close();
    kernels.close();
  }
}
