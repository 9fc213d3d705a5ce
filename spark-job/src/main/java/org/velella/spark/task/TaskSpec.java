package org.velella.spark.task;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.velella.checkpoint.MemoryEntry;
import org.velella.checkpoint.RunIdentity;
import org.velella.module.MemoryScope;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.simulate.OutputMetrics;
import org.velella.simulate.Statistic;
import org.velella.simulate.StopRule;
import org.velella.spark.store.HadoopConf;
import org.velella.tensor.DType;
import org.velella.tensor.Shape;

/**
 * What every task of a run must know; broadcast once. Of plain fields only, so that any of Spark's
 * serializers carries it.
 */
public final class TaskSpec implements Serializable, Cloneable {
  private static final long serialVersionUID = 1L;

  /** Kept beside the outputs' statistics in sweeps: the id of each sample's trial. */
  public static final String TRIAL_ID = "trial_id";

  private final String runDirectory;
  private final HadoopConf conf;
  private final byte[] network;
  private final String runId;
  private final String[] digestNames;
  private final String[] digests;
  private final double dt;
  private final long seed;
  private final String record;
  private final String metrics;
  private final String stopWhen;
  private final int stopEvery;
  private final long targetSteps;
  private final long checkpointEvery;
  private final double mtbfSeconds;
  private final boolean failFast;
  private final String backend;
  private final int tileSize;
  private final int selfCheck;
  private final int gpuPermits;
  private final LittleRoom littleRoom;
  private Deadline deadline = Deadline.NEVER;

  /** Null in a run that is no sweep. */
  private final TaskSweep sweep;

  private final String stimulus;

