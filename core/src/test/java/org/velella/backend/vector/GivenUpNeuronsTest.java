package org.velella.backend.vector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIf;
import org.velella.backend.Chunk;
import org.velella.backend.ChunkUse;
import org.velella.backend.HeapProgram;
import org.velella.backend.Program;
import org.velella.backend.TileRun;
import org.velella.backend.scalar.ScalarBackend;
import org.velella.network.InputOperation;
import org.velella.network.Network;
import org.velella.network.OutputOperation;
import org.velella.neuron.NeuronModel;
import org.velella.neuron.NeuronOperation;
import org.velella.plan.Lowering;
import org.velella.plan.Plan;
import org.velella.plan.PlanOptions;
import org.velella.plan.TileParameters;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;
import org.velella.testkit.Seeded;
import org.velella.testkit.TestInputs;

/** Generated code that a clock says is slow gives way to the interpreter, and no bit changes. */
@EnabledIf("vectorsAreHere")
class GivenUpNeuronsTest {
  private static final long SECOND = 1_000_000_000L;

  private static final int CALLS = 16;

  /** Calls take two seconds: nobody is judged for ten of them, and the third complaint counts. */
  private static final int LEFT = CALLS - 13;

  private static final int STEPS = 3;
  private static final int BATCH = 2;
  private static final int NEURONS = 67;
  private static final int FRAME = BATCH * NEURONS;

  private enum Form {
    NUMBERS,
    BITS,
    COUNTS
  }

  private final PrintStream stream = System.err;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private long now;
  private final CountedSteps plain = new CountedSteps();

