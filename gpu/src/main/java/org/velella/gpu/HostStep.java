package org.velella.gpu;

import org.velella.gpu.driver.DeviceBuffer;
import org.velella.gpu.kernel.ValueForm;

/** An op that runs on the host: its input is copied out, its output in. */
final class HostStep implements OpRunner {
  /** What is run: fills the op's output from its input. */
  interface Body {
    /**
     * Runs some steps.
     *
     * @param values the plan's buffers by number; only the op's two are there
     */
    void run(int steps, float[][] values);
  }

  private final Staging staging;
  private final UseCounter use;
  private final int count;
  private final int input;
  private final int output;
  private final Body body;

  HostStep(CudaProgram program, int input, int output, Body body) {
    staging = program.staging();
    use = program.use();
    count = program.plan().values().size();
    this.input = input;
    this.output = output;
    this.body = body;
  }

  @Override
  public void run(CudaTileRun tile, int t, int steps) {
    float[][] values = new float[count][];
    values[input] = new float[steps * tile.batch() * tile.size(input)];
    values[output] = new float[steps * tile.batch() * tile.size(output)];
    Uploads copies = new Uploads(staging, tile.stream(), use);
    DeviceBuffer from = tile.buffer(input, ValueForm.NUMBERS);
    copies.read(from, tile.offset(input, ValueForm.NUMBERS, t), values[input]);
    body.run(steps, values);
    DeviceBuffer to = tile.buffer(output, ValueForm.NUMBERS);
    copies.write(to, tile.offset(output, ValueForm.NUMBERS, t), values[output]);
  }
}
