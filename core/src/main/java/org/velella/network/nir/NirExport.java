package org.velella.network.nir;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.Node;
import org.velella.network.NodePath;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ParameterValue;
import org.velella.synapse.DelayOperation;
import org.velella.tensor.Broadcast;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The nodes of a network as NIR has them; the inverse of {@link NirLayers} and its neighbours. */
final class NirExport {
  private final Network network;
  private final NirConvention convention;
  private final double dt;
  private final Map<String, Optional<String>> types = new HashMap<>();

  NirExport(Network network, NirConvention convention, double dt) {
    this.network = network;
    this.convention = convention;
    this.dt = dt;
  }

  /** One node in the making. */
  private final class Draft {
    private final Node node;
    private final Shape input;
    private final Map<String, Tensor> numbers = new TreeMap<>();
    private final Map<String, String> texts = new TreeMap<>();
    private final NirHints hints = NirHints.none();

    private Draft(Node node) {
      this.node = node;
      input = network.inputShape(node.name());
    }

    private Draft put(String name, Tensor tensor) {
      numbers.put(name, tensor);
      return this;
    }

    private Draft put(String name, int value) {
      return put(name, Tensor.of(Shape.SCALAR, new long[] {value}));
    }

    private Draft shape(String name, Shape shape) {
      return put(name, Tensor.of(Shape.of(shape.rank()), shape.toLongArray()));
    }

    /** One number for one spatial axis, a list for two, as nir has them. */
    private Draft axes(String name, Shape axes) {
      return axes.rank() == 1 ? put(name, axes.dim(0)) : shape(name, axes);
    }

    /** Values in the shape of the node's input, since readers take that from them. */
    private Draft spread(String name, Shape shape, double[] values) {
      double[] all = new double[input.size()];
      int[] indices = shape.size() == 1 ? new int[all.length] : Broadcast.indices(shape, input);
      boolean single = true;
      for (int i = 0; i < all.length; i++) {
        all[i] = values[indices[i]];
        single &= (float) all[i] == all[i];
      }
      Tensor exact = Tensor.of(input, all);
      Tensor spread = single ? Tensor.of(input, exact.toFloats()) : exact;
      if (!read(name, spread).shape().equals(shape)) {
        hints.shapes().put(name, shape);
      }
      return put(name, spread);
    }

    /** A dataset as a reader without hints takes it. */
    private Tensor read(String name, Tensor tensor) {
      return finish("").withoutLeadingOnes(name, tensor);
    }

    private NirNode finish(String type) {
      return NirNode.of(NodePath.split(node.path()), type, numbers, texts, hints);
    }
  }

  NirNode node(Node node) {
    Draft draft = new Draft(node);
    Operation operation = node.operation();
    if (operation instanceof InputOperation input) {
      return draft.shape("shape", input.shape()).finish("Input");
    } else if (operation instanceof OutputOperation) {
      return draft.shape("shape", draft.input).finish("Output");
    } else if (operation instanceof LinearOperation linear) {
      draft.put("weight", linear.weight());
      return linear.bias() == null
          ? draft.finish("Linear")
          : draft.put("bias", linear.bias()).finish("Affine");
    } else if (operation instanceof ConvOperation conv) {
      return conv(draft, conv);
    } else if (operation instanceof PoolOperation pool) {
      return pool(draft, pool);
    } else if (operation instanceof ScaleOperation scale) {
      Tensor factors = scale.scale();
      return draft.spread("scale", factors.shape(), factors.toDoubles()).finish("Scale");
    } else if (operation instanceof FlattenOperation flatten) {
      draft.put("start_dim", flatten.startDim()).put("end_dim", flatten.endDim());
      return draft.shape("input_type", draft.input).finish("Flatten");
    } else if (operation instanceof DelayOperation delay) {
      double[] seconds = NirDelay.seconds(delay, dt);
      return draft.spread(NirDelay.DATASET, delay.steps().shape(), seconds).finish(NirDelay.TYPE);
    } else if (operation instanceof NeuronOperation neurons) {
      return neurons(draft, neurons);
    }
    throw refusal(node, "NIR has no node that computes this");
  }

