package org.velella.network.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.layer.BatchNormOperation;
import org.velella.layer.LinearOperation;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.NetworkJson;
import org.velella.network.NetworkStructure;
import org.velella.neuron.NeuronOperation;
import org.velella.tensor.DType;
import org.velella.tensor.Npy;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

class WeightLoadingTest {
  private static final Path RECIPES = Path.of("src/test/resources/golden/recipes");

  private static final String STRUCTURE =
      """
      {"format": "velella-network", "version": 1, "nodes": [
        {"path": "input", "op": "input", "shape": [3]},
        {"path": "net.0", "op": "linear", "weight": [2, 3], "bias": [2]},
        {"path": "net.1", "op": "batch_norm", "channels": 2, "epsilon": 0.5},
        {"path": "net.2", "op": "neuron", "model": "lif", "parameters": {"tau": [2]}},
        {"path": "output", "op": "output"}]}
      """;

  private static Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("net.0.weight", Tensor.of(Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
    state.put("net.0.bias", Tensor.of(Shape.of(2), new float[] {0.5f, -0.25f}));
    state.put("net.1.weight", Tensor.of(Shape.of(2), new float[] {2, 3}));
    state.put("net.1.bias", Tensor.of(Shape.of(2), new float[] {0.125f, 0}));
    state.put("net.1.running_mean", Tensor.of(Shape.of(2), new float[] {1, -1}));
    state.put("net.1.running_var", Tensor.of(Shape.of(2), new float[] {3.5f, 0.75f}));
    state.put("net.2.tau", Tensor.of(Shape.of(2), new float[] {2, 4}));
    return state;
  }

  private static StateDict open(Map<String, Tensor> tensors) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      StateDict.write(out, tensors, StateDict.Form.SAFETENSORS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return StateDict.open(out.toByteArray(), "state.safetensors");
  }

  private static WeightLoading loading() {
    return WeightLoading.into(NetworkStructure.parse(STRUCTURE));
  }

  private static void assertRefused(Consumer<Map<String, Tensor>> change, String... says) {
    Map<String, Tensor> state = state();
    change.accept(state);
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> loading().load(open(state)))
        .satisfies(e -> assertThat(e.getMessage()).contains(says));
  }

  @Test
  void everyTensorGoesWhereItsNameSays() {
    WeightLoading.Loaded loaded = loading().load(open(state()));
    LinearOperation linear = (LinearOperation) loaded.network().node("net.0").operation();
    assertThat(linear.weight().floats()).containsExactly(1, 2, 3, 4, 5, 6);
    BatchNormOperation norm = (BatchNormOperation) loaded.network().node("net.1").operation();
    assertThat(norm.gamma().floats()).containsExactly(2, 3);
    assertThat(norm.variance().floats()).containsExactly(3.5f, 0.75f);
    assertThat(norm.epsilon()).isEqualTo(0.5);
    NeuronOperation lif = (NeuronOperation) loaded.network().node("net.2").operation();
    assertThat(lif.parameter("tau").values()).containsExactly(2, 4);
    assertThat(lif.parameter("v_threshold").values()).containsExactly(1);
    assertThat(loaded.notes()).containsExactly("1 tensors F32 to F64, exact");
  }

  /** Frameworks keep such a parameter as [] or as [1]. */
  @Test
  void oneNumberForAllNeuronsMayHaveAnyShape() {
    String structure = STRUCTURE.replace("\"tau\": [2]", "\"tau\": []");
    Map<String, Tensor> state = state();
    for (Shape shape : new Shape[] {Shape.SCALAR, Shape.of(1), Shape.of(1, 1)}) {
      state.put("net.2.tau", Tensor.of(shape, new float[] {3}));
      Network network =
          WeightLoading.into(NetworkStructure.parse(structure)).load(open(state)).network();
      NeuronOperation lif = (NeuronOperation) network.node("net.2").operation();
      assertThat(lif.parameter("tau").values()).containsExactly(3);
    }
  }

  @Test
  void allThatDoesNotFitIsNamedAtOnce() {
    assertRefused(
        state -> {
          state.remove("net.0.bias");
          state.put("net.0.biass", Tensor.of(Shape.of(2), new float[2]));
          state.put("net.0.weight", Tensor.of(Shape.of(3, 2), new float[6]));
        },
        "state.safetensors does not fit",
        "missing: net.0.bias;",
        "without a use: net.0.biass;",
        "of another shape: net.0.weight is [3, 2] and must be [2, 3]");
  }

