/**
 * Weights from and for other frameworks: state dicts in safetensors and npz files, their names and
 * types, and batch norms folded into the layers before them.
 *
 * <p>May use: network and what it uses. Open {@link org.velella.network.exchange.WeightLoading}
 * first.
 */
package org.velella.network.exchange;
