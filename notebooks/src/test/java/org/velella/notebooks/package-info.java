/**
 * Runs Zeppelin notes without Zeppelin, as Zeppelin's Spark interpreter would, so that the build
 * shows that the shipped notes work.
 *
 * <p>May use: all of Velella. Open {@link org.velella.notebooks.NoteRunner} first.
 */
package org.velella.notebooks;
