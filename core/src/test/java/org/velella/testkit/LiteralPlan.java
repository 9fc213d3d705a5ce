package org.velella.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.velella.equation.StepProgram;
import org.velella.layer.PoolOperation;
import org.velella.plan.ConvOp;
import org.velella.plan.DelayOp;
import org.velella.plan.DelayReadOp;
import org.velella.plan.DelayWriteOp;
import org.velella.plan.DelayedSparseOp;
import org.velella.plan.EncoderOp;
import org.velella.plan.EqualWeightOp;
import org.velella.plan.LearnOp;
import org.velella.plan.LinearOp;
import org.velella.plan.MaskedPsnOp;
import org.velella.plan.NeuronConstants;
import org.velella.plan.NeuronOp;
import org.velella.plan.Op;
import org.velella.plan.Plan;
import org.velella.plan.PlasticOp;
import org.velella.plan.PoolOp;
import org.velella.plan.ScaleOp;
import org.velella.plan.SparseOp;
import org.velella.plan.Stage;
import org.velella.plan.SumOp;
import org.velella.plan.TileMemories;
import org.velella.plan.TileParameters;
import org.velella.synapse.Connectivity;
import org.velella.tensor.Tensor;

/**
 * A plan run by the letter of its definition: one step, one sample, one number at a time, every
 * term of every sum, nothing skipped or reordered. Far too slow for anything but judging backends.
 */
public final class LiteralPlan {
  private final Plan plan;
  private final TileParameters parameters;
  private final List<Tensor> memories;

  /** A tile with fresh memories. */
  public LiteralPlan(Plan plan, TileParameters parameters) {
    this.plan = plan;
    this.parameters = parameters;
    memories = new ArrayList<>(TileMemories.initial(plan, parameters));
  }

  /** The memories now, in plan order. */
  public List<Tensor> memories() {
    return memories;
  }

  /** All values of one step by number, {@code [N, *]}, for the given input values. */
  public float[][] step(float[][] inputs) {
    float[][] values = new float[plan.values().size()][];
    for (int id = 0; id < values.length; id++) {
      values[id] = new float[plan.batch() * plan.values().get(id).size()];
    }
    for (int i = 0; i < inputs.length; i++) {
      values[plan.inputs().get(i)] = inputs[i];
    }
    for (Stage stage : plan.stages()) {
      for (Op op : stage.ops()) {
        if (op instanceof NeuronOp neuron) {
          neurons(neuron, values);
        } else if (op instanceof EncoderOp encoder) {
          encode(encoder, values);
        } else if (op instanceof SumOp sum) {
          sum(sum, values);
        } else if (op instanceof DelayOp delay) {
          delay(delay, values[delay.input()], values[delay.output()]);
        } else if (op instanceof DelayedSparseOp delayed) {
          for (int n = 0; n < plan.batch(); n++) {
            delayed(delayed, n, values[delayed.input()], values[delayed.output()]);
          }
        } else if (op instanceof PlasticOp plastic) {
          Tensor weights = memories.get(plastic.memory());
          for (int n = 0; n < plan.batch(); n++) {
            float[] out = values[plastic.output()];
            LiteralLearning.send(plastic, n, values[plastic.input()], weights, out);
          }
        } else if (op instanceof LearnOp learn) {
          for (int n = 0; n < plan.batch(); n++) {
            LiteralLearning.learn(learn, n, values, memories);
          }
        } else if (op instanceof MaskedPsnOp masked) {
          masked(masked, values[masked.input()], values[masked.output()]);
        } else if (op instanceof DelayReadOp read) {
          copy(memories.get(read.memory()).floats(), values[read.output()]);
        } else if (op instanceof DelayWriteOp write) {
          copy(values[write.input()], memories.get(write.memory()).floats());
        } else {
          for (int n = 0; n < plan.batch(); n++) {
            stateless(op, n, values);
          }
        }
      }
    }
    return values;
  }

