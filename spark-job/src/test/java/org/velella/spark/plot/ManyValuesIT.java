package org.velella.spark.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.velella.spark.TestSpark;

/** Figures of more values than can be drawn one by one: everything counts, and they say so. */
class ManyValuesIT {
  private static final int ROWS = 20_000;

  private static Dataset<Row> rows(int count, String... columns) {
    return TestSpark.session().range(0, count, 1, 2).selectExpr(columns);
  }

  private static XYChart chart(Figure figure) {
    return (XYChart) figure.panels().get(0);
  }

  /** One of a curve's bins, counted here. */
  private static final class Bin {
    private int count;
    private double x;
    private double y;
    private double least = Double.POSITIVE_INFINITY;
    private double greatest = Double.NEGATIVE_INFINITY;
  }

  /** x goes to 2 in the order of the rows; y is 3x, a few more or less. */
  @Test
  void aCurveOfManyValuesHasMeanAndRangeOfEachPart() {
    Dataset<Row> rows =
        rows(ROWS, "'' AS series", "id / 10000D AS x", "3 * id / 10000D + id % 7 AS y");
    Figure figure = new CurveFigure("a", "rate", null).of(rows);
    Map<Integer, Bin> bins = new TreeMap<>();
    for (int id = 0; id < ROWS; id++) {
      double x = id / 10000.0;
      double y = 3 * id / 10000.0 + id % 7;
      int part = Math.min(199, (int) Math.floor(x / 1.9999 * 200));
      Bin bin = bins.computeIfAbsent(part, key -> new Bin());
      bin.count++;
      bin.x += x;
      bin.y += y;
      bin.least = Math.min(bin.least, y);
      bin.greatest = Math.max(bin.greatest, y);
    }
    Collection<Bin> all = bins.values();
    Map<String, XYSeries> lines = chart(figure).getSeriesMap();
    requireClose(lines.get("rate").getXData(), all.stream().mapToDouble(b -> b.x / b.count));
    requireClose(lines.get("rate").getYData(), all.stream().mapToDouble(b -> b.y / b.count));
    requireClose(lines.get("least rate").getYData(), all.stream().mapToDouble(b -> b.least));
    requireClose(lines.get("greatest rate").getYData(), all.stream().mapToDouble(b -> b.greatest));
    assertThat(chart(figure).getTitle())
        .isEqualTo("rate over a: mean, least and greatest in 200 bins, 20000 results");
    assertThat(figure.inline()).contains(">" + chart(figure).getTitle() + "<");
  }

  private static void requireClose(double[] drawn, java.util.stream.DoubleStream expected) {
    assertThat(drawn).containsExactly(expected.toArray(), within(1e-9));
  }

  /** 100 numbers make eight lines; the bounds of few lines have their colours, of many are none. */
  @Test
  void numbersOfManyLinesAreTakenTogether() {
    Dataset<Row> many =
        rows(ROWS, "CAST(id % 100 AS DOUBLE) AS series", "id % 50D AS x", "id % 100D AS y");
    Figure figure = new CurveFigure("a", "rate", "b").of(many);
    assertThat(chart(figure).getSeriesMap()).hasSize(8);
    XYSeries last = chart(figure).getSeriesMap().get("b from 86.62 to 99");
    // 87 to 99: with x = 40, only y = 90 is among them, with x = 5 none.
    assertThat(last.getXData()).hasSize(13).contains(40).doesNotContain(5);
    assertThat(last.getYData()[Arrays.binarySearch(last.getXData(), 40)]).isEqualTo(90);
    Dataset<Row> two = rows(ROWS, "IF(id % 2 = 0, 'p', 'q') AS series", "1D * id AS x", "1D AS y");
    Figure ofTwo = new CurveFigure("a", "rate", "b").of(two);
    assertThat(chart(ofTwo).getSeriesMap().keySet())
        .containsExactly(
            "b = p", "least b = p", "greatest b = p", "b = q", "least b = q", "greatest b = q");
    String inline = ofTwo.inline();
    assertThat(inline).contains(">b = p<", ">b = q<").doesNotContain(">least", "more<");
    // Of each colour a mark in the legend and three lines.
    for (int line = 0; line < 2; line++) {
      assertThat(inline.split(InlineSvg.color(line), -1)).hasSize(1 + 4);
    }
    assertThat(inline).doesNotContain(InlineSvg.color(2));
  }

