package org.velella.equation;

/**
 * A place in an equation text, both counted from 1.
 *
 * @param line line number
 * @param column column in UTF-16 units
 */
record Position(int line, int column) {}
