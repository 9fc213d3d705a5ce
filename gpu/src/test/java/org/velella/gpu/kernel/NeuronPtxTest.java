package org.velella.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.velella.equation.StepProgram;
import org.velella.gpu.driver.PtxAssembler;
import org.velella.gpu.driver.PtxAssembler.Assembled;
import org.velella.gpu.kernel.NeuronForm.Totals;
import org.velella.neuron.NeuronModel;
import org.velella.testkit.TestModels;

class NeuronPtxTest {
  private static final List<String> ARCHITECTURES =
      List.of("sm_50", "sm_70", "sm_75", "sm_80", "sm_90");

  /** Recorded together, more have more addresses than a thread has registers. */
  private static final int MANY_VARIABLES = 20;

  static List<NeuronModel> models() {
    List<NeuronModel> models = new ArrayList<>(TestModels.catalogue());
    models.addAll(TestModels.severalInputs());
    return models;
  }

  static List<PtxKernel> kernels(NeuronModel model) {
    StepProgram program = model.program();
    List<Integer> everything = List.copyOf(program.variables().values());
    BitSet none = new BitSet();
    BitSet all = new BitSet();
    all.set(0, program.constants().size());
    List<PtxKernel> kernels = new ArrayList<>();
    Set<ValueForm> numbers = Set.of(ValueForm.NUMBERS);
    kernels.add(NeuronPtx.of(new NeuronForm(program, List.of(), none, numbers, Totals.NONE)));
    kernels.add(NeuronPtx.of(new NeuronForm(program, everything, all, numbers, Totals.NONE)));
    if (program.binaryOutput()) {
      Set<ValueForm> bits = Set.of(ValueForm.BITS);
      Set<ValueForm> both = Set.of(ValueForm.values());
      kernels.add(NeuronPtx.of(new NeuronForm(program, List.of(), none, bits, Totals.NONE)));
      kernels.add(NeuronPtx.of(new NeuronForm(program, everything, none, both, Totals.KEPT)));
    }
    return kernels;
  }

  /** No name of an equation is in the text that the driver gets. */
  @Test
  void equationsDoNotReachDeviceCode() {
    List<NeuronModel> models = TestModels.namedLikeCode();
    assertThat(kernels(models.get(0)).stream().map(PtxKernel::text))
        .containsExactlyElementsOf(kernels(models.get(1)).stream().map(PtxKernel::text).toList());
  }

  /** The longest text of each model; {@link KernelTextTest} looks at all of them. */
  @Test
  void everyModelAssemblesForEveryArchitecture() throws IOException {
    assumeTrue(PtxAssembler.isHere(), "JCuda has no assembler for here");
    List<String> report = new ArrayList<>(List.of("model\tarchitecture\tregisters\tspilled bytes"));
    for (NeuronModel model : models()) {
      List<PtxKernel> all = kernels(model);
      boolean many = model.program().variables().size() > MANY_VARIABLES;
      PtxKernel longest = all.get(many ? 0 : all.size() - 1);
      for (String architecture : ARCHITECTURES) {
        Assembled assembled = PtxAssembler.assemble(longest.text(), architecture);
        report.add(
            "%s\t%s\t%d\t%d"
                .formatted(
                    model.name(), architecture, assembled.registers(), assembled.spilledBytes()));
        // Everything recorded is the text with the most values; a few are put away on old devices.
        assertThat(assembled.spilledBytes())
            .as(model.name() + " for " + architecture)
            .isLessThanOrEqualTo(architecture.equals("sm_90") ? 0 : 64);
      }
    }
    Files.write(Path.of("target", "neuron-registers.tsv"), report);
  }

  /** With 64 registers a thread, 1024 threads share the 65536 of a multiprocessor. */
  @Test
  void leakyNeuronsShareAMultiprocessorOnEveryArchitecture() {
    assumeTrue(PtxAssembler.isHere(), "JCuda has no assembler for here");
    for (String architecture : ARCHITECTURES) {
      for (PtxKernel kernel : kernels(TestModels.lif())) {
        Assembled assembled = PtxAssembler.assemble(kernel.text(), architecture);
        assertThat(assembled.registers()).as(architecture).isLessThanOrEqualTo(64);
        assertThat(assembled.spilledBytes()).isZero();
      }
    }
  }

  @Test
  void numbersHaveNoBits() {
    NeuronModel model =
        NeuronModel.parse(
            """
            model counts
              memory v = 0
              charge v = v + x
              fire s = floor(v)
            """);
    assertThatThrownBy(
            () ->
                new NeuronForm(
                    model.program(), List.of(), new BitSet(), Set.of(ValueForm.BITS), Totals.NONE))
        .hasMessageContaining("'counts'");
  }
}
