package org.velella.spark.plot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.velella.spark.plot.SpikeDensity.Cell;
import org.velella.testkit.Seeded;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class InlineSvgTest {
  private static Document parse(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }

  private static List<String> texts(Document svg) {
    NodeList nodes = svg.getElementsByTagName("text");
    return IntStream.range(0, nodes.getLength())
        .mapToObj(i -> nodes.item(i).getTextContent())
        .toList();
  }

  private static XYChart raster(double neurons, double steps, double[] x, double[] y) {
    XYChart chart = Style.lines("Spikes", "step (of 0.1 ms)", "neuron", Style.HEIGHT);
    Style.asRaster(chart);
    chart.getStyler().setLegendVisible(false);
    chart.addSeries("lif", x, y);
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(steps).setYAxisMin(0.0).setYAxisMax(neurons);
    return chart;
  }

  /** Lengths of the panels' vertical axes. */
  private static List<Double> heights(String svg) {
    return Pattern.compile("M72 ([0-9.]+)V([0-9.]+)H")
        .matcher(svg)
        .results()
        .map(axis -> place(axis)[1] - place(axis)[0])
        .toList();
  }

  private static List<double[]> marks(String svg) {
    return Pattern.compile("M([0-9.]+) ([0-9.]+)h2")
        .matcher(svg)
        .results()
        .map(InlineSvgTest::place)
        .toList();
  }

  private static double[] place(MatchResult mark) {
    return new double[] {Double.parseDouble(mark.group(1)), Double.parseDouble(mark.group(2))};
  }

  @Test
  void tenNeuronsHaveTenRows() throws Exception {
    double[] x = IntStream.range(0, 100).mapToDouble(i -> i).toArray();
    double[] y = IntStream.range(0, 100).mapToDouble(i -> i % 10).toArray();
    String svg = InlineSvg.of(List.of(raster(10, 100, x, y)), null);
    List<double[]> marks = marks(svg);
    assertThat(marks).hasSize(100);
    double[] rows = marks.stream().mapToDouble(mark -> mark[1]).distinct().sorted().toArray();
    assertThat(rows).hasSize(10);
    double height =
        Double.parseDouble(
            svg.replaceFirst(".*stroke=\"#0084ce\" stroke-width=\"([0-9.]+)\".*", "$1"));
    for (int i = 1; i < 10; i++) {
      // Rows do not touch.
      assertThat(rows[i] - rows[i - 1]).isGreaterThan(height + 2);
    }
    // A later spike stands further right, one of a higher neuron further up.
    assertThat(marks.get(99)[0]).isGreaterThan(marks.get(0)[0] + 500);
    assertThat(marks.get(9)[1]).isLessThan(marks.get(0)[1]);
    Document document = parse(svg);
    assertThat(texts(document)).contains("step (of 0.1 ms)", "neuron", "0", "10", "100");
    assertThat(document.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("Spikes");
  }

  @Test
  void aFullRasterOf100000NeuronsStaysShort() throws Exception {
    List<Cell> cells = new ArrayList<>();
    for (int row = 0; row < SpikeDensity.ROWS; row++) {
      for (int column = 0; column < SpikeDensity.COLUMNS; column++) {
        cells.add(new Cell(row / 32, column, row, 1 + (row * 31 + column * 17) % 5000));
      }
    }
    SpikeDensity density = new SpikeDensity("Many", 10, 1563, cells, 5000);
    XYChart strip = Style.lines("", "step", "rate (Hz)", 150);
    double[] x = IntStream.range(0, 100).mapToDouble(i -> i * 10).toArray();
    double[] y = IntStream.range(0, 100).mapToDouble(i -> i % 7).toArray();
    strip.addSeries("a", x, y);
    strip.addSeries("b", x, x);
    XYChart raster = raster(100_000, 1000, new double[] {0}, new double[] {0});
    String svg = InlineSvg.of(List.of(raster, strip), density);
    assertThat(svg.getBytes(UTF_8).length).isLessThan(InlineSvg.MOST_BYTES);
    assertThat(svg).doesNotContain("\n");
    Document document = parse(svg);
    assertThat(texts(document))
        .contains("100000", "Many: spikes in cells of 10 steps by 1563 neurons, at most 5000");
    assertThat(Pattern.compile("\\.5h1").matcher(svg).results().count()).isEqualTo(6400);
  }

  /** Every neuron fires in every cell's time: as many cells as there can be. */
  @ParameterizedTest
  @ValueSource(ints = {15, 40, 200})
  void rastersOfManyNodesStayShort(int nodes) throws Exception {
    int high = (int) Math.ceil(nodes * 100 / (double) SpikeDensity.ROWS);
    XYChart raster = Style.lines("Spikes", "", "neuron", Style.HEIGHT);
    Style.asRaster(raster);
    XYChart strip = Style.lines("", "step", "rate (Hz)", 150);
    double[] x = IntStream.range(0, 100).mapToDouble(i -> i * 123.4).toArray();
    List<Cell> cells = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      for (int row = node * 100 / high; row <= (node * 100 + 99) / high; row++) {
        for (int column = 0; column < SpikeDensity.COLUMNS; column++) {
          cells.add(new Cell(node, column, row, 1 + (row * 31 + column * 17) % 5000));
        }
      }
      raster.addSeries("layer" + node, new double[] {0}, new double[] {node * 100});
      strip.addSeries("layer" + node, x, x);
    }
    raster.getStyler().setXAxisMin(0.0).setXAxisMax(1000.0);
    raster.getStyler().setYAxisMin(0.0).setYAxisMax(nodes * 100.0);
    SpikeDensity density = new SpikeDensity("Many", 10, high, cells, 5000);
    String svg = InlineSvg.of(List.of(raster, strip), density);
    assertThat(svg.getBytes(UTF_8).length).isLessThan(InlineSvg.MOST_BYTES);
    List<String> texts = texts(parse(svg));
    assertThat(texts).contains("layer0");
    List<String> named = texts.stream().filter(text -> text.startsWith("layer")).toList();
    if (named.size() < nodes) {
      assertThat(texts).contains("and %d more".formatted(nodes - named.size()));
    }
    // The strip repeats no name, and both panels keep room for their values.
    assertThat(named).doesNotHaveDuplicates();
    assertThat(heights(svg)).hasSize(2);
    assertThat(heights(svg).get(0)).isGreaterThan(220);
    assertThat(heights(svg).get(1)).isGreaterThan(75);
  }

  /** Nodes of ten neurons, each with one spike: none is left out. */
  @Test
  void fewSpikesOfManyNodesAreAllThere() throws Exception {
    int nodes = 300;
    XYChart raster = Style.lines("Spikes", "", "neuron", Style.HEIGHT);
    Style.asRaster(raster);
    XYChart strip = Style.lines("", "step", "rate (Hz)", 150);
    for (int node = 0; node < nodes; node++) {
      raster.addSeries("n" + node, new double[] {node}, new double[] {node * 10 + 4});
      strip.addSeries("n" + node, new double[] {0, 150, 300}, new double[] {0, node, 0});
    }
    strip.getStyler().setLegendVisible(false);
    raster.getStyler().setXAxisMin(0.0).setXAxisMax(300.0).setYAxisMin(0.0).setYAxisMax(3000.0);
    String svg = InlineSvg.of(List.of(raster, strip), null);
    assertThat(svg.getBytes(UTF_8).length).isLessThan(InlineSvg.MOST_BYTES);
    List<double[]> marks = new ArrayList<>(marks(svg));
    assertThat(marks).hasSize(nodes);
    marks.sort(Comparator.comparingDouble(mark -> mark[0]));
    for (int node = 1; node < nodes; node++) {
      // Each node stands above the one before it.
      assertThat(marks.get(node)[1]).isLessThan(marks.get(node - 1)[1]);
    }
    List<String> texts = texts(parse(svg));
    assertThat(texts).contains("n0", "step; 40 of 300 lines, those that go highest");
    long named = texts.stream().filter(text -> text.matches("n[0-9]+")).count();
    assertThat(texts).contains("and %d more".formatted(nodes - named));
    List<MatchResult> lines =
        Pattern.compile("\"(#\\w+)\" stroke-width=\"1.8\"[^>]* d=\"M[0-9. ]+L[0-9.]+ ([0-9.]+)L")
            .matcher(svg)
            .results()
            .toList();
    // Those of nodes 260 to 299, in the colours of their spikes.
    assertThat(lines).hasSize(40);
    for (int i = 0; i < 40; i++) {
      assertThat(lines.get(i).group(1)).isEqualTo(InlineSvg.COLORS.get((260 + i) % 8));
    }
    assertThat(lines.stream().map(line -> -Double.parseDouble(line.group(2))).toList()).isSorted();
  }

  @Test
  void coarserCellsHoldTheSameSpikes() {
    List<Cell> cells =
        List.of(
            new Cell(0, 0, 0, 1), new Cell(0, 1, 1, 2), new Cell(0, 2, 0, 4), new Cell(8, 0, 1, 8));
    SpikeDensity coarser = new SpikeDensity("t", 3, 5, cells, 8).coarser(2);
    // Nodes 0 and 8 have the same colour.
    assertThat(coarser.cells()).containsExactly(new Cell(0, 0, 0, 11), new Cell(0, 1, 0, 4));
    assertThat(coarser.heading())
        .isEqualTo("t: spikes in cells of 6 steps by 10 neurons, at most 11");
  }

  @Test
  void gapsDoNotHidePeaksOfTheirPiece() {
    double[] y = new double[1000];
    for (int piece = 0; piece < 10; piece++) {
      y[100 * piece] = Double.NaN;
      y[100 * piece + 50] = 7;
      y[100 * piece + 70] = -7;
    }
    Arrays.fill(y, 300, 400, Double.NaN);
    y[999] = Double.POSITIVE_INFINITY;
    assertThat(InlineSvg.kept(y, 20))
        .startsWith(50, 70, 150, 170, 250, 270)
        .endsWith(450, 470, 550, 570, 650, 670, 750, 770, 850, 870, 950, 970)
        .hasSize(19);
  }

  @Test
  void moreSpikesAreStronger() {
    SpikeDensity density = new SpikeDensity("", 1, 1, List.of(), 1000);
    assertThat(density.level(1)).isEqualTo(1);
    assertThat(density.level(30)).isBetween(2, 5);
    assertThat(density.level(1000)).isEqualTo(6);
    // The fullest cell has the strongest colour, and none has that of the next node.
    for (int most = 1; most <= 5000; most++) {
      assertThat(new SpikeDensity("", 1, 1, List.of(), most).level(most))
          .as("" + most)
          .isEqualTo(6);
    }
  }

  @Seeded
  void longLinesKeepTheirPeaks(SplittableRandom random) throws Exception {
    double[] y = random.doubles(100_000).toArray();
    int peak = random.nextInt(y.length);
    int valley = random.nextInt(y.length);
    y[peak] = 50;
    y[valley] = -50;
    List<Integer> kept = InlineSvg.kept(y, 1000);
    assertThat(kept).hasSizeLessThanOrEqualTo(1000).isSorted().contains(peak, valley);
    XYChart chart = Style.lines("v", "step", "v", Style.HEIGHT);
    double[] x = IntStream.range(0, y.length).mapToDouble(i -> i).toArray();
    for (int i = 0; i < 8; i++) {
      chart.addSeries("neuron " + i, x, y);
    }
    String svg = InlineSvg.of(List.of(chart), null);
    assertThat(svg.getBytes(UTF_8).length).isLessThan(InlineSvg.MOST_BYTES);
    assertThat(texts(parse(svg))).contains("neuron 0", "neuron 7");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 300})
  void heatMapsOfAnySize(int side) throws Exception {
    List<String> names = IntStream.range(0, side).mapToObj(Integer::toString).toList();
    List<Number[]> cells = new ArrayList<>();
    for (int i = 0; i < side * side; i++) {
      cells.add(new Number[] {i % side, i / side, (double) (i % side)});
    }
    HeatMapChart chart = Style.heatMap("rate (Hz)", "tau", "current");
    chart.addSeries("rate", names, names, cells);
    String svg = InlineSvg.of(List.of(chart), null);
    assertThat(svg.getBytes(UTF_8).length).isLessThan(InlineSvg.MOST_BYTES);
    int shown = Math.min(side, 50);
    assertThat(Pattern.compile("\\.5h1").matcher(svg).results().count())
        .isEqualTo((long) shown * shown);
    assertThat(texts(parse(svg))).contains("tau", "current", "0");
    if (side > 1) {
      // The colours of the least and the greatest value.
      assertThat(svg).contains("stroke=\"#440154\"", "stroke=\"#fde725\"");
    }
  }

  @Test
  void limitsLookInTheLegendAsInTheChart() {
    XYChart chart = Style.lines("v", "step", "v", Style.HEIGHT);
    chart.addSeries("lif 0", new double[] {0, 1}, new double[] {0, 1});
    Style.asLimit(chart.addSeries("threshold", new double[] {0, 1}, new double[] {1, 1}));
    String svg = InlineSvg.of(List.of(chart), null);
    List<String> legend =
        Pattern.compile("stroke=\"([^\"]+)\" stroke-width=\"4\"")
            .matcher(svg)
            .results()
            .map(entry -> entry.group(1))
            .toList();
    assertThat(legend).containsExactly("#0084ce", "currentColor");
    assertThat(svg).contains("stroke=\"currentColor\" stroke-width=\"1\" stroke-dasharray");
  }

  @Test
  void namesCannotBecomeMarkup() throws Exception {
    String name = "<script>\"&'\n%html \u0000\uD800";
    XYChart chart = Style.lines(name, name, name, Style.HEIGHT);
    chart.addSeries(name, new double[] {0, 1}, new double[] {1, 2});
    String svg = InlineSvg.of(List.of(chart), null);
    assertThat(svg).doesNotContain("\n", "<script");
    assertThat(texts(parse(svg))).contains("<script>\"&' %html   ");
  }

  @Test
  void valuesThatAreNoNumbersLeaveGaps() throws Exception {
    XYChart chart = Style.lines("t", "x", "y", Style.HEIGHT);
    chart.addSeries(
        "gap",
        new double[] {0, 1, 2, 3},
        new double[] {1, Double.NaN, Double.POSITIVE_INFINITY, 2});
    String svg = InlineSvg.of(List.of(chart), null);
    parse(svg);
    assertThat(svg).doesNotContain("NaN", "Infinity");
    XYChart flat = Style.lines("t", "x", "y", Style.HEIGHT);
    flat.addSeries("flat", new double[] {5}, new double[] {0});
    parse(InlineSvg.of(List.of(flat), null));
  }

  @Test
  void coloursShowOnLightAndDarkPages() throws Exception {
    for (String color : InlineSvg.COLORS) {
      assertThat(contrast(color, "#ffffff")).as(color).isGreaterThan(3.9);
      assertThat(contrast(color, "#1e1e1e")).as(color).isGreaterThan(3.9);
    }
    XYChart chart = Style.lines("t", "x", "y", Style.HEIGHT);
    chart.addSeries("a", new double[] {0, 1}, new double[] {1, 2});
    Document svg = parse(InlineSvg.of(List.of(chart), null));
    assertThat(svg.getDocumentElement().getAttribute("fill")).isEqualTo("currentColor");
    NodeList all = svg.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      // Nothing is painted behind the values, and nothing in black or white.
      Element element = (Element) all.item(i);
      for (String paint : List.of(element.getAttribute("fill"), element.getAttribute("stroke"))) {
        assertThat(List.of("", "none", "currentColor", "#0084ce")).contains(paint);
      }
    }
  }

  /** As WCAG 2 defines it. */
  private static double contrast(String a, String b) {
    double[] sorted = {luminance(a), luminance(b)};
    Arrays.sort(sorted);
    return (sorted[1] + 0.05) / (sorted[0] + 0.05);
  }

  private static double luminance(String color) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      double part = Integer.parseInt(color.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
      sum += weights[i] * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