  private TaskSpec(Builder values) {
    runDirectory = values.runDirectory;
    conf = values.conf;
    network = values.network;
    runId = values.runId;
    digestNames = values.digests.keySet().toArray(String[]::new);
    digests = values.digests.values().toArray(String[]::new);
    dt = values.dt;
    seed = values.seed;
    record = values.record;
    metrics = values.metrics;
    stopWhen = values.stopWhen;
    stopEvery = values.stopEvery;
    targetSteps = values.targetSteps;
    checkpointEvery = values.checkpointEvery;
    mtbfSeconds = values.mtbfSeconds;
    failFast = values.failFast;
    backend = values.backend;
    tileSize = values.tileSize;
    sweep = values.sweep;
    stimulus = values.stimulus;
    selfCheck = values.selfCheck;
    gpuPermits = values.gpuPermits;
    littleRoom = values.littleRoom;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The run's directory as an absolute URI. */
  public String runDirectory() {
    return runDirectory;
  }

  public HadoopConf conf() {
    return conf;
  }

  /** The network, decoded; a new object at each call. */
  public Network network() {
    return NetworkCodec.fromBytes(network);
  }

  /** What every checkpoint file of the run belongs to. */
  public RunIdentity identity(Network decoded) {
    SortedMap<String, String> digestsByName = new TreeMap<>();
    for (int i = 0; i < digestNames.length; i++) {
      digestsByName.put(digestNames[i], digests[i]);
    }
    return new RunIdentity(
        runId,
        digestsByName,
        dt,
        seed,
        MemoryEntry.list(decoded.memories()),
        accumulators(decoded));
  }

  private List<MemoryEntry> accumulators(Network network) {
    List<MemoryEntry> entries = new ArrayList<>();
    if (sweep != null) {
      entries.add(new MemoryEntry(TRIAL_ID, DType.INT64, Shape.SCALAR, MemoryScope.PER_SAMPLE));
    }
    List<Statistic> kept = new ArrayList<>(metrics().statistics(network));
    stopRule().ifPresent(rule -> kept.add(StopRule.statistic()));
    for (Statistic one : kept) {
      entries.add(new MemoryEntry(one.name(), one.dtype(), one.shape(), MemoryScope.PER_SAMPLE));
    }
    return entries;
  }

  /** Seconds per step. */
  double dt() {
    return dt;
  }

  /** What all random numbers of the run depend on. */
  public long seed() {
    return seed;
  }

  /** What to record, as users write it. */
  public String record() {
    return record;
  }

  /** What is kept of the outputs' spikes. */
  public OutputMetrics metrics() {
    return OutputMetrics.parse(metrics);
  }

  /** When samples are stopped early. */
  Optional<StopRule> stopRule() {
    return stopWhen.isEmpty() ? Optional.empty() : Optional.of(StopRule.parse(stopWhen, stopEvery));
  }

  /** Steps that every range shall have done. */
  public long targetSteps() {
    return targetSteps;
  }

  /** Where a task is to save on its way; what it has learned of that is kept by the task. */
  CheckpointSchedule schedule() {
    return isScheduleAutomatic()
        ? new AutoSchedule(targetSteps, mtbfSeconds)
        : new FixedSchedule(targetSteps, checkpointEvery);
  }

  /** Whether nobody has said how many steps there are from one checkpoint to the next. */
  boolean isScheduleAutomatic() {
    return checkpointEvery == CheckpointSchedule.AUTO;
  }

  /** Whether one bad sample ends the run. */
  boolean failFast() {
    return failFast;
  }

  public String backend() {
    return backend;
  }

  /** Samples of one kernel pass; 0: chosen by the network's size. */
  public int tileSize() {
    return tileSize;
  }

  /** The sweep that the run is, or null. */
  TaskSweep sweep() {
    return sweep;
  }

  /** What is computed instead of read as input; empty if it is read. */
  String stimulus() {
    return stimulus;
  }

  /** Every how many tiles of a task one is checked; 0: none. */
  public int selfCheck() {
    return selfCheck;
  }

  /** How many tiles may be on a device at once. */
  int gpuPermits() {
    return gpuPermits;
  }

  /** What becomes of a range whose traces may be more than there is room for. */
  LittleRoom littleRoom() {
    return littleRoom;
  }

  /** This, for tasks that are to end when a time has come. */
  public TaskSpec until(Deadline end) {
    try {
      TaskSpec copy = (TaskSpec) clone();
      copy.deadline = end;
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("A specification can be cloned", e);
    }
  }

  /** Whether tasks are to end once they have saved what they are computing: time is spent. */
  boolean isTimeSpent() {
    return deadline.isOver();
  }

  /** Tells runs apart whose tasks cannot share what an executor keeps. */
  String runtimeKey() {
    return runId
        + " "
        + backend
        + " "
        + gpuPermits
        + " "
        + record
        + (sweep == null ? "" : " " + sweep.key());
  }

  /** Collects what tasks must know. */
  public static final class Builder {
    private String runDirectory;
    private HadoopConf conf;
    private byte[] network;
    private String runId;
    private SortedMap<String, String> digests;
    private double dt;
    private long seed;
    private String record = "";
    private String metrics = "";
    private String stopWhen = "";
    private int stopEvery = StopRule.USUAL_EVERY;
    private long targetSteps;
    private long checkpointEvery;
    private double mtbfSeconds = CheckpointInterval.USUAL_MTBF_SECONDS;
    private boolean failFast;
    private String backend;
    private int tileSize;
    private TaskSweep sweep;
    private String stimulus = "";
    private int selfCheck;
    private int gpuPermits = 1;
    private LittleRoom littleRoom = LittleRoom.REFUSE;

    private Builder() {}

    public Builder run(String directory, HadoopConf value) {
      runDirectory = directory;
      conf = value;
      return this;
    }

    /** The network as {@link NetworkCodec} writes it. */
    public Builder network(byte[] value) {
      network = value;
      return this;
    }

    public Builder identity(String id, SortedMap<String, String> digestsByName) {
      runId = id;
      digests = digestsByName;
      return this;
    }

    public Builder dt(double value) {
      dt = value;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder record(String value) {
      record = value;
      return this;
    }

    /** As {@link OutputMetrics#parse} reads it. */
    public Builder metrics(String value) {
      metrics = value;
      return this;
    }

    /**
     * @param condition as {@link StopRule#parse} reads it; empty: samples are not stopped early
     */
    public Builder stopWhen(String condition, int every) {
      stopWhen = condition;
      stopEvery = every;
      return this;
    }

    /**
     * @param every steps between two checkpoints; 0: one at the end; {@link
     *     CheckpointSchedule#AUTO}: as measured
     */
    public Builder steps(long target, long every) {
      targetSteps = target;
      checkpointEvery = every;
      return this;
    }

    /** Seconds in which, on average, one executor fails; for measured intervals. */
    public Builder mtbfSeconds(double value) {
      mtbfSeconds = value;
      return this;
    }

    /** Whether one bad sample ends the run. */
    public Builder failFast(boolean value) {
      failFast = value;
      return this;
    }

    public Builder backend(String value) {
      backend = value;
      return this;
    }

    public Builder tileSize(int value) {
      tileSize = value;
      return this;
    }

    /** The sweep that the run is; null for none. */
    public Builder sweep(TaskSweep value) {
      sweep = value;
      return this;
    }

    /** Input that is computed, as {@code Stimulus} reads it; empty for none. */
    public Builder stimulus(String value) {
      stimulus = value;
      return this;
    }

    public Builder selfCheck(int every) {
      selfCheck = every;
      return this;
    }

    /** How many tiles may be on a device at once; at least 1. */
    public Builder gpuPermits(int value) {
      gpuPermits = value;
      return this;
    }

    /** What becomes of a range whose traces may be more than there is room for. */
    public Builder littleRoom(LittleRoom value) {
      littleRoom = value;
      return this;
    }

    public TaskSpec build() {
      return new TaskSpec(this);
    }
  }
}
