/**
 * The scalar backend: the definition of Velella's arithmetic, short and plain. Every other backend
 * gives its bits.
 *
 * <p>May use: plan and the rooms below. Open {@link org.velella.backend.scalar.ScalarBackend}
 * first.
 */
package org.velella.backend.scalar;
