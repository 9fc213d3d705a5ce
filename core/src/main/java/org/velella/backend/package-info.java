/**
 * What a backend is, which ones are there, and which one a run takes and why.
 *
 * <p>May use: plan and the rooms below. Open {@link org.velella.backend.Backend} first.
 */
package org.velella.backend;