  /** What is wrong with a node. */
  static NirException refusal(Node node, String why) {
    return new NirException(
        "node %s (%s): %s".formatted(node.path(), node.operation().kind(), why));
  }

  private static NirNode conv(Draft draft, ConvOperation conv) {
    draft.put("weight", conv.weight()).axes("stride", conv.stride());
    draft.axes("dilation", conv.dilation()).put("groups", conv.groups());
    draft.axes("input_shape", draft.input.dropFirst(1));
    if (conv.padding().equals(conv.paddingEnd())) {
      draft.axes("padding", conv.padding());
    } else {
      requireSame(draft.node, conv);
      draft.texts.put("padding", "same");
    }
    if (conv.bias() == null) {
      // The nir package opens no convolution without a bias.
      draft.put("bias", Tensor.zeros(DType.FLOAT32, Shape.of(conv.weight().shape().dim(0))));
      draft.hints.absent().add("bias");
    } else {
      draft.put("bias", conv.bias());
    }
    return draft.finish("Conv" + conv.spatial() + "d");
  }

  /** Two paddings of one axis are only what {@code same} gives. */
  private static void requireSame(Node node, ConvOperation conv) {
    for (int axis = 0; axis < conv.spatial(); axis++) {
      int total = conv.dilation().dim(axis) * (conv.weight().shape().dim(2 + axis) - 1);
      boolean same =
          conv.stride().dim(axis) == 1
              && conv.padding().dim(axis) == total / 2
              && conv.paddingEnd().dim(axis) == total - total / 2;
      if (!same) {
        throw refusal(
            node,
            "NIR knows one padding for both ends of an axis, or 'same'; found %s before and %s after"
                .formatted(conv.padding(), conv.paddingEnd()));
      }
    }
  }

  private static NirNode pool(Draft draft, PoolOperation pool) {
    boolean whole = pool.divisor() == PoolOperation.Divisor.WINDOW;
    boolean sum = pool.mode() == PoolOperation.Mode.SUM;
    boolean average = pool.mode() == PoolOperation.Mode.AVERAGE;
    if (pool.kernel().rank() != 2 || !sum && !average) {
      throw refusal(draft.node, "NIR pools by sum or average over two axes only");
    }
    if (!whole) {
      throw refusal(draft.node, "NIR's average divides by the whole window, padding too");
    }
    draft.axes("kernel_size", pool.kernel()).axes("stride", pool.stride());
    return draft.axes("padding", pool.padding()).finish(sum ? "SumPool2d" : "AvgPool2d");
  }

  private NirNode neurons(Draft draft, NeuronOperation neurons) {
    NeuronModel model = neurons.model();
    if (model.inputs().size() > 1) {
      throw refusal(
          draft.node,
          "it has the inputs %s; a node of NIR has one"
              .formatted(String.join(", ", model.inputs())));
    }
    String type =
        types
            .computeIfAbsent(
                model.text(), text -> Optional.ofNullable(NirNeurons.type(model, convention)))
            .orElseThrow(() -> refusal(draft.node, "its equations are none of NIR's"));
    requireStep(draft, neurons);
    for (String name : NirNeurons.datasets(type)) {
      ParameterValue value = neurons.parameter(name);
      boolean reset = name.equals("v_reset");
      if (value != null && !(reset && isZero(value.values()))) {
        draft.spread(name, value.shape(), value.values());
      } else if (!reset) {
        draft.put(name, Tensor.zeros(DType.FLOAT32, draft.input));
      } else if (value != null) {
        // Versions of the nir package before 1.0.5 open no node with a reset, all others take 0.
        draft.hints.shapes().put(name, value.shape());
      }
    }
    return draft.finish(type);
  }

  private static boolean isZero(double[] values) {
    for (double value : values) {
      if (Double.doubleToRawLongBits(value) != 0) {
        return false;
      }
    }
    return true;
  }

  private void requireStep(Draft draft, NeuronOperation neurons) {
    if (!neurons.model().parameters().contains("dt")) {
      return;
    }
    for (double each : neurons.parameter("dt").values()) {
      if (each != dt) {
        throw refusal(
            draft.node, "its time step is %s s, that of the file %s s".formatted(each, dt));
      }
    }
  }
}
