/**
 * Runs Zeppelin notes without Zeppelin, as Zeppelin's Spark interpreter would, so that the build
 * shows that the shipped notes work; and in a Zeppelin, where one is.
 *
 * <p>May use: all of Velella. Open {@link org.velella.notebooks.NoteRunner} first.
 */
package org.velella.notebooks;
