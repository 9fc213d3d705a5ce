package org.velella.backend.vector;

/**
 * Watches one tile's kernel of synapses that learn. Such a kernel keeps nothing from step to step,
 * so that the plain form can take over at any.
 */
final class RulePace {
  private final KernelPace pace;
  private final CallTimer timer;
  private long begun;

  RulePace(Watches watches, KernelForm form) {
    pace = watches.pace(form);
    timer = watches.timer();
  }

  /** Whether the kernel on vectors has proved slow; else a call of it begins. */
  boolean slow() {
    if (pace.slow()) {
      return true;
    }
    begun = timer.begin();
    return false;
  }

  /** Ends the call, which needed so many vector operations and bytes. */
  void end(double operations, double bytes) {
    timer.end(begun, pace, operations, bytes);
  }
}
