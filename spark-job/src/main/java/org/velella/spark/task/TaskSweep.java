package org.velella.spark.task;

import java.io.Serializable;
import org.velella.provenance.Checksums;
import org.velella.sweep.SweepLayout;
import org.velella.sweep.TrialList;

/**
 * What tasks must know of a sweep: its trials, and how they and the samples make up ranges. Of
 * plain fields only, so that any of Spark's serializers carries it.
 */
public final class TaskSweep implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] trials;
  private final String key;
  private final long samples;
  private final int trialsPerRange;
  private final int samplesPerRange;

  /** Null where it has come from another process, before it is asked for. */
  private transient TrialList list;

  /**
   * @param trials of the sweep
   * @param samples of the input
   * @param trialsPerRange as {@link SweepLayout} means it
   * @param samplesPerRange as {@link SweepLayout} means it
   */
  public TaskSweep(TrialList trials, long samples, int trialsPerRange, int samplesPerRange) {
    list = trials;
    this.trials = trials.toBytes();
    key = Checksums.crc32c(this.trials) + "-" + this.trials.length;
    this.samples = samples;
    this.trialsPerRange = trialsPerRange;
    this.samplesPerRange = samplesPerRange;
  }

  /** The trials; read at most once, and not at all in the process that has described the sweep. */
  public synchronized TrialList trials() {
    if (list == null) {
      list = TrialList.fromBytes(trials);
    }
    return list;
  }

  /** Which trials and samples a range holds. */
  public SweepLayout layout(TrialList list) {
    return new SweepLayout(list.counts(), samples, trialsPerRange, samplesPerRange);
  }

  /** Tells sweeps apart whose tasks cannot share what an executor keeps. */
  String key() {
    return key;
  }
}
