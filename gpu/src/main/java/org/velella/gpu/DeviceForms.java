package org.velella.gpu;

import java.util.EnumSet;
import java.util.Set;
import org.velella.encoding.CycleOperation;
import org.velella.encoding.PoissonCountOperation;
import org.velella.gpu.kernel.ValueForm;
import org.velella.layer.PoolOperation.Mode;
import org.velella.plan.DelayOp;
import org.velella.plan.DelayWriteOp;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.HostOp;
import org.velella.plan.LearnOp;
import org.velella.plan.MaskedPsnOp;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlasticOp;
import org.velella.plan.PoolOp;
import org.velella.plan.PsnOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.SumOp;

/**
 * In which forms the ops of a plan read each value. A value that is 0 or 1 at every step and comes
 * from a kernel that votes is read as bits where a kernel can.
 */
final class DeviceForms {
  private final boolean[] binary;
  private final boolean[] counted;
  private final boolean[] stepwise;
  private final Set<ValueForm>[] read;

  @SuppressWarnings({"unchecked", "rawtypes"})
  private DeviceForms(int values) {
    binary = new boolean[values];
    counted = new boolean[values];
    stepwise = new boolean[values];
    read = new Set[values];
    for (int id = 0; id < values; id++) {
      read[id] = EnumSet.noneOf(ValueForm.class);
    }
  }

  static DeviceForms of(Plan plan) {
    DeviceForms forms = new DeviceForms(plan.values().size());
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        forms.add(op);
      }
    }
    plan.visible().forEach(id -> forms.stepwise[id] = true);
    plan.recorded().values().forEach(id -> forms.read[id].add(ValueForm.NUMBERS));
    return forms;
  }

  private void add(Op op) {
    if (op instanceof NeuronOp neuron) {
      neuron.inputs().forEach(id -> read[id].add(ValueForm.NUMBERS));
      binary[neuron.output()] = neuron.operation().model().program().binaryOutput();
      counted[neuron.output()] = binary[neuron.output()];
    } else if (op instanceof EncoderOp encoder) {
      read[encoder.input()].add(ValueForm.NUMBERS);
      binary[encoder.output()] = !isOnHost(encoder);
      stepwise[encoder.input()] |=
          encoder.operation() instanceof CycleOperation
              || encoder.operation() instanceof PoissonCountOperation;
    } else if (op instanceof StatelessOp layer) {
      read[layer.input()].add(form(layer));
      boolean maximum = layer instanceof PoolOp pool && pool.mode() == Mode.MAXIMUM;
      binary[layer.output()] = maximum && binary[layer.input()];
    } else if (op instanceof SumOp sum) {
      sum.inputs().forEach(id -> read[id].add(ValueForm.NUMBERS));
    } else if (op instanceof DelayedSparseOp delayed) {
      read[delayed.input()].add(ValueForm.NUMBERS);
      stepwise[delayed.input()] = true;
    } else if (op instanceof PlasticOp plastic) {
      read[plastic.input()].add(ValueForm.NUMBERS);
      stepwise[plastic.input()] = true;
    } else if (op instanceof LearnOp learn) {
      for (int id : learn.inputs()) {
        read[id].add(ValueForm.NUMBERS);
        stepwise[id] = true;
      }
    } else if (op instanceof PsnOp psn) {
      read[psn.input()].add(ValueForm.NUMBERS);
      stepwise[psn.input()] = true;
    } else if (op instanceof MaskedPsnOp masked) {
      read[masked.input()].add(ValueForm.NUMBERS);
      stepwise[masked.input()] = true;
    } else if (op instanceof DelayOp delay) {
      read[delay.input()].add(ValueForm.NUMBERS);
      stepwise[delay.input()] = true;
    } else if (op instanceof DelayWriteOp write) {
      read[write.input()].add(ValueForm.NUMBERS);
      stepwise[write.input()] = true;
    } else if (op instanceof HostOp host) {
      read[host.input()].add(ValueForm.NUMBERS);
      stepwise[host.input()] = true;
    }
  }

  /** Whether an encoder runs on the host, which writes numbers. */
  static boolean isOnHost(EncoderOp encoder) {
    return encoder.operation() instanceof PoissonCountOperation
        || encoder.operation() instanceof CycleOperation cycle
            && cycle.counting() == CycleOperation.Counting.RUN;
  }

  /** The form in which a layer reads its input. */
  ValueForm form(StatelessOp layer) {
    boolean takesBits = !(layer instanceof ScaleOp);
    return takesBits && binary[layer.input()] ? ValueForm.BITS : ValueForm.NUMBERS;
  }

  /** Whether a value can be written as bits. */
  boolean binary(int id) {
    return binary[id];
  }

  /** Whether the spikes of a value can be added up where they arise. */
  boolean counted(int id) {
    return counted[id];
  }

  /** Whether one step of a value may stand for all, if it is the same at every step. */
  boolean holds(int id) {
    return !stepwise[id];
  }

  /** The forms in which ops read a value. */
  Set<ValueForm> read(int id) {
    return read[id];
  }
}
