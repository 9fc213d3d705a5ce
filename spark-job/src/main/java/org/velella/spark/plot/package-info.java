/**
 * Figures of a run: rasters, traces, rate curves, heat maps, histograms, as SVG, PNG or HTML.
 *
 * <p>May use: spark.job, core. Open {@link org.velella.spark.plot.Plots} first.
 */
package org.velella.spark.plot;
