package org.velella.network.nir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** One NIR file for every node type and every form that its datasets come in. */
final class NirCases {
  private static final long[] THREE = {3};
  private static final long[] TWO_THREE = {2, 3};
  private static final float[] R = {0.5f, 1, 2};

  private final Map<String, Supplier<NirBuilder>> all = new LinkedHashMap<>();

  private NirCases() {
    affine();
    scales();
    convolutions("Conv1d", 1, new long[] {2, 9});
    convolutions("Conv2d", 2, new long[] {2, 6, 7});
    pools("SumPool2d");
    pools("AvgPool2d");
    flattens();
    delays();
    neurons();
    graphs();
  }

  /** A new file by the name of its case. */
  static Map<String, Supplier<NirBuilder>> all() {
    return new NirCases().all;
  }

  private void add(String name, String type, long[] input, Object... datasets) {
    all.put(type + " " + name, () -> NirBuilder.around(type, input, datasets));
  }

  /** Eighths that differ from each other. */
  private static Object eighths(int... shape) {
    int size = 1;
    for (int dim : shape) {
      size *= dim;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (i * 5 % 17 - 8) / 8f;
    }
    return NirBuilder.shaped(values, shape);
  }

  private void affine() {
    Object weight = eighths(2, 3);
    float[] bias = {0.5f, -0.25f};
    add("float32", "Affine", THREE, "weight", weight, "bias", bias);
    double[][] exact = {{0.1, 0.2, 0.3}, {1, 2, 3}};
    add("float64", "Affine", THREE, "weight", exact, "bias", new double[] {0.5, 1e-3});
    add("whole numbers", "Affine", THREE, "weight", new int[][] {{1, 2, 3}}, "bias", new long[1]);
    add("over the last axis", "Affine", TWO_THREE, "weight", weight, "bias", bias);
    add("bias [1, 2]", "Affine", THREE, "weight", weight, "bias", new float[][] {bias});
    add("float32", "Linear", THREE, "weight", weight);
    add("float64", "Linear", THREE, "weight", exact);
    add("over the last axis", "Linear", new long[] {2, 2, 3}, "weight", weight);
  }

  private void scales() {
    add("one number", "Scale", THREE, "scale", 0.5f);
    add("list of one", "Scale", THREE, "scale", new float[] {0.5f});
    add("per neuron", "Scale", THREE, "scale", R);
    add("per row", "Scale", TWO_THREE, "scale", new float[][] {{2}, {4}});
    add("per column", "Scale", TWO_THREE, "scale", R);
    add("[1, 3] of [3]", "Scale", THREE, "scale", new float[][] {R});
    add("float64", "Scale", THREE, "scale", new double[] {0.1, 0.2, 0.3});
  }

