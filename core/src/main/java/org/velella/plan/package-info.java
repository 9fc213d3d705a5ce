/**
 * A network lowered for one tile shape: a sealed list of ops and the layout of values and memories.
 * It is the only thing a backend sees.
 *
 * <p>May use: network and the rooms below. Open {@link org.velella.plan.Plan} first.
 */
package org.velella.plan;
