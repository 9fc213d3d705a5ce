package org.velella.spark.plot;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;

/** Panels one below the other, to be drawn. */
public final class Figure {
  private final List<Chart<?, ?>> panels;

  /** How many spikes lie where in the first panel; null if each is drawn. */
  private final Supplier<SpikeDensity> density;

  Figure(List<Chart<?, ?>> panels) {
    this(panels, null);
  }

  /**
   * A figure whose first panel has too many spikes for a page.
   *
   * @param density asked only if the figure is shown in one; null for figures without
   */
  Figure(List<Chart<?, ?>> panels, Supplier<SpikeDensity> density) {
    this.panels = List.copyOf(panels);
    this.density = density;
  }

  /** What is drawn, from top to bottom. */
  List<Chart<?, ?>> panels() {
    return panels;
  }

  private int width() {
    return panels.stream().mapToInt(Chart::getWidth).max().orElseThrow();
  }

  private int height() {
    return panels.stream().mapToInt(Chart::getHeight).sum();
  }

  private void draw(Graphics2D graphics) {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width(), height());
    int top = 0;
    for (Chart<?, ?> panel : panels) {
      graphics.translate(0, top);
      panel.paint(graphics, panel.getWidth(), panel.getHeight());
      graphics.translate(0, -top);
      top += panel.getHeight();
    }
  }

  /** The figure as an SVG document. */
  public String svg() {
    VectorGraphics2D graphics = new VectorGraphics2D();
    draw(graphics);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Processors.get("svg")
          .getDocument(graphics.getCommands(), new PageSize(0, 0, width(), height()))
          .writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The figure as an SVG element that stands in an HTML page. */
  public String html() {
    String svg = svg();
    return svg.substring(svg.indexOf("<svg"));
  }

  /**
   * The figure as an SVG element of less than 90,000 bytes in one line, for a notebook's cell: in
   * colours that show on light and on dark pages, without anything that has to be loaded. Of many
   * points it shows where they lie; of many spikes, how many lie where, in cells as small as the
   * length allows.
   */
  public String inline() {
    return InlineSvg.of(panels, density == null ? null : density.get());
  }

  /** What a notebook shows when it prints the figure: {@link #inline()}, called HTML. */
  @Override
  public String toString() {
    return "%html " + inline();
  }

  /** The figure as a PNG image, with two pixels for each unit. */
  public byte[] png() {
    BufferedImage image = new BufferedImage(2 * width(), 2 * height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.scale(2, 2);
    draw(graphics);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Writes the figure to a file, by the ending of its name.
   *
   * @throws IllegalArgumentException if the name ends neither in {@code .svg}, {@code .html} nor
   *     {@code .png}
   */
  public void save(Path file) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".svg")) {
      Files.writeString(file, svg());
    } else if (name.endsWith(".html")) {
      Files.writeString(file, "<!DOCTYPE html><meta charset=\"utf-8\">" + html());
    } else if (name.endsWith(".png")) {
      Files.write(file, png());
    } else {
      throw new IllegalArgumentException(
          "%s: give a name that ends in .svg, .png or .html".formatted(file));
    }
  }
}
