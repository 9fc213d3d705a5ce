package org.velella.spark.frame;

import java.util.Arrays;

/** Events of one sample while they are collected, or the first thing that is wrong with them. */
final class EventList {
  private int[] steps = new int[16];
  private int[] indices = new int[16];
  private int count;
  private FailureReason reason;
  private String detail;

  void add(long step, long index) {
    if (step == NpyEvents.NOT_WHOLE || index == NpyEvents.NOT_WHOLE) {
      bad(FailureReason.NOT_WHOLE, "an event whose step or index is no whole number");
    } else if (step != (int) step) {
      bad(FailureReason.STEP_OUT_OF_RANGE, "an event at step " + step);
    } else if (index != (int) index) {
      bad(FailureReason.INDEX_OUT_OF_RANGE, "an event of index " + index + " at step " + step);
    } else {
      if (count == steps.length) {
        steps = Arrays.copyOf(steps, 2 * count);
        indices = Arrays.copyOf(indices, 2 * count);
      }
      steps[count] = (int) step;
      indices[count++] = (int) index;
    }
  }

  void bad(FailureReason why, String what) {
    if (reason == null) {
      reason = why;
      detail = what;
    }
  }

  /** As one of several fragments of the sample. */
  byte[] toPartialFragment() {
    return reason == null ? Fragment.events(steps, indices, count) : Fragment.bad(reason, detail);
  }

  /** As the only fragment of the sample. */
  byte[] toRowFragment() {
    return reason == null
        ? Fragment.rowEvents(steps, indices, count)
        : Fragment.bad(reason, detail);
  }
}
