package org.velella.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.checkpoint.Checkpoint;
import org.velella.layer.Linear;
import org.velella.module.Memories;
import org.velella.module.MemoryList;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.Modules;
import org.velella.module.Sequential;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.network.NetworkCodec;
import org.velella.network.Networks;
import org.velella.neuron.IfNode;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** A module that a user wrote runs on Spark, between built-in ones, with its own memory. */
class UserModuleIT {
  private static final int SIZE = 3;
  private static final int STEPS = 60;

  @TempDir Path folder;

  /** y = the trace of x, which halves at every step. */
  public static final class HalvingTrace extends MemoryModule {
    public HalvingTrace() {
      registerMemory("trace", MemoryValue.scalar(0));
    }

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      return materializeLike(inputs, memories, mode);
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      INDArray trace = memories.get(0).array().mul(0.5f).add(inputs.get(0));
      return new StepResult(List.of(trace), List.of(MemoryValue.tensor(trace)));
    }
  }

  /** y = x, but nines are not liked. */
  public static final class Picky extends MemoryModule {
    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      return List.of();
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      if (inputs.get(0).maxNumber().floatValue() == 9) {
        throw new ArithmeticException("nine");
      }
      return new StepResult(inputs, List.of());
    }
  }

  /** Writes a network; gives its file. */
  private String network(String name, Sequential modules) throws IOException {
    Path network = folder.resolve(name + ".safetensors");
    Files.write(network, NetworkCodec.toBytes(Networks.fromModule(modules, Shape.of(SIZE))));
    return network.toString();
  }

  /** A run of a picky module in which some have a nine at a step. */
  private RunConfig.Builder picky(String name, Map<Integer, Integer> stepOfSample)
      throws IOException {
    Tensor input = input();
    stepOfSample.forEach(
        (sample, step) -> input.floats()[(step * TestRuns.SAMPLES + sample) * SIZE + 1] = 9);
    return RunConfig.builder()
        .network(network("picky", new Sequential(new Picky(), new IfNode())))
        .input(TestRuns.write(folder.resolve(name + ".npy"), input).toString())
        .steps(STEPS)
        .checkpointEvery(20)
        .backend("scalar")
        .rangeSize(10)
        .tileSize(4)
        .output(folder.resolve(name).toString());
  }

  private List<String> rows(String run, String... columns) {
    RunTables tables = RunTables.open(TestSpark.session(), folder.resolve(run).toString());
    return (columns.length == 0 ? tables.failures() : tables.results().selectExpr(columns))
        .sort("sample_id").collectAsList().stream().map(Object::toString).toList();
  }

  @Test
  void samplesForWhichAModuleThrowsFailByThemselves() throws IOException {
    String[] columns = {"sample_id", "spike_counts", "first_spike_step", "steps"};
    SimulateJob.run(TestSpark.session(), picky("none", Map.of()).build());
    Map<Integer, Integer> nines = Map.of(6, 47, 8, 0);
    RunConfig fast = picky("some", nines).failFast(true).build();
    assertThatThrownBy(() -> SimulateJob.run(TestSpark.session(), fast))
        .isInstanceOf(FailedSampleException.class)
        .hasMessageContainingAll("--fail-fast", "module_failed", "ArithmeticException: nine");
    RunOutcome some = SimulateJob.run(TestSpark.session(), picky("some", nines).build());
    assertThat(some.failed()).isEqualTo(2);
    assertThat(some.failedTrials()).as("of a run that is no sweep").isZero();
    assertThat(some.exitCode()).isEqualTo(ExitCode.FAILED_SAMPLES);
    String why =
        ",module_failed,Node '0' (%s) failed: java.lang.ArithmeticException: nine]"
            .formatted(Picky.class.getName());
    assertThat(rows("some")).containsExactly("[0,6" + why, "[0,8" + why);
    List<String> others = new ArrayList<>(rows("none", columns));
    others.removeIf(row -> row.startsWith("[6,") || row.startsWith("[8,"));
    assertThat(rows("some", columns)).isEqualTo(others).hasSize(TestRuns.SAMPLES - 2);
  }

  /** y = x, but the first nine takes until the thread is interrupted, which it does not say. */
  public static final class Sleepy extends MemoryModule {
    private static final AtomicBoolean ASLEEP = new AtomicBoolean();
    private static volatile CountDownLatch reached;
    private static final AtomicBoolean DISTURBED = new AtomicBoolean();

    @Override
    public List<MemoryValue> materialize(
        List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
      return List.of();
    }

    @Override
    public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
      if (inputs.get(0).maxNumber().floatValue() == 9 && ASLEEP.compareAndSet(false, true)) {
        reached.countDown();
        try {
          TimeUnit.MINUTES.sleep(1);
        } catch (InterruptedException e) {
          DISTURBED.set(true);
          throw new IllegalStateException("disturbed", e);
        }
      }
      return new StepResult(inputs, List.of());
    }
  }

  /** As Spark does to an attempt that another one has overtaken; here it tries the task again. */
  @Test
  void whatAModuleThrowsWhenItsTaskIsKilledIsNobodysFailure() throws Exception {
    Sleepy.reached = new CountDownLatch(1);
    Sleepy.ASLEEP.set(false);
    Sleepy.DISTURBED.set(false);
    String network = network("sleepy", new Sequential(new Sleepy(), new IfNode()));
    RunConfig config = picky("killed", Map.of(6, 47)).network(network).partitions(1).build();
    SparkContext spark = TestSpark.session().sparkContext();
    AtomicLong last = new AtomicLong();
    SparkListener tasks =
        new SparkListener() {
          @Override
          public void onTaskStart(SparkListenerTaskStart started) {
            last.set(started.taskInfo().taskId());
          }
        };
    spark.addSparkListener(tasks);
    Thread kill =
        new Thread(
            () -> {
              try {
                Sleepy.reached.await();
                while (!spark.killTaskAttempt(last.get(), true, "for a test")) {
                  Thread.sleep(10);
                }
              } catch (InterruptedException e) {
                // The test is over.
              }
            });
    kill.start();
    try {
      RunOutcome outcome = SimulateJob.run(TestSpark.session(), config);
      assertThat(Sleepy.DISTURBED).isTrue();
      assertThat(outcome.failed()).isZero();
      assertThat(outcome.samples()).isEqualTo(TestRuns.SAMPLES);
    } finally {
      kill.interrupt();
      spark.removeSparkListener(tasks);
    }
  }

  /** Of a sweep, both trials fail: what all samples share ends with all of them failed. */
  @Test
  void aModuleThatThrowsForAllFailsAll() throws IOException {
    Map<Integer, Integer> all = new TreeMap<>();
    for (int n = 0; n < TestRuns.SAMPLES; n++) {
      all.put(n, 0);
    }
    RunConfig config = picky("all", all).space("\"1.v_threshold=1,2\"").build();
    RunOutcome outcome = SimulateJob.run(TestSpark.session(), config);
    assertThat(outcome.samples()).isZero();
    assertThat(outcome.failed()).isEqualTo(2 * TestRuns.SAMPLES);
    assertThat(outcome.failedTrials()).isEqualTo(2);
    assertThat(TestRuns.status(folder.resolve("all")))
        .contains("\"failed_trials\":2", "\"failures\":" + 2 * TestRuns.SAMPLES);
  }

  private static Sequential modules() {
    float[] weights = {0.25f, -0.5f, 0.75f, 1, 0.125f, -0.25f, 0.5f, 0.375f, 0.625f};
    return new Sequential(
        new Linear(NdArrays.toArray(Tensor.of(Shape.of(SIZE, SIZE), weights))),
        new HalvingTrace(),
        new IfNode());
  }

  private static Tensor input() {
    SplittableRandom random = new SplittableRandom(11);
    float[] values = new float[STEPS * TestRuns.SAMPLES * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(4);
    }
    return Tensor.of(Shape.of(STEPS, TestRuns.SAMPLES, SIZE), values);
  }

  private Path simulate(String name, int steps) throws IOException {
    Path run = folder.resolve(name);
    SimulateJob.run(
        TestSpark.session(),
        RunConfig.builder()
            .network(network("network", modules()))
            .input(TestRuns.write(folder.resolve("input.npy"), input()).toString())
            .steps(steps)
            .rangeSize(4)
            .tileSize(3)
            .partitions(3)
            .output(run.toString())
            .build());
    return run;
  }

  @Test
  void countsAndMemoriesAreThoseOfTheModulesThemselves() throws IOException {
    Path run = simulate("run", 25);
    ResumeJob.run(
        TestSpark.session(),
        ResumeConfig.builder(run.toString()).moreSteps(STEPS - 25).partitions(2).build());

    Sequential modules = modules();
    Modules.setStepMode(modules, StepMode.MULTI_STEP);
    INDArray spikes = modules.forward(NdArrays.toArray(input()));
    INDArray counts = spikes.sum(0).castTo(DataType.INT32);
    assertThat(counts.sumNumber().intValue()).isGreaterThan(1000);
    var rows =
        RunTables.open(TestSpark.session(), run.toString())
            .results()
            .sort("sample_id")
            .select("spike_counts")
            .collectAsList();
    assertThat(rows).hasSize(TestRuns.SAMPLES);
    for (int n = 0; n < rows.size(); n++) {
      assertThat(rows.get(n).<Integer>getList(0))
          .containsExactly(counts.getInt(n, 0), counts.getInt(n, 1), counts.getInt(n, 2));
    }

    Sequential loaded = modules();
    Memories.loadMemories(loaded, Checkpoint.open(run).memories());
    MemoryList expected = Memories.extractMemories(modules);
    MemoryList actual = Memories.extractMemories(loaded);
    assertThat(actual.names()).isEqualTo(expected.names()).containsExactly("1.trace", "2.v");
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).tensor().bitEquals(expected.get(i).tensor()))
          .as(expected.names().get(i))
          .isTrue();
    }
  }
}
