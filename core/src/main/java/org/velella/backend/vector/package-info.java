/**
 * The room for code on the JDK's Vector API, which is an incubating module: the only package that
 * may name {@code jdk.incubator.vector}, compiled in an execution of its own. Other rooms reach it
 * by {@link java.util.ServiceLoader} or through {@link org.velella.backend.vector.VectorUnit},
 * which works without the module.
 *
 * <p>May use: backend, plan and the rooms below. Open {@link org.velella.backend.vector.VectorUnit}
 * first.
 */
package org.velella.backend.vector;
