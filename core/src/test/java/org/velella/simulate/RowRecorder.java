package org.velella.simulate;

import java.util.ArrayList;
import java.util.List;
import org.velella.tensor.Tensor;

/** Everything that runs give, as text with every bit. */
final class RowRecorder implements RecordSink {
  private final List<String> rows = new ArrayList<>();
  private int firstSample;

  /** Says which sample the first one of what follows is. */
  void firstSample(int sample) {
    firstSample = sample;
  }

  @Override
  public void spikes(String node, int sample, long step, int neuron, int count) {
    rows.add("%s %d %d %d x%d".formatted(node, sample + firstSample, step, neuron, count));
  }

  @Override
  public void trace(
      String node, String variable, int sample, long step, float[] values, int off, int length) {
    StringBuilder row = new StringBuilder();
    row.append(node).append(' ').append(variable).append(' ').append(sample + firstSample);
    row.append(' ').append(step);
    for (int i = 0; i < length; i++) {
      row.append(' ').append(Integer.toHexString(Tensor.canonicalBits(values[off + i])));
    }
    rows.add(row.toString());
  }

  /** In the order in which it came. */
  List<String> rows() {
    return rows;
  }

  /** In an order that cuts do not change. */
  List<String> sorted() {
    return rows.stream().sorted().toList();
  }
}
