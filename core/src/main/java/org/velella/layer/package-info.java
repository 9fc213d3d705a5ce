/**
 * Stateless layers: what they compute as data ({@code *Operation}) and as modules of the seed API.
 *
 * <p>May use: module, tensor, equation. Open {@link org.velella.layer.Linear} and {@link
 * org.velella.layer.LinearOperation} first.
 */
package org.velella.layer;
