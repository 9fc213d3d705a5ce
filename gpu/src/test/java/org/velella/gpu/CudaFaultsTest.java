package org.velella.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.Chunk;
import org.velella.backend.DeviceLostException;
import org.velella.backend.DeviceMemoryException;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.gpu.testkit.FakeCuda;
import org.velella.gpu.testkit.OnFakeDevice;
import org.velella.layer.LinearOperation;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.InputDecay;
import org.velella.neuron.NeuronModels;
import org.velella.neuron.NeuronOperation;
import org.velella.neuron.ResetKind;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Whatever fails on a device, nothing stays behind there, and what comes out is right or nothing.
 */
@OnFakeDevice
class CudaFaultsTest {
  private static final int BATCH = 5;
  private static final int STEPS = 7;
  private static final int INPUTS = 33;
  private static final int OUTPUTS = 6;
  private static final long GIBIBYTE = 1L << 30;

  /** Of the devices that other classes do not lose. */
  private static final AtomicInteger NEXT = new AtomicInteger(3);

  private long liveBefore;

  @BeforeEach
  void count() {
    liveBefore = FakeCuda.live();
  }

  @AfterEach
  void nothingLeaks() {
    FakeCuda.failAllocation(0);
    FakeCuda.memory(0, GIBIBYTE);
    assertThat(FakeCuda.live()).isEqualTo(liveBefore);
    assertThat(FakeCuda.contexts()).isZero();
  }