  private void encode(EncoderOp op, float[][] values) {
    long[] step = memories.get(op.memories().get(0)).longs();
    for (int n = 0; n < plan.batch(); n++) {
      int at = n * op.size();
      float[] x = Arrays.copyOfRange(values[op.input()], at, at + op.size());
      long seed = parameters.samples().seed(n);
      long id = parameters.samples().id(n);
      float[] spikes = LiteralEncoder.encode(op.operation(), seed, op.path(), id, step[0], x);
      System.arraycopy(spikes, 0, values[op.output()], at, spikes.length);
    }
    step[0]++;
  }

  private void delay(DelayOp op, float[] in, float[] out) {
    float[] history = memories.get(op.memory()).floats();
    for (int k = 0; k < in.length; k++) {
      int n = k / op.size();
      int i = k % op.size();
      int oldest = n * op.kept() * op.size() + i;
      int late = op.steps()[op.steps().length == 1 ? 0 : i];
      out[k] = late == 0 ? in[k] : history[oldest + (op.kept() - late) * op.size()];
      for (int d = 0; d < op.kept() - 1; d++) {
        history[oldest + d * op.size()] = history[oldest + (d + 1) * op.size()];
      }
      history[oldest + (op.kept() - 1) * op.size()] = in[k];
    }
  }

  /** Target by target: what arrives now and later, after the sources of this step. */
  private void delayed(DelayedSparseOp op, int n, float[] in, float[] out) {
    Connectivity synapses = op.connectivity();
    float[] pending = memories.get(op.memory()).floats();
    for (int o = 0; o < synapses.targets(); o++) {
      float[] rows = new float[op.longest() + 1];
      for (int d = 0; d < op.longest(); d++) {
        rows[d] = pending[(n * op.longest() + d) * synapses.targets() + o];
      }
      for (int k = 0; k < synapses.sources(); k++) {
        int e = synapse(synapses, k, o);
        float x = in[n * synapses.sources() + k];
        if (e >= 0 && x != 0) {
          rows[op.steps()[e]] = Math.fma(x, op.weight()[e], rows[op.steps()[e]]);
        }
      }
      out[n * synapses.targets() + o] = rows[0] + 0.0f;
      for (int d = 0; d < op.longest(); d++) {
        pending[(n * op.longest() + d) * synapses.targets() + o] = rows[d + 1];
      }
    }
  }

  private void masked(MaskedPsnOp op, float[] in, float[] out) {
    long[] step = memories.get(op.step()).longs();
    int t = (int) step[0]++;
    int kept = op.operation().k() - 1;
    float[] past = kept == 0 ? null : memories.get(op.past()).floats();
    int all = op.operation().bias().size();
    for (int i = 0; i < in.length; i++) {
      float[] x = new float[all];
      x[t] = in[i];
      int first = i / op.size() * kept * op.size() + i % op.size();
      for (int d = 1; d <= Math.min(kept, t); d++) {
        x[t - d] = past[first + (kept - d) * op.size()];
      }
      float h = 0;
      for (int j = Math.max(0, t - kept); j <= t; j++) {
        h = Math.fma(op.operation().weight().floats()[t * all + j], x[j], h);
      }
      out[i] = h + op.operation().bias().floats()[t] >= 0 ? 1 : 0;
      for (int d = 0; d < kept; d++) {
        past[first + d * op.size()] = d == kept - 1 ? in[i] : past[first + (d + 1) * op.size()];
      }
    }
  }

  private static void copy(float[] from, float[] to) {
    System.arraycopy(from, 0, to, 0, to.length);
  }

  private void sum(SumOp op, float[][] values) {
    float[] out = values[op.output()];
    for (int i = 0; i < out.length; i++) {
      float total = op.inputs().isEmpty() ? 0 : values[op.inputs().get(0)][i];
      for (int k = 1; k < op.inputs().size(); k++) {
        total = total + values[op.inputs().get(k)][i];
      }
      out[i] = total;
    }
  }

