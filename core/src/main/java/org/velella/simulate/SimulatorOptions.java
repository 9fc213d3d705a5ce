package org.velella.simulate;

/**
 * How the simulator uses memory; none of it changes a bit of the results.
 *
 * @param chunkBytes how much the buffers between ops of one tile may take
 * @param maxChunkSteps the longest chunk; one that keeps something of each step has 256 at most
 */
public record SimulatorOptions(long chunkBytes, int maxChunkSteps) {
  /** Chunks of up to 4096 steps whose buffers take up to 16 MiB. */
  public static final SimulatorOptions DEFAULT = new SimulatorOptions(16L << 20, 4096);

  public SimulatorOptions {
    if (chunkBytes < 1 || maxChunkSteps < 1) {
      throw new IllegalArgumentException(
          "Chunk bytes and steps must be positive, found " + chunkBytes + " and " + maxChunkSteps);
    }
  }
}
