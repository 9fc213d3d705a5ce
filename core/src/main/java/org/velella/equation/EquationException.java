package org.velella.equation;

/** An equation text that cannot be read: where, what was found, and what is allowed there. */
public final class EquationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  EquationException(Position at, String problem) {
    super("Equations, line " + at.line() + ", column " + at.column() + ": " + problem);
    this.line = at.line();
    this.column = at.column();
  }

  /** The line of the fault, counted from 1. */
  public int line() {
    return line;
  }

  /** The column of the fault, counted from 1. */
  public int column() {
    return column;
  }
}
