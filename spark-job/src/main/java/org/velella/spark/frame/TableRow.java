package org.velella.spark.frame;

/** A row of a run's table, as the one who has it writes it. */
@FunctionalInterface
public interface TableRow {
  /** Writes the row's cells in the order of the columns; a cell left out is null. */
  void writeTo(TableCells cells);
}
