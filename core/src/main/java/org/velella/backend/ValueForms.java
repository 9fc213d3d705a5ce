package org.velella.backend;

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
import org.velella.plan.PsnOp;
import org.velella.plan.Stage;
import org.velella.plan.StatelessOp;
import org.velella.plan.SumOp;

/**
 * In which forms the ops of a program read each value, and where it is kept: a value that only ops
 * see exists for one window of steps, one that the caller or a user's module sees for the chunk.
 */
final class ValueForms {
  private final boolean[] bits;
  private final boolean[] floats;
  private final boolean[] whole;

  /** Values with a reader that takes each step from a place of its own, or that the caller sees. */
  private final boolean[] stepwise;

  private ValueForms(int values) {
    bits = new boolean[values];
    floats = new boolean[values];
    whole = new boolean[values];
    stepwise = new boolean[values];
  }

  static ValueForms of(HeapProgram program) {
    Plan plan = program.plan();
    ValueForms forms = new ValueForms(plan.values().size());
    plan.inputs().forEach(id -> forms.whole[id] = true);
    for (int id : plan.visible()) {
      forms.whole[id] = true;
      forms.stepwise[id] = true;
    }
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        forms.read(program, op);
      }
    }
    return forms;
  }

  private void read(HeapProgram program, Op op) {
    if (op instanceof StatelessOp layer) {
      boolean takesBits = program.kernel(layer) instanceof SpikeFrameKernel;
      if (takesBits && program.carries(layer.input())) {
        bits[layer.input()] = true;
      } else {
        floats[layer.input()] = true;
      }
    } else if (op instanceof NeuronOp neuron) {
      neuron.inputs().forEach(id -> floats[id] = true);
    } else if (op instanceof SumOp sum) {
      sum.inputs().forEach(id -> floats[id] = true);
    } else if (op instanceof DelayedSparseOp delayed) {
      boolean takesBits = program.kernels().delaysSpikes() && program.carries(delayed.input());
      (takesBits ? bits : floats)[delayed.input()] = true;
      stepwise[delayed.input()] = true;
    } else if (op instanceof PlasticOp plastic) {
      floats[plastic.input()] = true;
      stepwise[plastic.input()] = true;
    } else if (op instanceof LearnOp learn) {
      for (int id : learn.inputs()) {
        floats[id] = true;
        stepwise[id] = true;
      }
    } else if (op instanceof PsnOp psn) {
      floats[psn.input()] = true;
      stepwise[psn.input()] = true;
    } else if (op instanceof MaskedPsnOp masked) {
      floats[masked.input()] = true;
      stepwise[masked.input()] = true;
    } else if (op instanceof DelayOp delay) {
      (program.keepsBits(delay) ? bits : floats)[delay.input()] = true;
      stepwise[delay.input()] = true;
    } else if (op instanceof DelayWriteOp write) {
      floats[write.input()] = true;
      stepwise[write.input()] = true;
    } else if (op instanceof EncoderOp encoder) {
      readWhole(encoder.input(), encoder.output());
    } else if (op instanceof HostOp host) {
      readWhole(host.input(), host.output());
    }
  }

  /** Kernels that count steps by the chunk. */
  private void readWhole(int input, int output) {
    floats[input] = true;
    whole[input] = true;
    whole[output] = true;
    stepwise[input] = true;
    stepwise[output] = true;
  }

  /** Whether an op reads the value as bits. */
  boolean bits(int id) {
    return bits[id];
  }

  /** Whether an op reads the value as float32. */
  boolean floats(int id) {
    return floats[id];
  }

  /** Whether one step of the value may stand for all, if it is the same at every step. */
  boolean holds(int id) {
    return !stepwise[id];
  }

  /** Whether the value is kept for all steps of a chunk. */
  boolean whole(int id) {
    return whole[id];
  }
}