  @Test
  void aWrappersPrefixIsProposedAndTakenOff() {
    Map<String, Tensor> wrapped = new LinkedHashMap<>();
    state().forEach((name, tensor) -> wrapped.put("module." + name, tensor));
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> loading().load(open(wrapped)))
        .withMessageEndingWith("take off the prefix 'module.'");
    Network plain = loading().load(open(state())).network();
    Network same = loading().withoutPrefix("module.").load(open(wrapped)).network();
    assertThat(NetworkDigest.of(same)).isEqualTo(NetworkDigest.of(plain));
    wrapped.put("extra", Tensor.of(Shape.of(1), new float[1]));
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> loading().withoutPrefix("module.").load(open(wrapped)))
        .withMessageEndingWith("; 1 of 8 names do not begin with the prefix 'module.': extra");
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> loading().withoutPrefix("modul.").load(open(state())))
        .withMessageContaining("7 of 7 names do not begin with the prefix 'modul.': net.0.bias")
        .withMessageNotContaining("without a use");
  }

  @Test
  void whatIsIgnoredIsToldAndNotRead() {
    Map<String, Tensor> state = state();
    state.put("net.2.mem", Tensor.of(Shape.of(1), new float[] {Float.NaN}));
    assertThat(loading().ignore("net.*.mem").load(open(state)).notes())
        .contains("left out of the state dict: net.2.mem");
    assertRefused(
        all -> all.put("net.2.mem", Tensor.of(Shape.of(1), new float[1])), "use: net.2.mem");
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> loading().ignore("net.*.mem").ignore("men").load(open(state)))
        .withMessageStartingWith("The pattern 'men' is the name of no tensor in state.safetensors");
  }

  @Test
  void whatIsNotFiniteIsRefusedByNameAndIndex() {
    assertRefused(
        state -> state.get("net.0.weight").floats()[4] = Float.NaN,
        "'net.0.weight': the value NaN at index [1, 1] must be finite");
    assertRefused(
        state -> state.put("net.0.bias", Tensor.of(Shape.of(2), new double[] {0, 1e39})),
        "'net.0.bias': the value 1.0E39 at index [1] is beyond float32");
    assertRefused(
        state ->
            state.put(
                "net.0.bias", Tensor.of(Shape.of(2), new double[] {Double.NEGATIVE_INFINITY, 0})),
        "'net.0.bias': the value -Infinity at index [0] must be finite");
  }

  /** 0.5 and 2^-149 are float32 values; 0.1 and 1 + 2^-30 are not. */
  @Test
  void roundingIsCounted() {
    Map<String, Tensor> state = state();
    double[] weights = {0.5, 0.1, 1 + 0x1p-30, 0x1p-149, 0, -2};
    state.put("net.0.weight", Tensor.of(Shape.of(2, 3), weights));
    WeightLoading.Loaded loaded = loading().load(open(state));
    LinearOperation linear = (LinearOperation) loaded.network().node("net.0").operation();
    assertThat(linear.weight().floats()).containsExactly(0.5f, 0.1f, 1, Float.MIN_VALUE, 0, -2);
    assertThat(loaded.notes())
        .contains("net.0.weight: F64 to F32, 2 of 6 values rounded, by at most 1.5e-08 of a value");
  }

  /** What torch and numpy wrote of 11 types, each with what it holds as float64. */
  @ParameterizedTest
  @ValueSource(strings = {"types.safetensors", "types.npz", "types-deflated.npz"})
  void everyElementTypeIsReadExactly(String file) throws IOException {
    StateDict state = StateDict.open(Files.readAllBytes(RECIPES.resolve(file)), file);
    Tensor expected = Npy.read(RECIPES.resolve("types-as-float64.npy"));
    String[] names = {
      "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8"
    };
    String[] codes = {"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8"};
    Map<String, Tensor> read = state.read(Set.copyOf(state.entries().keySet()));
    assertThat(read).hasSize(file.endsWith(".npz") ? 8 : 9);
    for (int i = 0; i < names.length; i++) {
      if (read.containsKey(names[i])) {
        assertThat(read.get(names[i]).toDoubles())
            .as(names[i])
            .containsExactly(expected.rows(i, i + 1).toDoubles());
        assertThat(state.entries().get(names[i]).stored()).isEqualTo(codes[i]);
      }
    }
  }

  @Test
  void otherFilesAreRefusedWithWhatToDo() throws IOException {
    byte[] npy = Files.readAllBytes(RECIPES.resolve("types-as-float64.npy"));
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> StateDict.open(npy, "a.npy"))
        .withMessageContaining("numpy.savez");
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> StateDict.open(new byte[] {1, 2, 3}, "a.bin"))
        .withMessageContaining("a.bin is neither safetensors nor npz");
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> StateDict.open(new byte[0], "a.npz"))
        .withMessageStartingWith("a.npz is empty;");
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> StateDict.open(java.util.Arrays.copyOf(npy, 4), "a.npz"))
        .withMessageStartingWith("a.npz is cut short after 4 bytes;");
  }

  /**
   * By hand: scale = 2 / sqrt(3.5 + 0.5) = 1 and shift = 0.125 - 1; 3 / sqrt(1.25) for the other.
   */
  @Test
  void foldingMultipliesWeightsAndShiftsBiases() {
    BatchNormFolding.Folded folded = BatchNormFolding.fold(loading().load(open(state())).network());
    LinearOperation linear = (LinearOperation) folded.network().node("net.0").operation();
    double other = 3 / Math.sqrt(0.75 + 0.5);
    assertThat(linear.weight().floats())
        .containsExactly(1, 2, 3, (float) (4 * other), (float) (5 * other), (float) (6 * other));
    assertThat(linear.bias().floats())
        .containsExactly(0.5f + 0.125f - 1, (float) (-0.25 * other + other));
    assertThat(folded.network().sources("net.2")).containsExactly("net.0");
    assertThat(folded.notes()).containsExactly("batch norm net.1 is folded into net.0");
  }

  @Test
  void aBatchNormThatCannotBeFoldedStaysAndSaysWhy() {
    String text =
        """
        {"format": "velella-network", "version": 1, "nodes": [
          {"path": "input", "op": "input", "shape": [2]},
          {"path": "fc", "op": "linear", "weight": [2, 2]},
          {"path": "norm", "op": "batch_norm", "channels": 2, "affine": false},
          {"path": "a", "op": "output"}, {"path": "b", "op": "output"}],
          "edges": [["input", "fc"], ["fc", "norm"], ["norm", "a"], ["fc", "b"]]}
        """;
    NetworkStructure structure = NetworkStructure.parse(text);
    assertThat(structure.tensors())
        .extracting(place -> place.key())
        .containsExactly("fc.weight", "norm.mean", "norm.variance");
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("fc.weight", Tensor.of(Shape.of(2, 2), new float[4]));
    state.put("norm.running_mean", Tensor.of(Shape.of(2), new float[2]));
    state.put("norm.running_var", Tensor.of(Shape.of(2), new float[] {1, 1}));
    Network network = WeightLoading.into(structure).load(open(state)).network();
    BatchNormFolding.Folded folded = BatchNormFolding.fold(network);
    assertThat(folded.network()).isSameAs(network);
    assertThat(folded.notes()).containsExactly("batch norm norm stays: fc feeds other nodes, too");
  }

  @Test
  void aStateDictPutsTheSameNetworkTogetherAgain() {
    Network network = loading().load(open(state())).network();
    Map<String, Tensor> written = StateNames.stateDict(network);
    assertThat(written.keySet()).containsExactlyElementsOf(state().keySet());
    assertThat(written.get("net.2.tau").dtype()).isEqualTo(DType.FLOAT64);
    NetworkStructure structure = NetworkStructure.parse(NetworkJson.of(network, "w").text());
    Network again = WeightLoading.into(structure).load(open(written)).network();
    assertThat(NetworkDigest.of(again)).isEqualTo(NetworkDigest.of(network));
  }

  /** What the structure has as a tensor of one number stands in the network's JSON as a number. */
  @Test
  void aStateDictFitsTheStructureThatItsNetworkWasMadeOf() {
    String text = STRUCTURE.replace("\"tau\": [2]", "\"tau\": [], \"v_threshold\": 0.5");
    NetworkStructure structure = NetworkStructure.parse(text);
    Map<String, Tensor> state = state();
    state.put("net.2.tau", Tensor.of(Shape.SCALAR, new float[] {3}));
    Network network = WeightLoading.into(structure).load(open(state)).network();
    Map<String, Tensor> written = StateNames.stateDict(network, structure);
    assertThat(written.keySet()).containsExactlyElementsOf(state.keySet());
    assertThat(written.get("net.2.tau").doubles()).containsExactly(3);
    Network again = WeightLoading.into(structure).load(open(written)).network();
    assertThat(NetworkDigest.of(again)).isEqualTo(NetworkDigest.of(network));
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(
            () ->
                StateNames.stateDict(network, NetworkStructure.parse(text.replace("0.5", "0.25"))))
        .withMessageContaining("is not the structure with these tensors");
    assertThatExceptionOfType(StateDictException.class)
        .isThrownBy(() -> StateNames.stateDict(network, NetworkStructure.parse(STRUCTURE)))
        .withMessageContaining("needs net.2.tau of shape [2]; the network has shape []");
  }
}
