package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.FunctionalForward;
import org.velella.module.Memories;
import org.velella.module.MemoryList;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.Module;
import org.velella.module.ModuleException;
import org.velella.module.Modules;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.tensor.NdArrays;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** The laws of memories, for any module or tree of modules with one input and one output. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SeededExtension.class)
public abstract class MemoryModuleContract {
  private static final int STEPS = 7;

  /**
   * A module under test.
   *
   * @param name for the report
   * @param fresh builds equal modules, as a user would
   * @param step {@code [N, *]} of the FLOAT input
   */
  public record Subject(String name, Supplier<Module> fresh, Shape step) {
    @Override
    public String toString() {
      return name;
    }

    /** A fresh module in one mode. */
    private Module in(StepMode mode) {
      Module module = fresh.get();
      Modules.setStepMode(module, mode);
      return module;
    }

    private List<StepMode> modes() {
      List<StepMode> modes = new ArrayList<>();
      for (StepMode mode : StepMode.values()) {
        try {
          in(mode);
          modes.add(mode);
        } catch (ModuleException unsupported) {
          // The laws are checked in the modes that the module has.
        }
      }
      assertThat(modes).as("step modes of %s", name).isNotEmpty();
      return modes;
    }
  }

  /** The modules to check. */
  protected abstract Stream<Subject> subjects();

