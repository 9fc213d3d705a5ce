package org.velella.notebooks;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Console;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What Zeppelin gives to code under the name {@code z}, as far as notes use it: dynamic forms and
 * tables. Public, because code that a shell compiles calls it.
 */
public final class NoteContext {
  /** More rows are left out, as by {@code zeppelin.spark.maxResult}. */
  static final int MOST_ROWS = 1000;

  private final Forms forms;

  NoteContext(Forms forms) {
    this.forms = forms;
  }

  /** A text field. */
  public Object textbox(String name, Object byDefault) {
    return forms.text(name, byDefault);
  }

  /** A text field that all of the note has in common. */
  public Object noteTextbox(String name, Object byDefault) {
    return forms.noteText(name, byDefault);
  }

  /** A text field, by its older name. */
  public Object input(String name, Object byDefault) {
    return textbox(name, byDefault);
  }

  /** One of several options, given as pairs of value and what is shown. */
  public Object select(
      String name, Object byDefault, scala.collection.Seq<Tuple2<Object, String>> options) {
    return forms.select(name, byDefault, values(options));
  }

  /** Any of several options, given as pairs of value and what is shown. */
  public Seq<Object> checkbox(
      String name,
      scala.collection.Seq<Object> checked,
      scala.collection.Seq<Tuple2<Object, String>> options) {
    List<Object> ticked =
        forms.checkbox(name, CollectionConverters.asJava(checked), values(options));
    return CollectionConverters.asScala(ticked).toList();
  }

  private static List<Object> values(scala.collection.Seq<Tuple2<Object, String>> options) {
    return CollectionConverters.asJava(options).stream().map(Tuple2::_1).toList();
  }

  /** Shows a table; anything else as text. */
  public void show(Object value) {
    if (value instanceof Dataset<?> rows) {
      Console.println(table(rows.toDF()));
    } else {
      Console.println(value);
    }
  }

  /** The form in which Zeppelin's interpreters hand tables to its display. */
  static String table(Dataset<Row> rows) {
    StringBuilder text = new StringBuilder("%table ");
    text.append(String.join("\t", rows.columns())).append('\n');
    for (Row row : rows.limit(MOST_ROWS).collectAsList()) {
      for (int i = 0; i < row.size(); i++) {
        text.append(i == 0 ? "" : "\t");
        text.append(String.valueOf(row.get(i)).replaceAll("[\\t\\n]", " "));
      }
      text.append('\n');
    }
    return text.toString();
  }
}
