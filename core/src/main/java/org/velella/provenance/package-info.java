/**
 * What ran: versions, seed, digests, backend and why, resolved configuration, and whether the
 * floating-point environment is the one that results are defined for. Also the strict and canonical
 * JSON that provenance and checkpoints are written in.
 *
 * <p>May use: nothing of Velella. Open {@link org.velella.provenance.RunProvenance} first.
 */
package org.velella.provenance;
