/**
 * Shapes, element types and row-major layouts {@code [T, N, *]}; the bridge to ND4J's {@code
 * INDArray}, and to {@code .npy}, {@code .npz} and {@code .safetensors} files.
 *
 * <p>May use: nothing of Velella. Open {@link org.velella.tensor.Tensor} first.
 */
package org.velella.tensor;