  private static Plan plan() {
    float[] weights = new float[OUTPUTS * INPUTS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i * 37 % 64 - 20) / 64f;
    }
    NeuronOperation leaky =
        new NeuronOperation(NeuronModels.lif(InputDecay.ON, ResetKind.HARD), Map.of());
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(INPUTS)))
            .node("one", leaky)
            .node("fc", new LinearOperation(Tensor.of(Shape.of(OUTPUTS, INPUTS), weights), null))
            .node("two", leaky)
            .node("output", new OutputOperation())
            .edge("input", "one")
            .edge("one", "fc")
            .edge("fc", "two")
            .edge("two", "output")
            .build();
    return Lowering.lower(network, PlanOptions.ofBatch(BATCH));
  }

  /** The output's floats and the memories, of one chunk. */
  private static List<Object> run(Backend backend, Plan plan) {
    try (Program program = backend.compile(plan)) {
      return run(program, plan);
    }
  }

  private static List<Object> run(Program program, Plan plan) {
    Chunk chunk = new Chunk(plan, STEPS);
    chunk.steps(STEPS);
    float[] input = chunk.value(plan.inputs().get(0));
    for (int i = 0; i < input.length; i++) {
      input[i] = i * 29 % 31 / 8f;
    }
    List<Object> all = new ArrayList<>();
    try (TileRun run = program.open(TileParameters.NONE)) {
      run.run(chunk);
      run.memories().forEach(memory -> all.add(Arrays.toString(memory.floats())));
    }
    all.add(Arrays.toString(chunk.value(plan.outputs().get(0))));
    return all;
  }

  private static List<Object> expected(Plan plan) {
    List<Object> expected = run(Backends.load().named("scalar"), plan);
    assertThat(expected.toString()).contains("1.0");
    return expected;
  }

  @Test
  void anyAllocationMayFail() {
    Plan plan = plan();
    List<Object> expected = expected(plan);
    int failed = 0;
    for (int which = 1; ; which++) {
      FakeCuda.failAllocation(which);
      try {
        assertThat(run(new CudaBackend(), plan)).isEqualTo(expected);
        if (FakeCuda.failsIn() > 0) {
          break; // So many are not needed.
        }
      } catch (DeviceMemoryException e) {
        assertThat(e.backend()).isEqualTo("cuda");
        failed++;
      }
      assertThat(FakeCuda.live()).as("after allocation %d failed", which).isEqualTo(liveBefore);
    }
    assertThat(failed).isGreaterThan(3);
  }

  /** A program lives on, so a tile that could not be opened must not leave its part there. */
  @Test
  void tileThatCannotBeOpenedLeavesNothing() {
    Plan plan = plan();
    int failed = 0;
    try (Program program = new CudaBackend().compile(plan)) {
      // The first tile leaves the buffers of values and of transfers for the next one.
      run(program, plan);
      long live = FakeCuda.live();
      for (int which = 1; ; which++) {
        FakeCuda.failAllocation(which);
        try (TileRun run = program.open(TileParameters.NONE)) {
          assertThat(run.memories()).isNotEmpty();
          if (FakeCuda.failsIn() > 0) {
            break;
          }
        } catch (DeviceMemoryException e) {
          failed++;
        }
        assertThat(FakeCuda.live()).as("after allocation %d failed", which).isEqualTo(live);
      }
      FakeCuda.failAllocation(0);
      assertThat(run(program, plan)).isEqualTo(expected(plan));
    }
    assertThat(failed).isPositive();
  }

  @Test
  void smallDeviceRunsShorterWindows() {
    Plan plan = plan();
    List<Object> expected = expected(plan);
    int refused = 0;
    int ran = 0;
    for (long bytes = 64; bytes <= 1 << 20; bytes = bytes * 5 / 4) {
      FakeCuda.memory(0, bytes);
      try {
        assertThat(run(new CudaBackend(), plan)).isEqualTo(expected);
        ran++;
      } catch (DeviceMemoryException e) {
        assertThat(ran).as("less fitted, %d bytes do not", bytes).isZero();
        refused++;
      }
      assertThat(FakeCuda.live()).isEqualTo(liveBefore);
    }
    assertThat(refused).isPositive();
    assertThat(ran).isPositive();
  }

  @Test
  void anyLaunchMayLoseTheDevice() {
    Plan plan = plan();
    int ordinal = NEXT.getAndIncrement();
    Backend all = new CudaBackend().on(ordinal);
    long before = FakeCuda.launches(ordinal);
    assertThat(run(all, plan)).isEqualTo(expected(plan));
    long launches = FakeCuda.launches(ordinal) - before;
    assertThat(launches).isBetween(2L, 12L);
    for (long which = 1; which <= launches; which++) {
      int lost = NEXT.getAndIncrement();
      Backend backend = new CudaBackend().on(lost);
      FakeCuda.loseAtLaunch(lost, which);
      assertThatExceptionOfType(DeviceLostException.class)
          .isThrownBy(() -> run(backend, plan))
          .withMessageContaining("device " + lost);
      assertThatExceptionOfType(DeviceLostException.class).isThrownBy(() -> run(backend, plan));
    }
    // What a lost device held is gone with it; the fake keeps it.
    liveBefore = FakeCuda.live();
    assertThat(run(all, plan)).isEqualTo(expected(plan));
  }

  /** As Spark kills a task: it interrupts the thread, which closes what it has. */
  @Test
  void interruptedTaskLeavesNothing() throws InterruptedException {
    Plan plan = plan();
    CountDownLatch running = new CountDownLatch(1);
    AtomicReference<Throwable> ended = new AtomicReference<>();
    Thread task =
        new Thread(
            () -> {
              try (Program program = new CudaBackend().compile(plan)) {
                while (!Thread.currentThread().isInterrupted()) {
                  run(program, plan);
                  running.countDown();
                }
                // Even a tile that is begun with the flag set ends in order.
                run(program, plan);
              } catch (Throwable e) {
                ended.set(e);
              }
            });
    task.start();
    running.await();
    task.interrupt();
    task.join();
    assertThat(ended.get()).isNull();
  }

  @Test
  void tilesOfManyThreadsShareADevice() throws InterruptedException {
    Plan plan = plan();
    List<Object> expected = expected(plan);
    List<List<Object>> found = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int ordinal = i % 2;
      Thread thread =
          new Thread(
              () -> {
                for (int round = 0; round < 5; round++) {
                  List<Object> result = run(new CudaBackend().on(ordinal), plan);
                  synchronized (found) {
                    found.add(result);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(found).hasSize(30).allMatch(expected::equals);
  }
}
