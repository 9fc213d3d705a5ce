/**
 * Stateless layers: as modules of the seed API ({@code Linear}, {@code Conv2d}, …) and as what they
 * compute, as data ({@code *Operation}).
 *
 * <p>May use: module, tensor, equation. Open {@link org.velella.layer.LinearOperation} first.
 */
package org.velella.layer;
