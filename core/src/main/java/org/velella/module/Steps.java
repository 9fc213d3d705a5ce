package org.velella.module;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.tensor.DType;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Cutting sequences {@code [T, *]} into steps and putting steps together again. */
final class Steps {
  private Steps() {}

  /** The only element of a list of outputs. */
  static INDArray single(List<INDArray> outputs, String who) {
    if (outputs.size() != 1) {
      throw new ModuleException(
          ModuleError.OUTPUT_COUNT,
          "%s has %d outputs where one was asked for; call forward with a list of inputs"
              .formatted(who, outputs.size()));
    }
    return outputs.get(0);
  }

  /** Heap copies of all inputs. */
  static List<Tensor> tensors(List<INDArray> inputs) {
    return inputs.stream().map(NdArrays::toTensor).toList();
  }

  /**
   * The T that all inputs share.
   *
   * @param who wants to know, for the message
   */
  static int count(List<Shape> inputs, String who) {
    if (inputs.isEmpty()) {
      throw new ModuleException(
          ModuleError.INPUT_COUNT, who + " needs an input to know the number of steps");
    }
    for (Shape input : inputs) {
      if (input.rank() == 0 || input.dim(0) != inputs.get(0).dim(0)) {
        throw new ModuleException(
            ModuleError.INPUT_SHAPE,
            "%s runs over the first axis of its inputs, which must be equally long; shapes are %s"
                .formatted(who, inputs));
      }
    }
    return inputs.get(0).dim(0);
  }

  static List<Shape> shapes(List<INDArray> arrays) {
    return arrays.stream().map(NdArrays::shape).toList();
  }

  /** Step {@code t} of every input, as new arrays. */
  static List<INDArray> at(List<Tensor> inputs, int t) {
    List<INDArray> step = new ArrayList<>(inputs.size());
    for (Tensor input : inputs) {
      step.add(NdArrays.toArray(input.rows(t, t + 1).reshape(input.shape().dropFirst(1))));
    }
    return step;
  }

  /** Steps {@code [from, to)} of every input, as new arrays. */
  static List<INDArray> between(List<Tensor> inputs, int from, int to) {
    return inputs.stream().map(input -> NdArrays.toArray(input.rows(from, to))).toList();
  }

  /** One step of zeros, {@code [1, *]}, for every input {@code [T, *]}. */
  static List<INDArray> oneOfZeros(List<INDArray> inputs) {
    List<INDArray> zeros = new ArrayList<>(inputs.size());
    for (INDArray input : inputs) {
      Shape step = NdArrays.shape(input).dropFirst(1);
      zeros.add(NdArrays.toArray(Tensor.zeros(NdArrays.dtype(input), step.prepend(1))));
    }
    return zeros;
  }

  /** Sequences of no step, for outputs {@code [T, *]}. */
  static List<INDArray> none(List<INDArray> sequences) {
    List<INDArray> none = new ArrayList<>(sequences.size());
    for (INDArray sequence : sequences) {
      Shape step = NdArrays.shape(sequence).dropFirst(1);
      none.add(NdArrays.toArray(Tensor.zeros(NdArrays.dtype(sequence), step.prepend(0))));
    }
    return none;
  }

  /** Collects the outputs of consecutive steps and joins them along a time axis. */
  static final class Stack {
    private final String who;
    private final boolean sequences;
    private final List<List<Tensor>> parts = new ArrayList<>();

    /** Joins outputs {@code [*]} of single steps along a new first axis. */
    static Stack ofSteps(String who) {
      return new Stack(who, false);
    }

    /** Joins outputs {@code [t, *]} of several steps along their first axis. */
    static Stack ofSequences(String who) {
      return new Stack(who, true);
    }

    private Stack(String who, boolean sequences) {
      this.who = who;
      this.sequences = sequences;
    }

    void add(List<INDArray> outputs) {
      List<Tensor> tensors = new ArrayList<>(outputs.size());
      for (INDArray output : outputs) {
        Tensor tensor = NdArrays.toTensor(output);
        if (sequences && tensor.shape().rank() == 0) {
          throw new ModuleException(
              ModuleError.OUTPUTS_DIFFER, who + " gave an output without a time axis");
        }
        tensors.add(sequences ? tensor : tensor.reshape(tensor.shape().prepend(1)));
      }
      if (!parts.isEmpty()) {
        requireLikeFirst(tensors);
      }
      parts.add(tensors);
    }

    private void requireLikeFirst(List<Tensor> tensors) {
      List<Tensor> first = parts.get(0);
      boolean same = first.size() == tensors.size();
      for (int i = 0; same && i < first.size(); i++) {
        same =
            first.get(i).dtype() == tensors.get(i).dtype()
                && first.get(i).shape().dropFirst(1).equals(tensors.get(i).shape().dropFirst(1));
      }
      if (!same) {
        throw new ModuleException(
            ModuleError.OUTPUTS_DIFFER,
            "Outputs of %s cannot be stacked over time: %s at first, %s at part %d"
                .formatted(who, describe(first), describe(tensors), parts.size()));
      }
    }

    private static List<String> describe(List<Tensor> tensors) {
      return tensors.stream().map(t -> t.dtype() + " " + t.shape().dropFirst(1)).toList();
    }

    List<INDArray> join() {
      List<INDArray> joined = new ArrayList<>();
      for (int i = 0; !parts.isEmpty() && i < parts.get(0).size(); i++) {
        joined.add(join(i));
      }
      return joined;
    }

    private INDArray join(int output) {
      Tensor first = parts.get(0).get(output);
      DType type = first.dtype();
      int steps = 0;
      for (List<Tensor> part : parts) {
        steps += part.get(output).shape().dim(0);
      }
      Tensor all = Tensor.zeros(type, first.shape().dropFirst(1).prepend(steps));
      int at = 0;
      for (List<Tensor> part : parts) {
        Values.copy(part.get(output), 0, all, at, part.get(output).size());
        at += part.get(output).size();
      }
      return NdArrays.toArray(all);
    }
  }
}