  private void stateless(Op op, int n, float[][] values) {
    if (op instanceof LinearOp linear) {
      linear(linear, n, values[linear.input()], values[linear.output()]);
    } else if (op instanceof ConvOp conv) {
      conv(conv, n, values[conv.input()], values[conv.output()]);
    } else if (op instanceof SparseOp sparse) {
      sparse(sparse, n, values[sparse.input()], values[sparse.output()]);
    } else if (op instanceof EqualWeightOp equal) {
      equalWeight(equal, n, values[equal.input()], values[equal.output()]);
    } else if (op instanceof PoolOp pool) {
      pool(pool, n, values[pool.input()], values[pool.output()]);
    } else {
      ScaleOp scale = (ScaleOp) op;
      for (int i = 0; i < scale.size(); i++) {
        int factor = i / scale.inner() % scale.scale().length;
        float product = values[scale.input()][n * scale.size() + i] * scale.scale()[factor];
        values[scale.output()][n * scale.size() + i] =
            scale.shift() == null ? product : product + scale.shift()[factor];
      }
    }
  }

  private static void linear(LinearOp op, int n, float[] in, float[] out) {
    for (int r = n * op.rows(); r < (n + 1) * op.rows(); r++) {
      for (int o = 0; o < op.outputs(); o++) {
        float sum = 0f;
        for (int k = 0; k < op.inputs(); k++) {
          sum = Math.fma(in[r * op.inputs() + k], op.weight()[o * op.inputs() + k], sum);
        }
        out[r * op.outputs() + o] = (op.bias() == null ? sum : sum + op.bias()[o]) + 0.0f;
      }
    }
  }

  private static void sparse(SparseOp op, int n, float[] in, float[] out) {
    Connectivity synapses = op.connectivity();
    for (int o = 0; o < synapses.targets(); o++) {
      float sum = 0f;
      for (int k = 0; k < synapses.sources(); k++) {
        int e = synapse(synapses, k, o);
        sum = e < 0 ? sum : Math.fma(in[n * synapses.sources() + k], op.weight()[e], sum);
      }
      out[n * synapses.targets() + o] = sum + 0.0f;
    }
  }

  private static void equalWeight(EqualWeightOp op, int n, float[] in, float[] out) {
    Connectivity synapses = op.connectivity();
    for (int o = 0; o < synapses.targets(); o++) {
      long count = 0;
      for (int k = 0; k < synapses.sources(); k++) {
        count += synapse(synapses, k, o) < 0 ? 0 : (long) in[n * synapses.sources() + k];
      }
      out[n * synapses.targets() + o] = op.weight() * (float) count + 0.0f;
    }
  }

  /** The number of a synapse, or less than 0 if there is none. */
  private static int synapse(Connectivity synapses, int k, int o) {
    int[] offsets = synapses.offsets();
    return Arrays.binarySearch(synapses.columns(), offsets[k], offsets[k + 1], o);
  }

  private static void conv(ConvOp op, int n, float[] in, float[] out) {
    int inner = op.inChannels() / op.groups();
    int at = n * op.outChannels() * op.outH() * op.outW();
    for (int o = 0; o < op.outChannels(); o++) {
      int firstChannel = o / (op.outChannels() / op.groups()) * inner;
      for (int y = 0; y < op.outH(); y++) {
        for (int x = 0; x < op.outW(); x++) {
          float sum = 0f;
          for (int ky = 0; ky < op.kernelH(); ky++) {
            for (int kx = 0; kx < op.kernelW(); kx++) {
              int row = y * op.strideH() - op.padH() + ky * op.dilationH();
              int column = x * op.strideW() - op.padW() + kx * op.dilationW();
              if (row < 0 || row >= op.inH() || column < 0 || column >= op.inW()) {
                continue;
              }
              for (int c = 0; c < inner; c++) {
                int channel = n * op.inChannels() + firstChannel + c;
                float input = in[(channel * op.inH() + row) * op.inW() + column];
                int tap = (o * inner + c) * op.kernelH() * op.kernelW() + ky * op.kernelW() + kx;
                sum = Math.fma(input, op.weight()[tap], sum);
              }
            }
          }
          out[at++] = (op.bias() == null ? sum : sum + op.bias()[o]) + 0.0f;
        }
      }
    }
  }

