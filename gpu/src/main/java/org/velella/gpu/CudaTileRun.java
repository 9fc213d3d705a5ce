package org.velella.gpu;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.velella.backend.Chunk;
import org.velella.backend.TileRun;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.driver.DeviceFunction;
import org.velella.gpu.driver.DeviceStream;
import org.velella.gpu.driver.KernelArguments;
import org.velella.gpu.driver.LaunchShape;
import org.velella.gpu.kernel.PtxKernel;
import org.velella.gpu.kernel.ValueForm;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.SumOp;
import org.velella.plan.TileMemories;
import org.velella.plan.TileParameters;
import org.velella.tensor.Tensor;

/**
 * One tile on a device. A chunk is run in windows of steps, which take turns on two streams: one
 * window is copied while the other is computed. Kernels of different windows never run at once,
 * since memories go from one to the next.
 */
final class CudaTileRun implements TileRun {
  private final CudaProgram program;
  private final Plan plan;
  private final TileValues values;
  private final TileTotals totals;
  private final Lane[] lanes = new Lane[TileValues.SLOTS];
  private final Map<Op, OpRunner> runners = new IdentityHashMap<>();
  private final KernelArguments arguments = new KernelArguments();

  /** Null if opening the tile has failed before. */
  private TileMemory memory;

  private DeviceBuffer scratch;
  private Lane lane;
  private int slot;
  private Chunk bound;
  private int windowStart;

  private CudaTileRun(CudaProgram program) {
    this.program = program;
    plan = program.plan();
    values = program.takeValues();
    totals = new TileTotals(program);
  }

