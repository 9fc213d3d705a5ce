/**
 * Thin owners of what JCuda gives: its native libraries and the CUDA driver. The only room that may
 * name {@code jcuda}.
 *
 * <p>May use: nothing of Velella. Open {@link org.velella.gpu.driver.CudaProbe} first.
 */
package org.velella.gpu.driver;