  private static void pool(PoolOp op, int n, float[] in, float[] out) {
    int at = n * op.channels() * op.outH() * op.outW();
    for (int channel = n * op.channels(); channel < (n + 1) * op.channels(); channel++) {
      for (int y = 0; y < op.outH(); y++) {
        for (int x = 0; x < op.outW(); x++) {
          out[at++] = window(op, channel, y, x, in);
        }
      }
    }
  }

  private static float window(PoolOp op, int channel, int y, int x, float[] in) {
    float sum = 0f;
    float best = Float.NEGATIVE_INFINITY;
    int count = 0;
    boolean nan = false;
    for (int ky = 0; ky < op.kernelH(); ky++) {
      for (int kx = 0; kx < op.kernelW(); kx++) {
        int row = y * op.strideH() - op.padH() + ky;
        int column = x * op.strideW() - op.padW() + kx;
        if (row < 0 || row >= op.inH() || column < 0 || column >= op.inW()) {
          continue;
        }
        float value = in[(channel * op.inH() + row) * op.inW() + column];
        sum = sum + value;
        best = count == 0 || value > best ? value : best;
        nan |= Float.isNaN(value);
        count++;
      }
    }
    int divisor =
        op.divisor() == PoolOperation.Divisor.WINDOW ? op.kernelH() * op.kernelW() : count;
    return switch (op.mode()) {
      case SUM -> sum;
      case AVERAGE -> sum / divisor;
      case MAXIMUM -> nan ? Float.NaN : best;
    };
  }

  private void neurons(NeuronOp op, float[][] values) {
    StepProgram program = op.operation().model().program();
    NeuronConstants constants = NeuronConstants.of(op, plan.batch(), parameters);
    int size = op.shape().size();
    for (int n = 0; n < plan.batch(); n++) {
      for (int f = 0; f < size; f++) {
        int at = n * size + f;
        float[] results = new float[program.instructions().size()];
        for (int i = 0; i < results.length; i++) {
          results[i] =
              instruction(program.instructions().get(i), results, op, constants, n, f, values);
        }
        for (int m = 0; m < op.memories().size(); m++) {
          memories.get(op.memories().get(m)).floats()[at] = results[program.memoryResults().get(m)];
        }
        values[op.output()][at] = results[program.output()];
        op.recorded()
            .forEach((name, id) -> values[id][at] = results[program.variables().get(name)]);
      }
    }
  }

  private float instruction(
      StepProgram.Instruction code,
      float[] results,
      NeuronOp op,
      NeuronConstants constants,
      int n,
      int f,
      float[][] values) {
    int at = n * op.shape().size() + f;
    float a = code.a() >= 0 && code.a() < results.length ? results[code.a()] : 0;
    float b = code.b() >= 0 ? results[code.b()] : 0;
    float c = code.c() >= 0 ? results[code.c()] : 0;
    return switch (code.op()) {
      case INPUT -> values[op.inputs().get(code.a())][at];
      case CONSTANT -> constants.values(code.a())[constants.offset(n) + f * constants.stride()];
      case MEMORY -> memories.get(op.memories().get(code.a())).floats()[at];
      case LITERAL -> code.literal();
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case NEG -> -a;
      case ABS -> Math.abs(a);
      // A double holds the root of a float to more than twice its digits, so rounding twice is
      // exact.
      case SQRT -> (float) StrictMath.sqrt(a);
      case FMA -> Math.fma(a, b, c);
      case FLOOR -> (float) StrictMath.floor(a);
      case RINT -> (float) StrictMath.rint(a);
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case GREATER -> a > b ? 1 : 0;
      case GREATER_EQUAL -> a >= b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
      case AND -> a != 0 && b != 0 ? 1 : 0;
      case OR -> a != 0 || b != 0 ? 1 : 0;
      case NOT -> a == 0 ? 1 : 0;
      case SELECT -> a != 0 ? b : c;
      case POW2 -> (float) StrictMath.pow(2, a);
      case EXPONENT -> Math.getExponent(a);
      case SIGNIFICAND -> (float) (a / StrictMath.pow(2, Math.getExponent(a)));
    };
  }
}