  /** No two points share a value, as in a sampled sweep. */
  @Test
  void aHeatMapOfStrewnPointsHasMeansOfParts() {
    int count = 4096;
    Dataset<Row> rows =
        rows(count, "1D * id AS x", "1D * (id * 1531 % 4096) AS y", "1D * (id % 10) AS z");
    Figure figure = new HeatMapFigure("a", "b", "rate").of(rows);
    HeatMapChart chart = (HeatMapChart) figure.panels().get(0);
    // Eight points for each cell: the root of 4096 / 8 is 22.6.
    Map<List<Integer>, List<Double>> expected =
        new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    for (int id = 0; id < count; id++) {
      int column = Math.min(21, (int) Math.floor(id / 4095.0 * 22));
      int row = Math.min(21, (int) Math.floor(id * 1531 % 4096 / 4095.0 * 22));
      expected.computeIfAbsent(List.of(column, row), key -> new ArrayList<>()).add(id % 10.0);
    }
    // Of 22 names every third has room; the middle of the part 3 is 3.5 / 22 of 4095.
    List<String> names = new ArrayList<>();
    chart.getHeatMapSeries().getXData().forEach(name -> names.add(String.valueOf(name)));
    assertThat(names).hasSize(22);
    assertThat(names.subList(0, 7)).containsExactly("93.07", " ", " ", "651.5", " ", " ", "1210");
    assertThat(names.stream().filter(String::isBlank)).hasSize(14);
    assertThat(chart.getHeatMapSeries().getYData()).hasSize(22);
    assertThat(chart.getHeatMapSeries().getHeatData()).hasSize(expected.size());
    for (Number[] cell : chart.getHeatMapSeries().getHeatData()) {
      List<Double> values = expected.get(List.of(cell[0].intValue(), cell[1].intValue()));
      double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
      assertThat(cell[2].doubleValue()).isCloseTo(mean, within(1e-9));
    }
    assertThat(chart.getTitle()).isEqualTo("rate: mean in 22 bins x 22 bins, 4096 results");
    assertThat(figure.png()).isNotEmpty();
    assertThat(figure.inline()).contains(">93.07<", ">651.5<");
  }

  @Test
  void aHeatMapCutsOnlyTheAxisThatHasTooManyValues() {
    Dataset<Row> rows = rows(3000, "id % 3D AS x", "1D * id AS y", "1D AS z");
    HeatMapChart chart =
        (HeatMapChart) new HeatMapFigure("a", "b", "rate").of(rows).panels().get(0);
    assertThat(chart.getHeatMapSeries().getXData().toString()).isEqualTo("[0, 1, 2]");
    assertThat(chart.getHeatMapSeries().getYData()).hasSize(25);
    assertThat(chart.getHeatMapSeries().getHeatData()).hasSize(75);
    Dataset<Row> grid = rows(900, "id % 30D AS x", "floor(id / 30) * 1D AS y", "1D AS z");
    HeatMapChart whole =
        (HeatMapChart) new HeatMapFigure("a", "b", "rate").of(grid).panels().get(0);
    assertThat(whole.getHeatMapSeries().getHeatData()).hasSize(900);
    assertThat(whole.getTitle()).isEqualTo("rate");
  }

  /** 30,000 steps, every 15 a column: one peak, one column without numbers, two nodes. */
  @Test
  void aLongTraceKeepsItsPeaksAndAllNodes() {
    Dataset<Row> rows =
        rows(
                60_000,
                "IF(id < 30000, 'a', 'b') AS node",
                "CAST(id % 30000 AS INT) AS step",
                "CASE WHEN id = 12345 THEN 9F WHEN id BETWEEN 15000 AND 15014 THEN float('NaN')"
                    + " ELSE float(id % 3) END AS value",
                "float(id) AS number")
            .selectExpr("node", "step", "array(value, number) AS values");
    Figure figure =
        new TraceFigure("v of sample 0", "v", "step", node -> OptionalDouble.of(0.5))
            .of(rows, new int[] {0, 1});
    Map<String, XYSeries> lines = chart(figure).getSeriesMap();
    assertThat(lines.keySet())
        .containsExactly("a 0", "a 1", "b 0", "b 1", "threshold of a", "threshold of b");
    XYSeries line = lines.get("a 0");
    int peak = Arrays.binarySearch(line.getXData(), 12345);
    assertThat(line.getYData()[peak]).isEqualTo(9);
    assertThat(IntStream.range(0, line.getXData().length).filter(i -> line.getYData()[i] == 9))
        .hasSize(1);
    int gap = Arrays.binarySearch(line.getXData(), 15000);
    assertThat(line.getYData()[gap]).isNaN();
    // Everything else goes from 0 to 2 in every column.
    assertThat(line.getXData()).hasSize(2 * 2000 - 1).isSorted();
    // The first and the last of a column: 0, 14, 15, 29, …
    assertThat(Arrays.copyOf(lines.get("b 1").getXData(), 4)).containsExactly(0, 14, 15, 29);
    assertThat(lines.get("b 1").getYData()[3]).isEqualTo(30_029);
    assertThat(chart(figure).getTitle())
        .isEqualTo("v of sample 0, least and greatest of every 15 steps");
    assertThat(chart(figure).getStyler().getXAxisMax()).isEqualTo(30_000);
  }

  @Test
  void linesThatHaveNoRoomAreCounted() {
    Dataset<Row> rows =
        rows(
            10,
            "CONCAT('n', id % 5) AS node",
            "CAST(id / 5 AS INT) AS step",
            "array(1F, 2F, 3F) AS values");
    Figure figure =
        new TraceFigure("v", "v", "step", node -> OptionalDouble.empty())
            .of(rows, new int[] {0, 1, 2});
    assertThat(chart(figure).getSeriesMap())
        .hasSize(8)
        .containsKey("n2 1")
        .doesNotContainKey("n2 2");
    assertThat(chart(figure).getTitle()).isEqualTo("v, the first 8 of 15 lines");
  }
}
