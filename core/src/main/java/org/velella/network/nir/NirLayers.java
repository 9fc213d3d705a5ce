package org.velella.network.nir;

import java.util.List;
import org.velella.layer.ConvOperation;
import org.velella.layer.FlattenOperation;
import org.velella.layer.LinearOperation;
import org.velella.layer.PoolOperation;
import org.velella.layer.ScaleOperation;
import org.velella.module.Operation;
import org.velella.network.InputOperation;
import org.velella.network.OutputOperation;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The stateless node types: what a node's datasets say as an operation. */
final class NirLayers {
  private static final List<String> CONVOLUTION =
      List.of("weight", "bias", "stride", "padding", "dilation", "groups", "input_shape");

  private static final List<String> POOLING = List.of("kernel_size", "stride", "padding");

  private final NirNode node;
  private final NirNotes notes;

  private NirLayers(NirNode node, NirNotes notes) {
    this.node = node;
    this.notes = notes;
  }

  /** The operation of a node, or null if its type is no layer. */
  static Operation operation(NirNode node, NirNotes notes) {
    NirLayers layers = new NirLayers(node, notes);
    return switch (node.type()) {
      case "Input" -> new InputOperation(node.shape("shape"));
      case "Output" -> new OutputOperation();
      case "Affine" -> new LinearOperation(node.weight("weight", 2, notes), layers.bias());
      case "Linear" -> new LinearOperation(node.weight("weight", 2, notes), null);
      case "Scale" -> layers.scale();
      case "Conv1d" -> layers.conv(1);
      case "Conv2d" -> layers.conv(2);
      case "SumPool2d" -> layers.pool(PoolOperation.Mode.SUM);
      case "AvgPool2d" -> layers.pool(PoolOperation.Mode.AVERAGE);
      case "Flatten" -> new FlattenOperation(node.integer("start_dim"), node.integer("end_dim"));
      default -> null;
    };
  }

  /** The names of the datasets that a type's group may hold; none if the type is no layer. */
  static List<String> datasets(String type) {
    return switch (type) {
      case "Input", "Output" -> List.of("shape");
      case "Affine" -> List.of("weight", "bias");
      case "Linear" -> List.of("weight");
      case "Scale" -> List.of("scale");
      case "Conv1d", "Conv2d" -> CONVOLUTION;
      case "SumPool2d", "AvgPool2d" -> POOLING;
      case "Flatten" -> List.of("start_dim", "end_dim", "input_type");
      default -> List.of();
    };
  }

  private Tensor bias() {
    Tensor bias = node.float32("bias", node.number("bias"), notes);
    Shape shape = node.withoutLeadingOnes("bias", bias).shape();
    if (shape.rank() > 1) {
      throw node.refusal("dataset 'bias' must have one axis, its shape is " + bias.shape());
    }
    return bias.reshape(Shape.of(bias.size()));
  }

  private Operation scale() {
    Tensor scale = node.float32("scale", node.number("scale"), notes);
    return new ScaleOperation(node.withoutLeadingOnes("scale", scale));
  }

  private Operation conv(int axes) {
    Tensor weight = node.weight("weight", axes + 2, notes);
    Shape stride = node.axes("stride", axes, 1);
    Shape dilation = node.axes("dilation", axes, 1);
    Shape[] padding = padding(axes, weight.shape().dropFirst(2), stride, dilation);
    return new ConvOperation(
        axes,
        weight,
        node.has("bias") ? bias() : null,
        stride,
        padding[0],
        padding[1],
        dilation,
        node.integer("groups"));
  }

  /** Zeros before and after each axis: numbers, or {@code same} or {@code valid} as in PyTorch. */
  private Shape[] padding(int axes, Shape kernel, Shape stride, Shape dilation) {
    String text = node.texts().get("padding");
    if (text == null) {
      Shape padding = node.axes("padding", axes, 0);
      return new Shape[] {padding, padding};
    }
    if (text.equals("valid")) {
      Shape none = Shape.of(new int[axes]);
      return new Shape[] {none, none};
    }
    if (!text.equals("same")) {
      throw node.refusal("padding is '" + text + "'; numbers, 'same' and 'valid' are supported");
    }
    int[] before = new int[axes];
    int[] after = new int[axes];
    for (int axis = 0; axis < axes; axis++) {
      if (stride.dim(axis) != 1) {
        throw node.refusal("padding 'same' needs stride 1, found " + stride);
      }
      int total = Math.multiplyExact(dilation.dim(axis), kernel.dim(axis) - 1);
      before[axis] = total / 2;
      after[axis] = total - total / 2;
    }
    return new Shape[] {Shape.of(before), Shape.of(after)};
  }

  private Operation pool(PoolOperation.Mode mode) {
    return new PoolOperation(
        mode,
        node.axes("kernel_size", 2, 1),
        node.axes("stride", 2, 1),
        node.axes("padding", 2, 0),
        PoolOperation.Divisor.WINDOW);
  }
}