  private static INDArray sequence(Subject subject, SplittableRandom random) {
    Tensor tensor = Tensor.of(subject.step.prepend(STEPS), new float[STEPS * subject.step.size()]);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = (float) random.nextDouble(-0.5, 2);
    }
    return NdArrays.toArray(tensor);
  }

  private static INDArray part(INDArray sequence, int from, int to) {
    return NdArrays.toArray(NdArrays.toTensor(sequence).rows(from, to));
  }

  /** Runs a sequence in whichever mode the module is. */
  private static Tensor run(Module module, StepMode mode, INDArray sequence) {
    return NdArrays.toTensor(
        mode == StepMode.MULTI_STEP
            ? module.forward(sequence)
            : Modules.multiStepForward(sequence, module));
  }

  private static void assertBits(Tensor actual, Tensor expected) {
    assertThat(actual.bitEquals(expected)).as("%s must be %s", actual, expected).isTrue();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void firstStepsThenTheRestInAnotherModuleGiveTheWhole(Subject subject, SplittableRandom random) {
    INDArray sequence = sequence(subject, random);
    for (StepMode mode : subject.modes()) {
      Module whole = subject.in(mode);
      Tensor expected = run(whole, mode, sequence);
      for (int cut = 0; cut <= STEPS; cut++) {
        Module first = subject.in(mode);
        Tensor start = run(first, mode, part(sequence, 0, cut));
        Module second = subject.in(mode);
        Memories.loadMemories(second, Memories.extractMemories(first));
        Tensor end = run(second, mode, part(sequence, cut, STEPS));
        assertBits(start, expected.rows(0, cut));
        assertBits(end, expected.rows(cut, STEPS));
        assertThat(Memories.memories(second)).isEqualTo(Memories.memories(whole));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void firstStepsThenAFileThenTheRestGiveTheWhole(Subject subject, SplittableRandom random) {
    INDArray sequence = sequence(subject, random);
    for (StepMode mode : subject.modes()) {
      Module whole = subject.in(mode);
      Tensor expected = run(whole, mode, sequence);
      int cut = 1 + random.nextInt(STEPS - 1);
      Module first = subject.in(mode);
      run(first, mode, part(sequence, 0, cut));
      MemoryList half = Memories.extractMemories(first);
      assumeTrue(StoredMemories.fit(half), "a file holds no queues");
      Module second = subject.in(mode);
      Memories.loadMemories(second, StoredMemories.reread(cut, subject.step.dim(0), half));
      assertThat(Memories.memories(second)).as("also their kinds").isEqualTo(half);
      assertBits(run(second, mode, part(sequence, cut, STEPS)), expected.rows(cut, STEPS));
      assertThat(Memories.memories(second)).isEqualTo(Memories.memories(whole));
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void sequenceGivesWhatItsStepsGive(Subject subject, SplittableRandom random) {
    INDArray sequence = sequence(subject, random);
    List<Tensor> outputs = new ArrayList<>();
    List<List<MemoryValue>> memories = new ArrayList<>();
    for (StepMode mode : subject.modes()) {
      Module module = subject.in(mode);
      outputs.add(run(module, mode, sequence));
      memories.add(Memories.memories(module));
    }
    outputs.forEach(output -> assertBits(output, outputs.get(0)));
    assertThat(memories).allMatch(memories.get(0)::equals);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void chunksGiveTheWhole(Subject subject, SplittableRandom random) {
    if (!subject.modes().contains(StepMode.MULTI_STEP)) {
      return;
    }
    INDArray sequence = sequence(subject, random);
    Module whole = subject.in(StepMode.MULTI_STEP);
    Tensor expected = NdArrays.toTensor(whole.forward(sequence));
    for (int size = 1; size <= STEPS; size++) {
      Module module = subject.in(StepMode.MULTI_STEP);
      INDArray actual = Modules.chunkMultiStepForward(size, sequence, module);
      assertBits(NdArrays.toTensor(actual), expected);
      assertThat(Memories.memories(module)).isEqualTo(Memories.memories(whole));
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void functionalForwardIsPureAndEqualsTheRegularOne(Subject subject, SplittableRandom random) {
    INDArray sequence = sequence(subject, random);
    for (StepMode mode : subject.modes()) {
      Module module = subject.in(mode);
      List<MemoryValue> untouched = Memories.memories(module);
      INDArray input =
          mode == StepMode.MULTI_STEP
              ? sequence
              : part(sequence, 0, 1).reshape(subject.step.toLongArray());
      Tensor inputBefore = NdArrays.toTensor(input);
      Module regular = subject.in(mode);
      run(regular, mode, part(sequence, 0, 2));
      MemoryList start = Memories.extractMemories(regular);
      List<MemoryValue> startBefore = List.copyOf(start);

      FunctionalForward forward = Memories.toFunctionalForward(module);
      StepResult once = forward.run(List.of(input), start);
      StepResult again = forward.run(List.of(input), start);
      Tensor expected = NdArrays.toTensor(regular.forward(input));

      assertBits(NdArrays.toTensor(once.output()), expected);
      assertBits(NdArrays.toTensor(again.output()), expected);
      assertThat(once.memories()).isEqualTo(Memories.memories(regular));
      assertThat(again.memories()).isEqualTo(once.memories());
      assertThat(Memories.memories(module)).isEqualTo(untouched);
      assertThat(start).isEqualTo(startBefore);
      assertBits(NdArrays.toTensor(input), inputBefore);
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void extractedMemoriesStayUnderStepsAndReset(Subject subject, SplittableRandom random) {
    INDArray sequence = sequence(subject, random);
    for (StepMode mode : subject.modes()) {
      Module module = subject.in(mode);
      run(module, mode, sequence);
      MemoryList kept = Memories.extractMemories(module);
      Module twin = subject.in(mode);
      run(twin, mode, sequence);
      run(module, mode, sequence);
      Modules.resetNet(module);
      assertThat(kept).isEqualTo(Memories.memories(twin));
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void extractThenLoadChangesNothing(Subject subject, SplittableRandom random) {
    INDArray sequence = sequence(subject, random);
    for (StepMode mode : subject.modes()) {
      Module module = subject.in(mode);
      run(module, mode, sequence);
      MemoryList before = Memories.extractMemories(module);
      Memories.loadMemories(module, before);
      assertThat(Memories.memories(module)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void resetTwiceIsResetOnceAndStartsAfresh(Subject subject, SplittableRandom random) {
    INDArray sequence = sequence(subject, random);
    for (StepMode mode : subject.modes()) {
      Module module = subject.in(mode);
      Tensor first = run(module, mode, sequence);
      Modules.resetNet(module);
      List<MemoryValue> once = Memories.memories(module);
      assertThat(once).isEqualTo(Memories.memories(subject.in(mode)));
      Modules.resetNet(module);
      assertThat(Memories.memories(module)).isEqualTo(once);
      assertBits(run(module, mode, sequence), first);
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void refusedListChangesNothing(Subject subject, SplittableRandom random) {
    Module module = subject.fresh.get();
    List<MemoryValue> before = Memories.memories(module);
    List<MemoryValue> tooLong = new ArrayList<>(before);
    tooLong.replaceAll(value -> MemoryValue.scalar(random.nextDouble()));
    tooLong.add(MemoryValue.scalar(1));
    assertThatThrownBy(() -> Memories.loadMemories(module, tooLong))
        .hasMessage(
            "Memory length mismatch: model has %d memories but list contains %d"
                .formatted(before.size(), tooLong.size()));
    assertThat(Memories.memories(module)).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void emptySequenceGivesNothingAndKeepsMemories(Subject subject, SplittableRandom random) {
    for (StepMode mode : subject.modes()) {
      Module module = subject.in(mode);
      Tensor some = run(module, mode, sequence(subject, random));
      List<MemoryValue> before = Memories.memories(module);
      INDArray none = NdArrays.toArray(Tensor.of(subject.step.prepend(0), new float[0]));
      assertThat(run(module, mode, none).shape()).isEqualTo(some.shape().dropFirst(1).prepend(0));
      assertThat(Memories.memories(module)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void ownMemoriesStandBeforeThoseOfChildren(Subject subject, SplittableRandom random) {
    Module module = subject.fresh.get();
    if (module instanceof MemoryModule owner) {
      int own = owner.memories().size();
      assertThat(Memories.namedMemories(module).subList(0, own)).isEqualTo(owner.namedMemories());
    }
    List<String> prefixed = new ArrayList<>();
    Memories.namedMemories(module, "net").forEach(memory -> prefixed.add(memory.name()));
    List<String> plain = new ArrayList<>();
    Memories.namedMemories(module).forEach(memory -> plain.add("net." + memory.name()));
    assertThat(prefixed).isEqualTo(plain).doesNotHaveDuplicates();
  }
}
