package org.velella.gpu;

import java.util.List;
import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.kernel.ValueForm;

/** An op that runs on the host: its inputs are copied out, its output in, if it has one. */
final class HostStep implements OpRunner {
  /** What is run: fills the op's output from its input. */
  interface Body {
    /**
     * Runs some steps.
     *
     * @param values the plan's buffers by number; only the op's own are there
     */
    void run(int steps, float[][] values);
  }

  private final Staging staging;
  private final UseCounter use;
  private final int count;
  private final List<Integer> inputs;
  private final Integer output;
  private final Body body;

  HostStep(CudaProgram program, int input, int output, Body body) {
    this(program, List.of(input), output, body);
  }

  /** An op of several inputs; {@code output} is null if it has none. */
  HostStep(CudaProgram program, List<Integer> inputs, Integer output, Body body) {
    staging = program.staging();
    use = program.use();
    count = program.plan().values().size();
    this.inputs = inputs;
    this.output = output;
    this.body = body;
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    float[][] values = new float[count][];
    Uploads copies = new Uploads(staging, tile.stream(), use);
    for (int input : inputs) {
      values[input] = new float[steps * tile.batch() * tile.size(input)];
      DeviceBuffer from = tile.buffer(input, ValueForm.NUMBERS);
      copies.read(from, tile.offset(input, ValueForm.NUMBERS, t), values[input]);
    }
    if (output == null) {
      body.run(steps, values);
      return;
    }
    values[output] = new float[steps * tile.batch() * tile.size(output)];
    body.run(steps, values);
    DeviceBuffer to = tile.buffer(output, ValueForm.NUMBERS);
    copies.write(to, tile.offset(output, ValueForm.NUMBERS, t), values[output]);
  }
}