  static CudaTileRun open(CudaProgram program, TileParameters parameters) {
    CudaTileRun run = new CudaTileRun(program);
    try {
      run.begin();
      run.prepare(parameters);
      return run;
    } catch (RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  private void begin() {
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = new Lane(program, values, i);
    }
    lane = lanes[0];
    memory = new TileMemory(program, uploads());
  }

  private void prepare(TileParameters parameters) {
    TileOps ops = new TileOps(program, memory, uploads(), parameters);
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        runners.put(op, op instanceof StatelessOp layer ? program.layer(layer) : ops.of(op));
      }
    }
    memory.load(TileMemories.initial(plan, parameters));
  }

  private Uploads uploads() {
    return new Uploads(program.staging(), lane.stream(), program.use());
  }

  @Override
  public void load(List<Tensor> memories) {
    TileMemories.require(plan, memories);
    memory.load(memories);
  }

  @Override
  public List<Tensor> memories() {
    return memory.copies();
  }

  @Override
  public void run(Chunk chunk) {
    plan.requireSteps(chunk.steps());
    values.bind(chunk);
    totals.load(chunk, uploads());
    bound = chunk;
    Lane before = null;
    for (int first = 0; first < chunk.steps(); first += values.window()) {
      windowStart = first;
      slot = first / values.window() % lanes.length;
      lane = lanes[slot];
      int steps = Math.min(values.window(), chunk.steps() - first);
      lane.finish();
      lane.begin(chunk, first, steps, before);
      stages(steps);
      lane.end();
      before = lane;
    }
    for (Lane each : lanes) {
      each.finish();
    }
    totals.store(chunk, uploads());
  }

  private void stages(int steps) {
    for (Stage stage : plan.stages()) {
      if (stage.stepped()) {
        for (int t = 0; t < steps; t++) {
          for (Op op : stage.ops()) {
            run(op, t, 1);
          }
        }
      } else {
        for (Op op : stage.ops()) {
          run(op, 0, steps);
        }
      }
    }
  }

  private void run(Op op, int t, int steps) {
    OpRunner runner = runners.get(op);
    if (op instanceof StatelessOp layer && values.held(layer.input())) {
      if (!values.held(layer.output())) {
        runner.run(this, t, 1);
        repeat(layer.output(), t, steps);
      } else if (windowStart + t == 0) {
        runner.run(this, 0, 1);
      }
    } else if (op instanceof SumOp sum && repeats(sum)) {
      boolean once = values.held(sum.output());
      for (int s = t; s < (once ? t + 1 : t + steps); s++) {
        if (!once || windowStart + s == 0) {
          runner.run(this, s, 1);
        }
      }
    } else {
      runner.run(this, t, steps);
    }
  }

  /** Whether a sum, or a part of it, is the same at every step. */
  private boolean repeats(SumOp sum) {
    return values.held(sum.output()) || sum.inputs().stream().anyMatch(values::held);
  }

  /** Copies one step of a value to those behind it. */
  private void repeat(int value, int t, int steps) {
    for (ValueForm form : wanted(value)) {
      DeviceBuffer buffer = buffer(value, form);
      long from = offset(value, form, t);
      for (int s = t + 1; s < t + steps; s++) {
        long bytes = form.bytes(batch(), size(value));
        lane.stream().copy(buffer, from, buffer, offset(value, form, s), bytes);
      }
    }
  }

  int batch() {
    return plan.batch();
  }

  int size(int value) {
    return plan.values().get(value).size();
  }

  /** The stream of the window that is being put together. */
  DeviceStream stream() {
    return lane.stream();
  }

  /** Whether one step of a value stands for all. */
  boolean held(int value) {
    return values.held(value);
  }

  /** Where the spikes of a value are added up, or null if they are not. */
  DeviceBuffer totals(int value) {
    return totals.buffer(value);
  }

  /** The number in the run of the window's first step, for a value that is counted. */
  int firstStep(int value) {
    return bound.totals(value).step() + windowStart;
  }

  Set<ValueForm> wanted(int value) {
    return values.wanted(value);
  }

  DeviceBuffer buffer(int value, ValueForm form) {
    return values.buffer(slot, value, form);
  }

  /** Where step {@code t} of the window begins in {@link #buffer}. */
  long offset(int value, ValueForm form, int t) {
    return values.offset(value, form, t);
  }

  /** Memory for what one op hands on to itself; the next op that asks gets the same. */
  DeviceBuffer scratch(long bytes) {
    if (scratch == null || scratch.bytes() < bytes) {
      for (Lane each : lanes) {
        each.stream().synchronize();
      }
      if (scratch != null) {
        scratch.close();
        scratch = null;
      }
      scratch = program.device().allocate(bytes);
    }
    return scratch;
  }

  /** Empty arguments, for one launch. */
  KernelArguments arguments() {
    return arguments.clear();
  }

  /** Adds a value from step {@code t} of the window on. */
  void value(int id, ValueForm form, int t) {
    arguments.pointer(buffer(id, form), offset(id, form, t));
  }

  /** Adds the forms of a value that are wanted, numbers before bits. */
  void outputs(int id, int t) {
    for (ValueForm form : wanted(id)) {
      value(id, form, t);
    }
  }

  /** Starts a kernel with the arguments that were given. */
  void launch(PtxKernel kernel, LaunchShape shape) {
    DeviceFunction function = program.kernels().function(kernel);
    lane.stream().launch(function, shape, arguments);
    program.use().launched(function.fill(shape));
  }

  /** Starts a kernel on a row of blocks. */
  void launch(PtxKernel kernel, int blocks) {
    launch(kernel, LaunchShape.of(blocks, kernel.threads()));
  }

  @Override
  public void close() {
    for (Lane each : lanes) {
      if (each != null) {
        each.close();
      }
    }
    program.giveBack(values);
    totals.close();
    if (memory != null) {
      memory.close();
    }
    if (scratch != null) {
      scratch.close();
    }
    List<OpRunner> all = new ArrayList<>(runners.values());
    runners.clear();
    for (OpRunner runner : all) {
      if (runner instanceof TileOwned owned) {
        owned.close();
      }
    }
  }
}