  private void conv(String name, String type, long[] input, Object weight, Object... changes) {
    Map<String, Object> datasets = new LinkedHashMap<>();
    datasets.put("weight", weight);
    datasets.put("bias", eighths(java.lang.reflect.Array.getLength(weight)));
    datasets.put("stride", 1L);
    datasets.put("padding", 0L);
    datasets.put("dilation", 1L);
    datasets.put("groups", 1L);
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1] == null) {
        datasets.remove(changes[i]);
      } else {
        datasets.put((String) changes[i], changes[i + 1]);
      }
    }
    List<Object> flat = new ArrayList<>();
    datasets.forEach((key, value) -> flat.addAll(List.of(key, value)));
    add(name, type, input, flat.toArray());
  }

  private void convolutions(String type, int axes, long[] input) {
    Object plain = axes == 1 ? eighths(4, 2, 3) : eighths(4, 2, 3, 3);
    Object even = axes == 1 ? eighths(4, 2, 4) : eighths(4, 2, 2, 4);
    Object grouped = axes == 1 ? eighths(4, 1, 3) : eighths(4, 1, 3, 3);
    conv("plain", type, input, plain);
    conv("stride 2", type, input, plain, "stride", 2L);
    conv("padding 1", type, input, plain, "padding", 1L);
    conv("dilation 2", type, input, plain, "dilation", 2L);
    conv("groups 2", type, input, grouped, "groups", 2L);
    conv("padding same", type, input, plain, "padding", "same");
    conv("padding same of an even kernel", type, input, even, "padding", "same");
    conv("padding valid", type, input, plain, "padding", "valid");
    conv("without bias", type, input, plain, "bias", null);
    conv("float64", type, input, plain, "bias", new double[] {0.1, 0.2, 0.3, 0.4});
    if (axes == 1) {
      conv("input_shape", type, input, plain, "input_shape", 9L);
    } else {
      conv("input_shape", type, input, plain, "input_shape", new long[] {6, 7});
      conv("redundant input_shape", type, input, plain, "input_shape", new long[] {5, 5});
      conv("kernel 3x2", type, input, eighths(2, 2, 3, 2));
      conv("kernel 1x5", type, input, eighths(2, 2, 1, 5));
      conv("stride 2, 1", type, input, plain, "stride", new long[] {2, 1});
      conv("padding 1, 0", type, input, plain, "padding", new long[] {1, 0});
      conv("dilation 1, 2", type, input, plain, "dilation", new long[] {1, 2});
    }
  }

  private void pools(String type) {
    long[] input = {2, 4, 6};
    add("kernel 2", type, input, "kernel_size", 2L, "stride", 2L, "padding", 0L);
    long[] wide = {1, 3};
    add("kernel 1x3", type, input, "kernel_size", wide, "stride", wide, "padding", new long[2]);
    add("stride 1", type, input, "kernel_size", new long[] {2, 2}, "stride", 1L, "padding", 0L);
    long[] padding = {1, 0};
    add("padding 1, 0", type, input, "kernel_size", 2L, "stride", 2L, "padding", padding);
  }

  private void flattens() {
    long[] input = {2, 3, 4};
    add("all", "Flatten", input, "start_dim", 0L, "end_dim", -1L, "input_type", input);
    add("places", "Flatten", input, "start_dim", 1L, "end_dim", -1L);
    add("front", "Flatten", input, "start_dim", 0L, "end_dim", 1L);
    add(
        "redundant input_type",
        "Flatten",
        input,
        "start_dim",
        0,
        "end_dim",
        2,
        "input_type",
        THREE);
  }

  private void delays() {
    add("one number", "Delay", THREE, "delay", 0.25f);
    add("list of one", "Delay", THREE, "delay", new float[] {0.125f});
    add("per neuron", "Delay", THREE, "delay", new float[] {0, 0.125f, 0.5f});
    add("per row", "Delay", TWO_THREE, "delay", new float[][] {{0.25f}, {0}});
    add("float64", "Delay", THREE, "delay", new double[] {0.125, 0.25, 0.375});
    add("nothing", "Delay", THREE, "delay", new float[3]);
  }

  private void neurons() {
    add("one number", "Threshold", THREE, "threshold", 0.25f);
    add("per neuron", "Threshold", THREE, "threshold", R);
    population("I", "r");
    population("LI", "tau", "r", "v_leak");
    population("IF", "r", "v_threshold", "v_reset");
    population("LIF", "tau", "r", "v_leak", "v_threshold", "v_reset");
    population("CubaLI", "tau_syn", "tau_mem", "r", "v_leak", "w_in");
    population("CubaLIF", "tau_syn", "tau_mem", "r", "v_leak", "v_threshold", "v_reset", "w_in");
  }

  private void population(String type, String... names) {
    form(type, "one number", THREE, names, value -> value);
    form(type, "list of one", THREE, names, value -> new float[] {value});
    form(type, "per neuron", THREE, names, value -> new float[] {value, value * 2, value * 4});
    form(type, "per row", TWO_THREE, names, value -> new float[][] {{value}, {value * 2}});
    form(type, "float64", THREE, names, value -> new double[] {value * 1.1, value * 1.2, value});
    form(type, "[1, 1, 3] of [3]", THREE, names, v -> new float[][][] {{{v, v, v * 2}}});
  }

  private interface Form {
    Object of(float value);
  }

  private void form(String type, String name, long[] input, String[] names, Form form) {
    List<Object> datasets = new ArrayList<>();
    List<Object> old = new ArrayList<>();
    for (String dataset : names) {
      float value = dataset.startsWith("v_") && !dataset.equals("v_threshold") ? -0.125f : 0.5f;
      datasets.addAll(List.of(dataset, form.of(value)));
      if (!dataset.equals("v_reset") && !dataset.equals("w_in")) {
        old.addAll(List.of(dataset, form.of(value)));
      }
    }
    add(name, type, input, datasets.toArray());
    if (old.size() < datasets.size() && name.equals("per neuron")) {
      add("of an old version", type, input, old.toArray());
    }
  }

  private static NirBuilder lif(NirBuilder file, String name) {
    float[] half = NirBuilder.filled(3, 0.5f);
    float[] zero = new float[3];
    return file.node(
        name, "LIF", "tau", half, "r", R, "v_leak", zero, "v_threshold", half, "v_reset", zero);
  }

  private static NirBuilder linear(NirBuilder file, String name) {
    return file.node(name, "Linear", "weight", eighths(3, 3));
  }

  private static NirBuilder open() {
    return NirBuilder.ofInput(3).output("output", 3);
  }

  private void graphs() {
    all.put("graph with two inputs and outputs", NirCases::ports);
    all.put(
        "graph with a sum",
        () ->
            linear(lif(open(), "a"), "b")
                .chain("input", "a", "output")
                .chain("input", "b", "output"));
    all.put(
        "graph with a cycle",
        () ->
            linear(lif(open(), "lif"), "back")
                .chain("input", "lif", "output")
                .chain("lif", "back", "lif"));
    all.put(
        "graph with a delay in a cycle",
        () ->
            lif(open(), "lif")
                .node("late", "Delay", "delay", new float[] {0.125f, 0.25f, 0.375f})
                .chain("input", "lif", "output")
                .chain("lif", "late", "lif"));
    all.put("graph with a loop", () -> lif(open(), "lif").chain("input", "lif", "lif", "output"));
    all.put("graph in a graph", () -> around(linear(open(), "w").chain("input", "w", "output")));
    all.put(
        "graphs three deep",
        () -> around(around(around(lif(open(), "lif").chain("input", "lif", "output")))));
    all.put(
        "graph with a cycle in a graph",
        () ->
            around(
                linear(lif(open(), "lif"), "back")
                    .chain("input", "lif", "output")
                    .chain("lif", "back", "lif")));
    all.put(
        "graph with odd names",
        () ->
            lif(open(), "lif'ü\" 1.v").edge("lif'ü\" 1.v", "output").edge("input", "lif'ü\" 1.v"));
    all.put(
        "graph in a cycle",
        () ->
            lif(open(), "lif")
                .graph("block", linear(open(), "w").chain("input", "w", "output"))
                .chain("input", "lif", "output")
                .chain("lif", "block", "lif"));
    all.put(
        "graph whose ports are named otherwise",
        () ->
            open()
                .graph(
                    "b",
                    linear(NirBuilder.ofInput(3).output("input_", 3), "output")
                        .chain("input", "output", "input_"))
                .chain("input", "b", "output"));
  }

  private static NirBuilder ports() {
    NirBuilder file = NirBuilder.ofInput(3).node("in.b", "Input", "shape", THREE);
    linear(lif(file.output("output", 3).output("other", 3), "lif"), "w");
    return file.chain("input", "lif", "output").chain("in.b", "w", "other").edge("w", "lif");
  }

  private static NirBuilder around(NirBuilder inner) {
    return open().graph("block", inner).chain("input", "block", "output");
  }
}
