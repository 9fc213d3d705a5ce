package org.velella.plan;

import java.util.Arrays;
import java.util.Optional;
import org.velella.layer.ConvOperation;
import org.velella.layer.LinearOperation;
import org.velella.module.Operation;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.synapse.Connectivity;
import org.velella.synapse.DelayedSparseOperation;
import org.velella.synapse.EqualWeightOperation;
import org.velella.synapse.PlasticOperation;
import org.velella.synapse.SparseOperation;
import org.velella.tensor.Shape;

/**
 * How many operations the weights of a node take for one step of one sample, counted as
 * SpikingJelly's {@code op_counter} counts a matrix product or a convolution: an input of nothing
 * but 0 and 1 takes one addition for each weight that a 1 meets; any other takes the same number of
 * multiplications with an addition, whatever it is, unless all weights are 0 or 1. Padding is met
 * by nothing, and pairs without a synapse are no operation.
 *
 * @param fanOut weights that a 1 meets: for each input element, or one number for all; where all
 *     weights are 0 or 1, only those that are 1
 * @param dense operations of an input that is not all 0 and 1
 * @param binaryWeights whether all weights are 0 or 1, so that {@code dense} are additions
 */
public record SynapticWork(int[] fanOut, long dense, boolean binaryWeights) {
  /** What a node takes; empty if it has no weights. */
  public static Optional<SynapticWork> of(Network network, Node node) {
    Operation operation = node.operation();
    Shape in = network.inputShape(node.name());
    Shape out = network.outputShape(node.name());
    if (operation instanceof LinearOperation linear) {
      return Optional.of(linear(linear, in.size() / linear.inputs()));
    }
    if (operation instanceof ConvOperation conv) {
      return Optional.of(
          conv(Windows.conv(node.name(), conv, in, out, 0, 0), isBinary(conv.weight().floats())));
    }
    if (operation instanceof SparseOperation sparse) {
      return Optional.of(sparse(sparse.connectivity(), sparse.weight().floats()));
    }
    if (operation instanceof DelayedSparseOperation delayed) {
      return Optional.of(sparse(delayed.connectivity(), delayed.weight().floats()));
    }
    if (operation instanceof PlasticOperation plastic) {
      return Optional.of(plastic(plastic));
    }
    if (operation instanceof EqualWeightOperation equal) {
      float[] all = new float[equal.connectivity().synapses()];
      Arrays.fill(all, equal.weight());
      return Optional.of(sparse(equal.connectivity(), all));
    }
    return Optional.empty();
  }

  /** Weights that change are never taken for 0 and 1. */
  private static SynapticWork plastic(PlasticOperation plastic) {
    int rows = plastic.sharers();
    if (plastic.window() != null) {
      SynapticWork each = conv(Windows.plastic(plastic), false);
      int[] all = new int[rows * each.fanOut.length];
      Arrays.setAll(all, k -> each.fanOut[k % each.fanOut.length]);
      return new SynapticWork(all, rows * each.dense, false);
    }
    int synapses = plastic.weight().size();
    if (plastic.connectivity() == null) {
      int[] all = {plastic.target().size() / rows};
      return new SynapticWork(all, (long) rows * synapses, false);
    }
    int[] offsets = plastic.connectivity().offsets();
    int[] fanOut = new int[plastic.connectivity().sources()];
    Arrays.setAll(fanOut, k -> offsets[k + 1] - offsets[k]);
    return new SynapticWork(fanOut, synapses, false);
  }

  /** Weights that a 1 at an input element meets. */
  public int fanOut(int element) {
    return fanOut[fanOut.length == 1 ? 0 : element];
  }

  private static boolean isBinary(float[] weight) {
    for (float each : weight) {
      if (each != 0 && each != 1) {
        return false;
      }
    }
    return true;
  }

  private static SynapticWork linear(LinearOperation linear, int rows) {
    float[] weight = linear.weight().floats();
    int inputs = linear.inputs();
    if (!isBinary(weight)) {
      return new SynapticWork(
          new int[] {linear.outputs()}, (long) rows * linear.outputs() * inputs, false);
    }
    int[] fanOut = new int[rows * inputs];
    long ones = 0;
    for (int i = 0; i < weight.length; i++) {
      if (weight[i] == 1) {
        ones++;
        for (int row = 0; row < rows; row++) {
          fanOut[row * inputs + i % inputs]++;
        }
      }
    }
    return new SynapticWork(fanOut, ones * rows, true);
  }

  private static SynapticWork sparse(Connectivity connectivity, float[] weight) {
    boolean binary = isBinary(weight);
    int[] offsets = connectivity.offsets();
    int[] fanOut = new int[connectivity.sources()];
    long all = 0;
    for (int k = 0; k < fanOut.length; k++) {
      for (int e = offsets[k]; e < offsets[k + 1]; e++) {
        fanOut[k] += !binary || weight[e] == 1 ? 1 : 0;
      }
      all += fanOut[k];
    }
    return new SynapticWork(fanOut, all, binary);
  }

  private static SynapticWork conv(ConvOp conv, boolean binary) {
    int perGroup = conv.inChannels() / conv.groups();
    int kernel = conv.kernelH() * conv.kernelW();
    // Output channels whose weight counts: [inChannels, kernelH, kernelW].
    int[] counted = new int[conv.inChannels() * kernel];
    long ones = 0;
    for (int o = 0; o < conv.outChannels(); o++) {
      int firstChannel = o / (conv.outChannels() / conv.groups()) * perGroup;
      for (int i = 0; i < perGroup * kernel; i++) {
        if (!binary || conv.weight()[o * perGroup * kernel + i] == 1) {
          counted[firstChannel * kernel + i]++;
          ones++;
        }
      }
    }
    int[] fanOut = new int[conv.inChannels() * conv.inH() * conv.inW()];
    for (int i = 0; i < fanOut.length; i++) {
      int channel = i / (conv.inH() * conv.inW());
      int y = i / conv.inW() % conv.inH();
      int x = i % conv.inW();
      fanOut[i] = conv(conv, counted, channel * kernel, y, x);
    }
    return new SynapticWork(fanOut, ones * conv.outH() * conv.outW(), binary);
  }

  /** Weights that one pixel of a channel meets. */
  private static int conv(ConvOp conv, int[] counted, int channel, int y, int x) {
    int met = 0;
    for (int ky = 0; ky < conv.kernelH(); ky++) {
      int row = y + conv.padH() - ky * conv.dilationH();
      for (int kx = 0; isReached(row, conv.strideH(), conv.outH()) && kx < conv.kernelW(); kx++) {
        int column = x + conv.padW() - kx * conv.dilationW();
        if (isReached(column, conv.strideW(), conv.outW())) {
          met += counted[channel + ky * conv.kernelW() + kx];
        }
      }
    }
    return met;
  }

  /** Whether a window that begins there, counted from the padding's edge, is one of the outputs. */
  private static boolean isReached(int begin, int stride, int outputs) {
    return begin >= 0 && begin % stride == 0 && begin / stride < outputs;
  }
}
