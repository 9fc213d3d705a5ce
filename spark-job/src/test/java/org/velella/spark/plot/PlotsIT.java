package org.velella.spark.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapSeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.velella.spark.FaultyBackend;
import org.velella.spark.TestRuns;
import org.velella.spark.TestSpark;
import org.velella.spark.job.RunConfig;
import org.velella.spark.job.RunTables;
import org.velella.spark.job.SimulateJob;
import org.velella.spark.job.UsageException;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class PlotsIT {
  private static final int STEPS = 150;

  @TempDir static Path folder;

  private static Plots plots;

  @BeforeAll
  static void run() {
    FaultyBackend.failNever();
    SimulateJob.run(
        TestSpark.session(),
        TestRuns.config(folder, "run", STEPS)
            .record("spikes,v:readout")
            .space("{\"product\": [\"hidden.tau=0.001,0.002,0.003\", \"hidden.v=0,0.1\"]}")
            .build());
    plots = new Plots(tables());
  }

  private static RunTables tables() {
    return RunTables.open(TestSpark.session(), folder.resolve("run").toString());
  }

  private static XYChart chart(Figure figure, int panel) {
    return (XYChart) figure.panels().get(panel);
  }

  private static List<Double> values(double[] array) {
    return java.util.Arrays.stream(array).boxed().toList();
  }

  @Test
  void aRasterShowsEverySpikeAndTheirRates() throws Exception {
    long trial = tables().spikes().select("trial_id").sort("trial_id").first().getLong(0);
    long sample =
        tables().spikes().where("trial_id = " + trial).sort("sample_id").first().getLong(1);
    List<List<Double>> spikes =
        tables()
            .spikes()
            .where("trial_id = %d AND sample_id = %d AND node = 'hidden'".formatted(trial, sample))
            .select("step", "neuron")
            .collectAsList()
            .stream()
            .map(row -> List.of((double) row.getInt(0), (double) row.getInt(1)))
            .toList();
    Figure figure = plots.raster(new Plots.Part(null, null, "hidden"));
    requireInline(figure, "step (of 0.1 ms)", "neuron", "rate (Hz)");
    XYSeries shown = chart(figure, 0).getSeriesMap().get("hidden");
    List<List<Double>> points = new ArrayList<>();
    for (int i = 0; i < shown.getXData().length; i++) {
      points.add(List.of(shown.getXData()[i], shown.getYData()[i]));
    }
    assertThat(points).containsExactlyInAnyOrderElementsOf(spikes).isNotEmpty();
    // The area under the rate is the number of spikes: Hz times seconds times neurons.
    XYSeries rate = chart(figure, 1).getSeriesMap().get("hidden");
    double neurons = spikes.stream().mapToDouble(spike -> spike.get(1)).max().orElseThrow() + 1;
    double width = rate.getXData()[1] - rate.getXData()[0];
    double area =
        values(rate.getYData()).stream().mapToDouble(y -> y * width * 1e-4 * neurons).sum();
    assertThat(area).isCloseTo(spikes.size(), org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void aTraceShowsTheRecordedValues() throws Exception {
    List<Double> expected =
        tables()
            .traces()
            .where("sample_id = 3")
            .sort("trial_id", "step")
            .limit(STEPS)
            .collectAsList()
            .stream()
            .map(row -> (double) row.<Float>getList(row.fieldIndex("values")).get(1))
            .toList();
    Figure figure = plots.trace(Plots.Part.sample(3), "v", 1);
    requireInline(figure, "step (of 0.1 ms)", "v", "readout 1");
    XYChart chart = chart(figure, 0);
    assertThat(values(chart.getSeriesMap().get("readout 1").getYData())).isEqualTo(expected);
    assertThat(chart.getSeriesMap()).doesNotContainKey("readout 0");
    // Thresholds differ from neuron to neuron, so there is no line.
    assertThat(chart.getSeriesMap()).hasSize(1);
    // Of rows with any number of values, no others come to the driver.
    Row few = TraceFigure.ofNeurons(tables().traces(), new int[] {1, 0, -1, 99}).first();
    assertThat(few.schema().fieldNames()).containsExactly("node", "step", "few");
    assertThat(few.<Float>getList(2)).hasSize(4);
    assertThat(few.<Float>getList(2).subList(2, 4)).containsOnlyNulls();
    assertThatThrownBy(() -> plots.trace(Plots.Part.FIRST, "v", 99))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("readout has neurons 0 to");
    assertThatThrownBy(() -> plots.trace(Plots.Part.sample(7).at("hidden"), "w"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("has no traces of variable w of sample 7 of node hidden; look")
        .hasMessageContaining("node, variable FROM traces'");
    assertThatThrownBy(() -> plots.raster(new Plots.Part(5L, null, null)))
        .hasMessageContaining("has no spikes of trial 5; look")
        .hasMessageContaining("'SELECT DISTINCT trial_id, sample_id, node FROM spikes'");
  }

  /** What the line of the node lif must say, by the trial that draws it. */
  @Test
  void aTraceShowsTheThresholdOfItsTrial() throws Exception {
    String own = network("own", 0.5);
    String strong = network("strong", 0.8);
    String space =
        """
        {"union": [{"table": {"weights": ["%s", "%s"]}},
          {"product": ["weights=%2$s", "*.v_threshold=0.7"]}, "*.v_threshold=0.6",
          "*.tau=0.03", "input.current=2"]}"""
            .formatted(own, strong);
    SimulateJob.run(
        TestSpark.session(),
        RunConfig.builder()
            .network(own)
            .input("constant:current=1")
            .inputFormat("stimulus")
            .dt(1e-3)
            .steps(5)
            .record("v:lif")
            .backend("scalar")
            .output(folder.resolve("thresholds").toString())
            .space(space)
            .build());
    RunTables run = RunTables.open(TestSpark.session(), folder.resolve("thresholds").toString());
    List<Double> shown = new ArrayList<>();
    for (Row trial : run.trials().collectAsList()) {
      XYSeries line =
          chart(new Plots(run).trace(new Plots.Part(trial.getLong(0), null, null), "v"), 0)
              .getSeriesMap()
              .get("threshold of lif");
      assertThat(values(line.getXData())).containsExactly(0.0, 4.0);
      assertThat(line.getYData()[1]).isEqualTo(line.getYData()[0]);
      shown.add((double) (float) line.getYData()[0]);
    }
    List<Double> expected =
        Stream.of(0.5f, 0.8f, 0.7f, 0.6f, 0.5f, 0.5f).map(Float::doubleValue).toList();
    assertThat(shown).isEqualTo(expected);
  }

  private static String network(String name, double threshold) throws Exception {
    String text =
        """
        {"format": "velella-network", "version": 1, "nodes": [
          {"path": "input", "op": "input", "shape": [2]},
          {"path": "lif", "op": "neuron", "model": "nir_lif",
           "parameters": {"dt": 1e-3, "tau": 0.02, "v_threshold": %s}},
          {"path": "output", "op": "output"}
        ]}"""
            .formatted(threshold);
    return Files.writeString(folder.resolve(name + ".json"), text).toString();
  }

  @Test
  void aCurveShowsTheMeanOverAllElse() throws Exception {
    Figure figure = plots.curve("hidden.tau", "spike_counts[0]", "count", "hidden.v");
    requireInline(figure, "hidden.tau", "count", "hidden.v = 0.1", "0.002");
    XYChart chart = chart(figure, 0);
    assertThat(chart.getSeriesMap().keySet()).containsExactly("hidden.v = 0", "hidden.v = 0.1");
    XYSeries line = chart.getSeriesMap().get("hidden.v = 0.1");
    assertThat(values(line.getXData())).containsExactly(0.001, 0.002, 0.003);
    for (int i = 0; i < 3; i++) {
      double mean =
          tables()
              .results()
              .where("`hidden.v` = 0.1 AND `hidden.tau` = " + line.getXData()[i])
              .selectExpr("avg(spike_counts[0])")
              .first()
              .getDouble(0);
      assertThat(line.getYData()[i]).isEqualTo(mean);
    }
    assertThat(values(line.getYData())).doesNotContain(0.0);
  }

  @Test
  void aHeatMapHasACellForEveryPair() throws Exception {
    Figure figure = plots.heatMap("hidden.tau", "hidden.v", plots.rate(), "rate");
    requireInline(figure, "hidden.tau", "hidden.v", "0.001", "0.1");
    HeatMapChart chart = (HeatMapChart) figure.panels().get(0);
    HeatMapSeries cells = chart.getHeatMapSeries();
    assertThat(cells.getHeatData()).hasSize(6);
    for (Number[] cell : cells.getHeatData()) {
      assertThat(cell[2].doubleValue()).isPositive();
    }
    assertThat(cells.getXData().toString()).isEqualTo("[0.001, 0.002, 0.003]");
    assertThat(cells.getYData().toString()).isEqualTo("[0, 0.1]");
  }

  @Test
  void aHistogramCountsEveryOutputNeuron() throws Exception {
    Figure figure = plots.histogram();
    requireInline(figure, "spikes", "neurons");
    XYSeries bars = chart(figure, 0).getSeriesMap().get("neurons");
    long neurons = tables().results().selectExpr("explode(spike_counts)").count();
    assertThat(values(bars.getYData()).stream().mapToDouble(Double::doubleValue).sum())
        .isEqualTo(neurons);
  }

  @Test
  void figuresAreFilesOfTheirKind() throws Exception {
    Figure figure = plots.raster(Plots.Part.FIRST);
    figure.save(folder.resolve("a.png"));
    byte[] png = Files.readAllBytes(folder.resolve("a.png"));
    int width = ImageIO.read(new ByteArrayInputStream(png)).getWidth();
    assertThat(width).isEqualTo(2 * Style.WIDTH);
    // Something is drawn: the picture is not of one colour.
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(IntStream.range(0, width).map(x -> image.getRGB(x, 300)).distinct().count())
        .isGreaterThan(2);
    figure.save(folder.resolve("a.svg"));
    Document svg = parse(Files.readString(folder.resolve("a.svg")));
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getElementsByTagName("ellipse").getLength()).isGreaterThan(100);
    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    assertThat(figure.html()).startsWith("<svg");
    assertThatThrownBy(() -> figure.save(folder.resolve("a.gif")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(".svg");
  }

  private static Document parse(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }

  /** Whether a notebook can show it. */
  private static void requireInline(Figure figure, String... texts) throws Exception {
    String inline = figure.inline();
    Document svg = parse(inline);
    assertThat(svg.getElementsByTagName("title").getLength()).isEqualTo(1);
    assertThat(svg.getElementsByTagName("path").getLength()).isGreaterThan(2);
    assertThat(inline.length()).isLessThan(InlineSvg.MOST_BYTES);
    assertThat(figure.toString()).isEqualTo("%html " + inline);
    for (String text : texts) {
      assertThat(inline).contains(">" + text + "<");
    }
  }

  @Test
  void manySpikesAreCounted() {
    Dataset<Row> spikes =
        TestSpark.session()
            .range(60_000)
            .selectExpr(
                "IF(id % 10 = 0, 'a', 'b') AS node",
                "CAST((id * 7) % 1000 AS INT) AS step", "CAST(id AS INT) AS neuron");
    List<SpikeDensity.Band> bands =
        List.of(new SpikeDensity.Band("a", 0), new SpikeDensity.Band("b", 60_000));
    SpikeDensity density = SpikeDensity.of(spikes, bands, 1000, 120_000, "Spikes");
    assertThat(density.cells().stream().mapToLong(SpikeDensity.Cell::spikes).sum())
        .isEqualTo(60_000);
    assertThat(density.heading()).contains("10 steps by 1875 neurons");
    Map<List<Integer>, Long> expected = new HashMap<>();
    for (int id = 0; id < 60_000; id++) {
      int band = id % 10 == 0 ? 0 : 1;
      List<Integer> cell = List.of(band, (id * 7) % 1000 / 10, (id + band * 60_000) / 1875);
      expected.merge(cell, 1L, Long::sum);
    }
    Map<List<Integer>, Long> counted = new HashMap<>();
    density
        .cells()
        .forEach(
            cell -> counted.put(List.of(cell.band(), cell.column(), cell.row()), cell.spikes()));
    assertThat(counted).isEqualTo(expected);
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> plots.curve("hidden.taw", plots.rate(), "rate", null))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("hidden.taw")
        .hasMessageContaining("hidden.tau");
    assertThatThrownBy(() -> plots.raster(999))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("spikes");
  }

  @Test
  void numbersReadWell() {
    assertThat(Style.text(1.7999999999999998)).isEqualTo("1.8");
    assertThat(Style.text(0.0037142857)).isEqualTo("0.003714");
    assertThat(Style.text(4000)).isEqualTo("4000");
    assertThat(Style.text(1e-9)).isEqualTo("1.00e-09");
    assertThat(Style.text(-0.0)).isEqualTo("0");
  }
}
