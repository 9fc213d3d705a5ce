/**
 * Thin owners of what JCuda gives: its native libraries and the CUDA driver. The only room that may
 * name {@code jcuda}. Everything that is allocated has an owner that can be closed; what a driver
 * answers becomes an exception in one place.
 *
 * <p>May use: of core: backend, for its two exceptions. Open {@link
 * org.velella.gpu.driver.CudaDevice} first, {@link org.velella.gpu.driver.CudaProbe} for whether
 * there is one.
 */
package org.velella.gpu.driver;
