package org.velella.spark.plot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many spikes lie in each cell of a raster whose spikes are too many to be drawn one by one.
 *
 * @param title of the raster, without what a cell is
 * @param wide steps of a cell
 * @param high neurons of a cell
 * @param cells those with spikes
 * @param most spikes of the fullest cell
 */
record SpikeDensity(String title, double wide, double high, List<Cell> cells, long most) {
  static final int COLUMNS = 100;
  static final int ROWS = 64;

  private static final int LEVELS = 6;

  private static final Comparator<Cell> ORDER =
      Comparator.comparingInt(Cell::band)
          .thenComparingInt(Cell::row)
          .thenComparingInt(Cell::column);

  /**
   * A cell.
   *
   * @param band number of the node, from the bottom
   */
  record Cell(int band, int column, int row, long spikes) {}

  /**
   * A node's part of a raster.
   *
   * @param base row of its first neuron
   */
  record Band(String node, double base) {}

  /** Counts on the cluster; only the cells come to the driver. */
  static SpikeDensity of(
      Dataset<Row> spikes, List<Band> bands, double steps, double neurons, String title) {
    double wide = Math.max(1, Math.ceil(steps / COLUMNS));
    double high = Math.max(1, Math.ceil(neurons / ROWS));
    Column node = functions.lit(0);
    Column base = functions.lit(0.0);
    for (int i = 1; i < bands.size(); i++) {
      Column here = functions.col("node").equalTo(bands.get(i).node());
      node = functions.when(here, i).otherwise(node);
      base = functions.when(here, bands.get(i).base()).otherwise(base);
    }
    List<Cell> cells =
        spikes
            .groupBy(
                node.as("band"),
                functions.floor(functions.col("step").divide(wide)).cast("int").as("column"),
                functions
                    .floor(functions.col("neuron").plus(base).divide(high))
                    .cast("int")
                    .as("row"))
            .count()
            .collectAsList()
            .stream()
            .map(row -> new Cell(row.getInt(0), row.getInt(1), row.getInt(2), row.getLong(3)))
            .sorted(ORDER)
            .toList();
    long most = cells.stream().mapToLong(Cell::spikes).max().orElse(0);
    return new SpikeDensity(title, wide, high, cells, most);
  }

  /** The title, with what a cell is. */
  String heading() {
    return "%s: spikes in cells of %s steps by %s neurons, at most %d"
        .formatted(title, Style.text(wide), Style.text(high), most);
  }

  /**
   * The same with larger cells. Nodes that have the same colour share them, so that their number
   * has a bound whatever the number of nodes.
   *
   * @param factor how many times as wide and as high; 1: as it is
   */
  SpikeDensity coarser(int factor) {
    if (factor == 1) {
      return this;
    }
    Map<Cell, Long> sums = new TreeMap<>(ORDER);
    for (Cell cell : cells) {
      int color = cell.band() % InlineSvg.COLORS.size();
      Cell place = new Cell(color, cell.column() / factor, cell.row() / factor, 0);
      sums.merge(place, cell.spikes(), Long::sum);
    }
    List<Cell> merged = new ArrayList<>();
    sums.forEach(
        (place, sum) -> merged.add(new Cell(place.band(), place.column(), place.row(), sum)));
    long fullest = merged.stream().mapToLong(Cell::spikes).max().orElse(0);
    return new SpikeDensity(title, wide * factor, high * factor, merged, fullest);
  }

  /** The more spikes, the stronger the colour, by the logarithm of their number. */
  int level(long spikes) {
    // Of the fullest cell the share is 1 exactly; times LEVELS first, it could be rounded to more.
    double share = Math.log1p(spikes) / Math.log1p(most);
    return (int) Math.max(1, Math.ceil(LEVELS * share));
  }

  /**
   * Draws the cells.
   *
   * @param frame whose axes count steps and neurons
   */
  void draw(StringBuilder out, InlineFrame frame) {
    out.append("<g fill=\"none\" shape-rendering=\"crispEdges\" transform=\"translate(");
    out.append(InlineFrame.number(frame.x(0))).append(' ').append(InlineFrame.number(frame.y(0)));
    out.append(") scale(").append(frame.x(wide) - frame.x(0)).append(' ');
    out.append(frame.y(high) - frame.y(0)).append(")\">");
    Map<Integer, StringBuilder> paths = new TreeMap<>();
    for (Cell cell : cells) {
      int key = cell.band() % InlineSvg.COLORS.size() * LEVELS + level(cell.spikes()) - 1;
      StringBuilder path = paths.computeIfAbsent(key, each -> new StringBuilder());
      path.append('M').append(cell.column()).append(' ').append(cell.row()).append(".5h1");
    }
    paths.forEach(
        (key, path) -> {
          out.append("<path stroke=\"").append(InlineSvg.color(key / LEVELS));
          out.append("\" stroke-opacity=\"");
          out.append(Style.text((key % LEVELS + 1) / (double) LEVELS)).append("\" d=\"");
          out.append(path).append("\"/>");
        });
    out.append("</g>");
  }
}
