package org.velella.plan;

/**
 * Every element some steps late: its value is what the input was {@code steps} ago, taken from the
 * memory if that was before this chunk. The memory holds the inputs of the last {@code longest}
 * steps, oldest first: {@code [N, longest, size]}.
 *
 * @param size elements per sample and step
 * @param steps per element, or one for all
 * @param longest the greatest of them, at least 1
 */
public record DelayOp(
    String node, int input, int output, int size, int[] steps, int longest, int memory)
    implements Op {
  /** The delay of an element. */
  public int of(int element) {
    return steps[steps.length == 1 ? 0 : element];
  }
}
