package org.velella.spark.catalog;

import java.util.Optional;
import java.util.function.BinaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.sources.And;
import org.apache.spark.sql.sources.EqualTo;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.sources.GreaterThan;
import org.apache.spark.sql.sources.GreaterThanOrEqual;
import org.apache.spark.sql.sources.In;
import org.apache.spark.sql.sources.IsNotNull;
import org.apache.spark.sql.sources.IsNull;
import org.apache.spark.sql.sources.LessThan;
import org.apache.spark.sql.sources.LessThanOrEqual;
import org.apache.spark.sql.sources.Or;

/** The conditions of a query, as Spark hands them to data sources, as columns. */
final class Conditions {
  private Conditions() {}

  /** A condition that holds for the same rows; empty where none of these is meant. */
  static Optional<Column> of(Filter filter) {
    if (filter instanceof And and) {
      return both(and.left(), and.right(), Column::and);
    }
    if (filter instanceof Or or) {
      return both(or.left(), or.right(), Column::or);
    }
    return Optional.ofNullable(plain(filter));
  }

  private static Optional<Column> both(Filter left, Filter right, BinaryOperator<Column> join) {
    return of(left).flatMap(first -> of(right).map(second -> join.apply(first, second)));
  }

  /** Of one column; null if it is another kind of condition. Names with dots come in quotes. */
  private static Column plain(Filter filter) {
    if (filter instanceof EqualTo is) {
      return functions.col(is.attribute()).equalTo(is.value());
    }
    if (filter instanceof In in) {
      return functions.col(in.attribute()).isin(in.values());
    }
    if (filter instanceof IsNull is) {
      return functions.col(is.attribute()).isNull();
    }
    return filter instanceof IsNotNull is
        ? functions.col(is.attribute()).isNotNull()
        : bound(filter);
  }

  private static Column bound(Filter filter) {
    if (filter instanceof GreaterThan is) {
      return functions.col(is.attribute()).gt(is.value());
    }
    if (filter instanceof GreaterThanOrEqual is) {
      return functions.col(is.attribute()).geq(is.value());
    }
    if (filter instanceof LessThan is) {
      return functions.col(is.attribute()).lt(is.value());
    }
    return filter instanceof LessThanOrEqual is
        ? functions.col(is.attribute()).leq(is.value())
        : null;
  }
}