  static boolean vectorsAreHere() {
    return VectorUnit.here().present();
  }

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(said, true, UTF_8));
  }

  @AfterEach
  void stopListening() {
    System.setErr(stream);
  }

  /** Watches for which a call takes so long, where a vector operation is to take 1 ns. */
  private Watches watches(long nanosPerCall) {
    return new Watches(
        () -> 1.0, () -> now, () -> now += nanosPerCall, 0, plain, NeuronClasses.Kernel::probe);
  }

  @Seeded
  void slowCodeOfEveryFormGivesWay(SplittableRandom random) {
    for (Form form : Form.values()) {
      String name = "slow_" + form.name().toLowerCase(Locale.ROOT);
      Plan plan = plan(name, 0.7109375);
      long begun = now;
      run(random, plan, form, watches(SECOND));
      boolean counts = form == Form.COUNTS;
      assertThat(plain.steps())
          .as("%s: steps of the interpreter", form)
          .isEqualTo(counts ? 0 : LEFT * STEPS);
      // Instead of counting, code that is not judged yet gives numbers, step by step.
      assertThat((now - begun) / SECOND)
          .as("%s: seconds in vector code", form)
          .isEqualTo(2 * (CALLS - LEFT) + (counts ? 2 * LEFT * STEPS : 0));
      assertThat(said.toString(UTF_8).lines().filter(line -> line.contains(name)))
          .singleElement()
          .asString()
          .matches(
              ".*WARN.*Neuron model '"
                  + name
                  + "': the vector code took 1000000\\.0 us where \\d+\\.\\d us are expected, three"
                  + " times in a row; plain code takes over, with the same results");
      plain.reset();
    }
  }

  @Seeded
  void codeThatKeepsItsPaceStays(SplittableRandom random) {
    for (Form form : Form.values()) {
      run(random, plan("fast", 0.6328125), form, watches(0));
      assertThat(plain.steps()).as("%s: steps of the interpreter", form).isZero();
      assertThat(said.toString(UTF_8)).doesNotContain("plain code takes over");
    }
  }

  /** A population that comes later runs the same code, so it need not be found slow again. */
  @Seeded
  void codeThatWasGivenUpStaysSo(SplittableRandom random) {
    Watches watches = watches(SECOND);
    for (Form form : Form.values()) {
      run(random, plan("shared", 0.5703125), form, watches);
      plain.reset();
      run(random, plan("shared", 0.5703125), form, watches);
      assertThat(plain.steps()).as("%s: steps of the interpreter", form).isEqualTo(CALLS * STEPS);
      plain.reset();
    }
  }

  /**
   * Code has the name of the first model with its equations, so each test has a factor that no
   * other has.
   */
  private static Plan plan(String name, double factor) {
    NeuronModel model =
        NeuronModel.parse(
            """
            model %s
              memory v = 0
              charge h = v * %s + x
              fire s = h >= 1
              reset v = h - s
            """
                .formatted(name, factor));
    Network network =
        Network.builder()
            .node("input", new InputOperation(Shape.of(NEURONS)))
            .node("neurons", new NeuronOperation(model, Map.of()))
            .node("output", new OutputOperation())
            .edge("input", "neurons")
            .edge("neurons", "output")
            .build();
    return Lowering.lower(network, PlanOptions.ofBatch(BATCH));
  }

  /** Runs calls under watches, in step with the definition. */
  private void run(SplittableRandom random, Plan plan, Form form, Watches watches) {
    int id = plan.outputs().get(0);
    int input = plan.inputs().get(0);
    HeapProgram program = new HeapProgram(plan, new VectorKernels(watches));
    ChunkUse use = form == Form.COUNTS ? new ChunkUse(Set.of(), Set.of(id)) : ChunkUse.PLAIN;
    Chunk chunk =
        form == Form.NUMBERS ? new Chunk(plan, STEPS) : Chunk.packed(plan, STEPS, program, use);
    Chunk wanted = new Chunk(plan, STEPS);
    int[] counts = new int[FRAME];
    int[] first = new int[FRAME];
    Arrays.fill(first, -1);
    try (Program definition = new ScalarBackend().compile(plan);
        TileRun expected = definition.open(TileParameters.NONE);
        TileRun run = program.open(TileParameters.NONE)) {
      chunk.steps(STEPS);
      wanted.steps(STEPS);
      for (int call = 0; call < CALLS; call++) {
        float[] x = TestInputs.sequence(random, STEPS * FRAME, true);
        System.arraycopy(x, 0, chunk.value(input), 0, x.length);
        System.arraycopy(x, 0, wanted.value(input), 0, x.length);
        if (form == Form.COUNTS) {
          chunk.totals(id).begin((long) call * STEPS);
        }
        run.run(chunk);
        expected.run(wanted);
        float[] spikes = wanted.value(id);
        switch (form) {
          case NUMBERS -> assertThat(chunk.value(id)).as("call %d", call).isEqualTo(spikes);
          case BITS -> assertThat(unpacked(chunk.spikes(id))).as("call %d", call).isEqualTo(spikes);
          case COUNTS -> {
            count(call * STEPS, spikes, counts, first);
            assertThat(chunk.totals(id).counts()).as("call %d", call).isEqualTo(counts);
            assertThat(chunk.totals(id).first()).as("call %d", call).isEqualTo(first);
          }
        }
      }
      // Asked for at the end only: what takes over has to be handed them.
      Tensor memory = run.memories().get(0);
      assertThat(memory.bitEquals(expected.memories().get(0))).as("%s", form).isTrue();
    }
  }

  private static void count(int step, float[] spikes, int[] counts, int[] first) {
    for (int i = 0; i < spikes.length; i++) {
      counts[i % FRAME] += (int) spikes[i];
      boolean isFirst = spikes[i] != 0 && first[i % FRAME] < 0;
      first[i % FRAME] = isFirst ? step + i / FRAME : first[i % FRAME];
    }
  }

  private static float[] unpacked(long[] bits) {
    float[] values = new float[STEPS * FRAME];
    int words = (NEURONS + 63) / 64;
    for (int i = 0; i < values.length; i++) {
      values[i] = bits[i / NEURONS * words + i % NEURONS / 64] >>> i % NEURONS & 1;
    }
    return values;
  }
}
