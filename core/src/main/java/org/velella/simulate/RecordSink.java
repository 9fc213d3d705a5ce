package org.velella.simulate;

/** Receives what probes record, chunk by chunk, while a tile runs. */
public interface RecordSink {
  /** A sink that drops everything. */
  RecordSink NONE =
      new RecordSink() {
        @Override
        public void spikes(String node, int sample, long step, int neuron, int count) {}

        @Override
        public void trace(
            String node,
            String variable,
            int sample,
            long step,
            float[] values,
            int offset,
            int length) {}
      };

  /**
   * A neuron fired.
   *
   * @param sample its place in the tile
   * @param step counted from 0
   * @param neuron flat index in the node, row-major
   * @param count 1, or more where the model allows several spikes in a step
   */
  void spikes(String node, int sample, long step, int neuron, int count);

  /**
   * The values of one variable of one sample after a step; copy what is needed.
   *
   * @param values holds them in {@code [offset, offset + length)}
   */
  void trace(
      String node, String variable, int sample, long step, float[] values, int offset, int length);
}
