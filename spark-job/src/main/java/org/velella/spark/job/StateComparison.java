package org.velella.spark.job;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.velella.checkpoint.MemoryEntry;
import org.velella.checkpoint.RangeState;
import org.velella.checkpoint.RunIdentity;
import org.velella.module.MemoryScope;
import org.velella.spark.task.TaskSpec;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Finds the first bit in which two states of the same samples differ, by sample and variable. */
final class StateComparison {
  private final RangeState recorded;
  private final RangeState again;
  private final Set<String> shared;

  /** The rows that are compared, of both. */
  private final int[] recordedRows;

  private final int[] againRows;

  /** Whether samples must be told apart by their trial, too. */
  private final boolean ofSweep;

  private StateComparison(
      RunIdentity run, RangeState recorded, RangeState again, Set<Long> trials) {
    this.recorded = recorded;
    this.again = again;
    ofSweep = recorded.accumulators().containsKey(TaskSpec.TRIAL_ID);
    shared =
        run.memories().stream()
            .filter(memory -> memory.scope() == MemoryScope.SHARED)
            .map(MemoryEntry::name)
            .collect(Collectors.toSet());
    recordedRows = rows(recorded, trials);
    againRows = rows(again, trials);
  }

  /**
   * The first difference; empty if there is none.
   *
   * @param run the recorded run
   * @param trials those that are compared; empty: all
   */
  static Optional<String> difference(
      RunIdentity run, RangeState recorded, RangeState again, Set<Long> trials) {
    return new StateComparison(run, recorded, again, trials).difference();
  }

  private static int[] rows(RangeState state, Set<Long> trials) {
    return IntStream.range(0, state.samples())
        .filter(row -> trials.isEmpty() || trials.contains(trial(state, row)))
        .toArray();
  }

  private static long trial(RangeState state, int row) {
    return state.accumulators().get(TaskSpec.TRIAL_ID).longs()[row];
  }

  private Optional<String> difference() {
    for (int i = 0; i < Math.max(recordedRows.length, againRows.length); i++) {
      String was = i < recordedRows.length ? who(recorded, recordedRows[i]) : "";
      String is = i < againRows.length ? who(again, againRows[i]) : "";
      if (!was.equals(is)) {
        boolean lost = is.isEmpty() || !was.isEmpty() && againRows.length < recordedRows.length;
        return Optional.of(
            lost
                ? was + " has a recorded result, and could not be simulated now"
                : is + " could be simulated now, and has no recorded result");
      }
      Optional<String> found = difference(was, recordedRows[i], againRows[i]);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private String who(RangeState state, int row) {
    String sample = "sample " + state.sampleIds().longs()[row];
    return ofSweep ? "trial %d, %s".formatted(trial(state, row), sample) : sample;
  }

  private Optional<String> difference(String who, int recordedRow, int againRow) {
    List<Map.Entry<Map<String, Tensor>, Map<String, Tensor>>> both =
        List.of(
            Map.entry(recorded.memories(), again.memories()),
            Map.entry(recorded.accumulators(), again.accumulators()));
    for (Map.Entry<Map<String, Tensor>, Map<String, Tensor>> tensors : both) {
      Set<String> names = new LinkedHashSet<>(tensors.getKey().keySet());
      names.addAll(tensors.getValue().keySet());
      for (String name : names) {
        Tensor was = row(tensors.getKey(), name, recordedRow);
        Tensor is = row(tensors.getValue(), name, againRow);
        if (was == null || is == null) {
          return Optional.of(
              "%s: %s is %s".formatted(who, name, was == null ? "new" : "there no more"));
        }
        if (!was.bitEquals(is)) {
          return Optional.of(who + ", " + variable(name) + ": " + element(was, is));
        }
      }
    }
    return Optional.empty();
  }

  private Tensor row(Map<String, Tensor> tensors, String name, int row) {
    Tensor tensor = tensors.get(name);
    return tensor == null || shared.contains(name) ? tensor : tensor.rows(row, row + 1);
  }

  /** {@code hidden.v} is the variable v of the node hidden; results have no node. */
  private static String variable(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0
        ? name
        : "node %s, variable %s".formatted(name.substring(0, dot), name.substring(dot + 1));
  }

  private static String element(Tensor was, Tensor is) {
    if (was.dtype() != is.dtype() || !was.shape().equals(is.shape())) {
      return "was %s %s and is %s %s".formatted(was.dtype(), was.shape(), is.dtype(), is.shape());
    }
    Tensor flatWas = was.reshape(Shape.of(was.size()));
    Tensor flatIs = is.reshape(Shape.of(is.size()));
    int at = 0;
    while (flatWas.rows(at, at + 1).bitEquals(flatIs.rows(at, at + 1))) {
      at++;
    }
    return "element %d was %s and is %s".formatted(at, value(flatWas, at), value(flatIs, at));
  }

  private static String value(Tensor tensor, int at) {
    List<String> forms = new ArrayList<>();
    if (tensor.dtype() == DType.FLOAT32) {
      forms.add(Float.toString(tensor.floats()[at]));
      forms.add("(%s)".formatted(Float.toHexString(tensor.floats()[at])));
    } else if (tensor.dtype() == DType.INT64) {
      forms.add(Long.toString(tensor.longs()[at]));
    } else if (tensor.dtype() == DType.FLOAT64) {
      forms.add("%s (%s)".formatted(tensor.doubleAt(at), Double.toHexString(tensor.doubleAt(at))));
    } else {
      forms.add(Long.toString((long) tensor.doubleAt(at)));
    }
    return String.join(" ", forms);
  }
}
